import type { Sentence } from '../data/types.ts';
import type { GroundedSamples } from '../llm/groundSamples.ts';
import type { FilterOptions } from '../llm/quality/votes.ts';
import { isTouched } from './review.ts';

/** What becomes of labels that a teacher's answers do not agree on; `least` of the answers have to say the same. */
export interface VoteChoice {
  readonly level: 'majority' | 'sentence' | 'span';
  readonly least: number;
  /** Each sentence's share of votes as the weight of its loss. */
  readonly weigh: boolean;
}

/** The choice as the library takes it. `samples`: answers a sentence. */
export function filterOptions({ level, least, weigh }: VoteChoice, samples: number): FilterOptions {
  return { filter: level === 'majority' ? { level } : { level, threshold: least / samples }, weigh };
}

/** What a filter leaves. */
export interface VotesLeft {
  /** Sentences with a usable answer, labelled or not by the filter. */
  readonly answered: number;
  readonly labelled: number;
  readonly entities: number;
  /** Words that are left out of the loss. */
  readonly masked: number;
}

export function leftBy(sentences: readonly Sentence[], votes: GroundedSamples['votes']): VotesLeft {
  let [labelled, entities, masked] = [0, 0, 0];
  for (const { spans, masked: ranges = [], words } of sentences) {
    if (spans === null) continue;
    labelled++;
    entities += spans.length;
    masked += words.filter((word) => ranges.some(({ start, end }) => word.start < end && start < word.end)).length;
  }
  return { answered: votes.filter((vote) => vote.answered > 0).length, labelled, entities, masked };
}

/** Sentences by how many of their answers say the same as a whole: `[votes, sentences]`, most votes first. */
export function byVotes(votes: GroundedSamples['votes'], samples: number): readonly (readonly [number, number])[] {
  const counts = new Array<number>(samples + 1).fill(0);
  for (const { answered, sentence } of votes) if (answered > 0) counts[sentence]!++;
  return counts
    .map((n, k) => [k, n] as const)
    .slice(1)
    .reverse();
}

/** A silver dataset with other labels of the same answers, by id; what a person has had a hand in stays. */
export function relabelled(
  dataset: readonly Sentence[],
  labels: readonly Sentence[],
): { readonly sentences: readonly Sentence[]; readonly changed: number; readonly kept: number } {
  const byId = new Map(labels.map((sentence) => [sentence.id, sentence]));
  let [changed, kept] = [0, 0];
  const sentences = dataset.map((sentence) => {
    const other = byId.get(sentence.id);
    if (other === undefined || saysSame(sentence, other)) return sentence;
    if (isTouched(sentence)) {
      kept++;
      return sentence;
    }
    changed++;
    return other;
  });
  return { sentences, changed, kept };
}

/** Sentences as they were before a change of many; those that have changed again since stay. */
export function takenBack(
  now: readonly Sentence[],
  changed: readonly Sentence[],
  before: readonly Sentence[],
): readonly Sentence[] {
  const earlier = new Map(changed.map((sentence, i) => [sentence, before[i] ?? sentence]));
  return now.map((sentence) => earlier.get(sentence) ?? sentence);
}

function saysSame(a: Sentence, b: Sentence): boolean {
  const said = ({ spans, masked, weight }: Sentence) => JSON.stringify([spans, masked ?? [], weight ?? 1]);
  return said(a) === said(b);
}
