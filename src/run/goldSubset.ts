import { createRandom } from '../core/random.ts';

/**
 * The gold sentences that a run with `goldSize` trains on: all of them for null, else the first so many of an order that the
 * seed decides, left in the order of the file. Those of a smaller size are among those of a larger one with the same seed,
 * so that a learning curve adds sentences and never exchanges any.
 */
export function goldSubset<T>(gold: readonly T[], goldSize: number | null, seed: number): readonly T[] {
  if (goldSize === null || goldSize >= gold.length) return gold;
  const order = gold.map((_, i) => i);
  createRandom(seed, 'gold-subset').shuffle(order);
  const chosen = new Set(order.slice(0, goldSize));
  return gold.filter((_, i) => chosen.has(i));
}

/** How many gold sentences a run with `goldSize` trains on where there are `gold`. */
export function goldUsed(gold: number, goldSize: number | null): number {
  return goldSize === null ? gold : Math.min(gold, goldSize);
}
