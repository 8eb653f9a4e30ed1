import { tagsOfSpans, type TagLoss } from './bio.ts';
import type { Finding, FindingCode, Sentence } from './types.ts';

/** What a list of sentences holds. `labels` counts entities, in order of the labels' names. */
export interface DataCounts {
  readonly sentences: number;
  readonly labelled: number;
  /** Words. */
  readonly tokens: number;
  readonly entities: number;
  readonly labels: Readonly<Record<string, number>>;
}

export function countsOf(sentences: readonly Sentence[]): DataCounts {
  const labels = new Map<string, number>();
  let [labelled, tokens, entities] = [0, 0, 0];
  for (const { words, spans } of sentences) {
    tokens += words.length;
    if (spans === null) continue;
    labelled++;
    entities += spans.length;
    for (const { label } of spans) labels.set(label, (labels.get(label) ?? 0) + 1);
  }
  const ordered = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  return { sentences: sentences.length, labelled, tokens, entities, labels: Object.fromEntries(ordered) };
}

/** Findings of one code put together, with their lines in order. */
export interface FindingGroup {
  readonly code: FindingCode;
  readonly count: number;
  readonly lines: readonly number[];
}

export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const lines = new Map<FindingCode, number[]>();
  for (const { code, line } of findings) {
    const found = lines.get(code);
    if (found === undefined) lines.set(code, [line]);
    else found.push(line);
  }
  return [...lines].map(([code, found]) => ({ code, count: found.length, lines: found.sort((a, b) => a - b) }));
}

const losses: Readonly<Record<TagLoss['kind'], { code: FindingCode; says: string }>> = {
  'no-word': { code: 'span-without-word', says: 'covers no word: it cannot be tagged' },
  'cuts-word': { code: 'span-cuts-word', says: 'begins or ends inside a word: the whole word is tagged' },
  trimmed: { code: 'span-trimmed', says: 'begins or ends between words: it is tagged without the gap' },
  overlap: { code: 'span-overlap', says: 'overlaps a span before it: where they overlap the later one counts' },
};

/** A warning for each span of a sentence that tags over its words cannot keep as it stands. */
export function spanFindings({ text, words, spans }: Sentence, line: number): Finding[] {
  return tagsOfSpans(words, spans ?? []).losses.map(({ span, kind }) => {
    const { code, says } = losses[kind];
    const name = `“${text.slice(span.start, span.end)}” (${span.label}, ${String(span.start)}–${String(span.end)})`;
    return { code, severity: 'warning', line, message: `${name} ${says}.` };
  });
}
