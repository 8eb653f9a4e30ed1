import { pairs, type Pair } from '../data/sets/combine.ts';
import { agreementOf, type Agreement } from '../eval/agreement.ts';
import { differenceOf } from './browse.ts';
import type { HeldDataset } from './datasets.svelte.ts';

/** Two labellings side by side. */
export interface Compared {
  /** Sentences with the same text in both. */
  readonly shared: number;
  readonly agreement: Agreement;
  /** Sentences that both have labelled, and not alike. */
  readonly differing: readonly Pair[];
}

/** How far two datasets agree on the sentences that they share; null where both have labelled none. */
export function compare(a: HeldDataset, b: HeldDataset): Compared | null {
  const shared = pairs(a.sentences, b.sentences, 'words');
  const both = shared.filter((pair) => pair.a.spans !== null && pair.b.spans !== null);
  if (both.length === 0) return null;
  const agreement = agreementOf(
    both.map((pair) => pair.a),
    both.map((pair) => pair.b),
  );
  return { shared: shared.length, agreement, differing: both.filter((pair) => differenceOf(pair.a, pair.b) > 0) };
}
