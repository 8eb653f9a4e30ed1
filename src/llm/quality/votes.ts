import { overlaps } from '../../data/authors.ts';
import type { Range, Sentence, Span } from '../../data/types.ts';

/** An entity that some samples wrote, with how many wrote it. */
export interface SpanVotes {
  /** The range with the label that most samples gave it; of equals the one that came first. */
  readonly span: Span;
  /** Samples with this range, whatever its label. */
  readonly range: number;
  /** Samples with this range and this label. */
  readonly votes: number;
}

/** What k samples of one sentence agree on. */
export interface SentenceVotes {
  readonly id: string;
  /** Samples with a usable answer; the others have no vote. */
  readonly answered: number;
  /** Every range that any sample marks, in order of the text. */
  readonly spans: readonly SpanVotes[];
  /** Samples that wrote the labelling that most wrote, as a whole. */
  readonly sentence: number;
  /** Ranges that more than half of the answered samples leave out of the loss. */
  readonly masked: readonly Range[];
}

/**
 * Votes of samples of one teacher (self-consistency: Wang et al. 2023, arXiv 2203.11171), in two stages as Xie et al. 2023
 * (arXiv 2310.10035) vote for NER: first for ranges, then for the label of each. `samples` hold the same sentences in the
 * same order; a sample's sentence without spans is an answer that could not be used.
 */
export function votesOf(sentences: readonly Sentence[], samples: readonly (readonly Sentence[])[]): SentenceVotes[] {
  return sentences.map(({ id }, i) => {
    const usable = samples.flatMap((sample) => {
      const one = sample[i];
      return one === undefined || one.spans === null ? [] : [{ spans: one.spans, masked: one.masked ?? [] }];
    });
    const answers = usable.map(({ spans }) => spans);
    const wholes = tally(answers.map((spans) => spans.map(keyOf).sort().join('\n')));
    return {
      id,
      answered: answers.length,
      spans: spanVotes(answers),
      sentence: Math.max(0, ...wholes.values()),
      masked: mostlyMasked(usable.map(({ masked }) => masked)),
    };
  });
}

function mostlyMasked(samples: readonly (readonly Range[])[]): Range[] {
  const ranges = samples.flat();
  const counts = tally(ranges.map(rangeOf));
  const distinct = [...new Map(ranges.map((range) => [rangeOf(range), range])).values()];
  return distinct.filter((range) => (counts.get(rangeOf(range)) ?? 0) > samples.length / 2);
}

function rangeOf({ start, end }: Range): string {
  return `${String(start)}-${String(end)}`;
}

function spanVotes(answers: readonly (readonly Span[])[]): SpanVotes[] {
  const byRange = new Map<string, Span[]>();
  for (const spans of answers) {
    for (const span of new Map(spans.map((own) => [keyOf(own), own])).values()) {
      const range = rangeOf(span);
      const known = byRange.get(range);
      if (known === undefined) byRange.set(range, [span]);
      else known.push(span);
    }
  }
  const votes = [...byRange.values()].map((spans): SpanVotes => {
    const labels = tally(spans.map(({ label }) => label));
    const most = Math.max(...labels.values());
    const { start, end, label } = spans.find((span) => labels.get(span.label) === most)!;
    return { span: { start, end, label }, range: spans.length, votes: most };
  });
  return votes.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

function keyOf(span: Span): string {
  return `${rangeOf(span)} ${span.label}`;
}

function tally(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/**
 * What becomes of labels that samples do not agree on. `majority`: those of at most half the samples go, and nothing else
 * happens. `sentence`: a sentence whose whole labelling has less than `threshold` of the votes stays unlabelled. `span`: of
 * entities with less than `threshold` the words are masked from the loss, which is not the same as `O`.
 */
export type VoteFilter =
  { readonly level: 'majority' } | { readonly level: 'sentence' | 'span'; readonly threshold: number };

export interface FilterOptions {
  readonly filter: VoteFilter;
  /** Give each sentence its share of votes as the weight of its loss. */
  readonly weigh?: boolean;
}

/** Sentences with the labels that the votes leave; one without a usable answer stays unlabelled. Nothing is left out. */
export function votedSentences(
  sentences: readonly Sentence[],
  votes: readonly SentenceVotes[],
  { filter, weigh = false }: FilterOptions,
): Sentence[] {
  return sentences.map((sentence, i) => {
    const vote = votes[i];
    if (vote === undefined || vote.answered === 0) return { ...sentence, spans: null };
    const share = vote.sentence / vote.answered;
    if (filter.level === 'sentence' && share < filter.threshold) return { ...sentence, spans: null };
    const least = filter.level === 'span' ? filter.threshold : 0;
    const ordered = [...vote.spans].sort((a, b) => b.votes - a.votes || b.range - a.range);
    const kept: Span[] = [];
    const doubtful: Range[] = [];
    for (const { span, range, votes: own } of ordered) {
      const wanted = filter.level === 'span' ? own / vote.answered >= least : range / vote.answered > 0.5;
      if (wanted && !kept.some((other) => overlaps(other, span))) kept.push(span);
      else if (filter.level === 'span') doubtful.push({ start: span.start, end: span.end });
    }
    const masked = merged([...doubtful, ...vote.masked], kept);
    return {
      ...sentence,
      spans: kept.sort((a, b) => a.start - b.start),
      ...(masked.length > 0 && { masked }),
      ...(weigh && { weight: share }),
    };
  });
}

/** Ranges put together where they overlap; those that share a character with a kept span go: its words are sure. */
function merged(ranges: readonly Range[], kept: readonly Span[]): Range[] {
  const free = ranges.filter((range) => !kept.some((span) => overlaps(span, range)));
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of [...free].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}
