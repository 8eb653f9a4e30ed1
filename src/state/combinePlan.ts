import { sameAs } from '../data/findings/check.ts';
import { intersect, join, subtract, type SameBy } from '../data/sets/combine.ts';
import type { Sentence } from '../data/types.ts';
import type { HeldDataset } from './datasets.svelte.ts';

export type CombineId = 'join' | 'subtract' | 'intersect';

export interface Combining {
  readonly id: CombineId;
  readonly name: string;
  readonly what: string;
  make(first: HeldDataset, others: readonly HeldDataset[], by: SameBy): readonly Sentence[];
  /** How it came about, for the source of the result. */
  how(first: string, others: string): string;
}

const all = (datasets: readonly HeldDataset[]) => datasets.flatMap(({ sentences }) => sentences);

export const combinings: readonly Combining[] = [
  {
    id: 'join',
    name: 'Join',
    what: 'All sentences, one set after another.',
    make: (first, others) => join(first.sentences, ...others.map(({ sentences }) => sentences)),
    how: (first, others) => `${first} joined with ${others}`,
  },
  {
    id: 'subtract',
    name: 'Only in the first',
    what: 'Sentences of the first that the others lack.',
    make: (first, others, by) => subtract(first.sentences, all(others), by),
    how: (first, others) => `${first} without what is in ${others}`,
  },
  {
    id: 'intersect',
    name: 'In all',
    what: 'Sentences of the first that each of the others has too, with the labels of the first.',
    make: (first, others, by) =>
      others.reduce<readonly Sentence[]>((left, { sentences }) => intersect(left, sentences, by), first.sentences),
    how: (first, others) => `what ${first} shares with ${others}`,
  },
];

/** Sentences whose words stand in the datasets before, counted over all of them. */
export function repeatedIn(datasets: readonly HeldDataset[]): number {
  const sentences = all(datasets);
  return sentences.length - new Set(sentences.map(sameAs)).size;
}
