import type { Span } from '../data/types.ts';
import { mistakesOf } from './mistakes.ts';

/** Entities by the label that they have, and the one that they were given. */
export interface EntityConfusion {
  /** In order of their names. */
  readonly labels: readonly string[];
  /**
   * Row: the right label, column: the predicted one, where the two entities overlap; after the last label stands “none”, so
   * that the last column counts missed entities and the last row those that were made up. Wrong boundaries under the right
   * label count on the diagonal.
   */
  readonly counts: readonly (readonly number[])[];
  /** Of the diagonal, those with the right boundaries. */
  readonly exact: readonly number[];
}

/** Pairs entities as `mistakesOf` does; each entity is in one pair, or in none. */
export function entityConfusion(
  sentences: readonly { readonly gold: readonly Span[]; readonly predicted: readonly Span[] }[],
): EntityConfusion {
  const all = sentences.flatMap(({ gold, predicted }) => [...gold, ...predicted].map(({ label }) => label));
  const labels = [...new Set(all)].sort();
  const numbers = new Map(labels.map((label, i) => [label, i]));
  const at = (span: Span | null) => (span === null ? labels.length : numbers.get(span.label)!);
  const counts = Array.from({ length: labels.length + 1 }, () => Array<number>(labels.length + 1).fill(0));
  const exact = Array<number>(labels.length).fill(0);
  for (const { gold, predicted } of sentences) {
    for (const span of gold) exact[at(span)]!++;
    for (const mistake of mistakesOf(gold, predicted)) {
      counts[at(mistake.gold)]![at(mistake.predicted)]!++;
      if (mistake.gold !== null) exact[at(mistake.gold)]!--;
    }
  }
  exact.forEach((right, i) => (counts[i]![i]! += right));
  return { labels, counts, exact };
}
