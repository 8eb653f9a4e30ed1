import type { SamplerState } from './sampler.ts';

/** Sentences of one source that were drawn, and how many different ones those are: drawn / unique is how often each was repeated. */
export interface SourceSeen {
  readonly drawn: number;
  readonly unique: number;
}

export type Seen = Readonly<Record<'silver' | 'gold', SourceSeen>>;

/** What a run has drawn so far; in the order of `both`, silver comes first. */
export function seenOf(state: SamplerState, sizes: { readonly silver: number; readonly gold: number }): Seen {
  const { silver: own } = sizes;
  const drawn = { silver: 0, gold: 0 };
  const unique = { silver: new Set<number>(), gold: new Set<number>() };
  for (const name of ['silver', 'gold', 'both'] as const) {
    const cursor = state[name];
    if (cursor === undefined) continue;
    const place = (item: number) =>
      name !== 'both'
        ? ([name, item] as const)
        : item < own
          ? (['silver', item] as const)
          : (['gold', item - own] as const);
    // Every pass but the last is whole.
    cursor.order.forEach((item, i) => {
      const [source, at] = place(item);
      const times = cursor.passes - 1 + (i < cursor.at ? 1 : 0);
      drawn[source] += times;
      if (times > 0) unique[source].add(at);
    });
  }
  return {
    silver: { drawn: drawn.silver, unique: unique.silver.size },
    gold: { drawn: drawn.gold, unique: unique.gold.size },
  };
}
