import { overlaps, spanKey } from '../../data/authors.ts';
import type { Sentence, Span } from '../../data/types.ts';
import type { UnitCounts } from '../../eval/compare/counts.ts';

/** A gold sentence beside the teacher's labels of it, without entities in words that the teacher's labels leave masked. */
export interface ProbePair {
  readonly sentence: Sentence;
  readonly gold: readonly Span[];
  readonly found: readonly Span[];
}

export interface Probe {
  /** In the order of the gold sentences. */
  readonly pairs: readonly ProbePair[];
  /** Gold sentences that the teacher's labels lack, or leave unlabelled: they are in no score. */
  readonly unanswered: readonly string[];
  /** Entities in masked words, gold and found: they are in no score, for training would not see them. */
  readonly masked: number;
}

/** Puts gold and found sentences together by id; a found one with another text counts as unanswered. */
export function probeOf(gold: readonly Sentence[], found: readonly Sentence[]): Probe {
  const byId = new Map(found.map((sentence) => [sentence.id, sentence]));
  const pairs: ProbePair[] = [];
  const unanswered: string[] = [];
  let masked = 0;
  for (const sentence of gold) {
    const other = byId.get(sentence.id);
    if (sentence.spans === null) continue;
    if (other === undefined || other.spans === null || other.text !== sentence.text) {
      unanswered.push(sentence.id);
      continue;
    }
    const sure = (span: Span) => other.masked?.some((range) => overlaps(range, span)) !== true;
    const pair = { sentence, gold: sentence.spans.filter(sure), found: other.spans.filter(sure) };
    masked += sentence.spans.length + other.spans.length - pair.gold.length - pair.found.length;
    pairs.push(pair);
  }
  return { pairs, unanswered, masked };
}

/** Entities of each pair, found rightly (range and label), predicted, and in gold: of one label, or of all. */
export function spanCounts(pairs: readonly ProbePair[], label: string | null): UnitCounts {
  const of = (value: (pair: ProbePair) => number) => Int32Array.from(pairs, value);
  const wanted = (span: Span) => label === null || span.label === label;
  const keys = (spans: readonly Span[]) => new Set(spans.filter(wanted).map(spanKey));
  return {
    correct: of(({ gold, found }) => {
      const expected = keys(gold);
      return [...keys(found)].filter((key) => expected.has(key)).length;
    }),
    predicted: of(({ found }) => keys(found).size),
    gold: of(({ gold }) => keys(gold).size),
  };
}

/** Labels that gold or teacher use, in order. */
export function labelsOf(pairs: readonly ProbePair[]): string[] {
  return [...new Set(pairs.flatMap(({ gold, found }) => [...gold, ...found].map(({ label }) => label)))].sort();
}
