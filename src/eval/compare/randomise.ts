import type { Random } from '../../core/random.ts';
import { f1Of, type UnitCounts } from './counts.ts';

/** Fills `swapped` with 1 for each unit whose predictions round `round` exchanges between the two sides, else 0. */
export type Swap = (round: number, swapped: Uint8Array) => void;

const bitsAtOnce = 30;

/** A fair coin for each unit, from a seeded generator; rounds have to be asked for in order. */
export function swapsOf(random: Random): Swap {
  return (_round, swapped) => {
    let bits = 0;
    for (let i = 0; i < swapped.length; i++) {
      if (i % bitsAtOnce === 0) bits = random.below(2 ** bitsAtOnce);
      swapped[i] = bits & 1;
      bits >>= 1;
    }
  };
}

/**
 * Two-sided p value of approximate randomisation (Noreen 1989; for F1 Yeh 2000): if it did not matter which side predicted a
 * unit, exchanging its predictions would change nothing. A unit is exchanged for all seeds together, since its seeds are not
 * independent of one another. p = (c + 1) / (rounds + 1), where c counts rounds whose difference of seed-mean F1 is at least
 * as large as the real one. `a` and `b` have one entry a seed, in the same order.
 */
export function randomisation(
  a: readonly UnitCounts[],
  b: readonly UnitCounts[],
  rounds: number,
  swap: Swap,
): { readonly p: number; readonly asLarge: number } {
  const changing = unitsThatDiffer(a, b);
  const totals = a.map((mine, seed) => [totalsOf(mine), totalsOf(b[seed]!)] as const);
  const moves = a.map((mine, seed) => movesOf(mine, b[seed]!, changing));
  const none = new Uint8Array(changing.length);
  const real = Math.abs(differenceOf(totals, moves, none));
  const swapped = new Uint8Array(changing.length);
  let asLarge = 0;
  for (let round = 0; round < rounds; round++) {
    swap(round, swapped);
    // Rounding must not keep a round out that gives the same difference.
    if (Math.abs(differenceOf(totals, moves, swapped)) >= real - 1e-12) asLarge++;
  }
  return { p: (asLarge + 1) / (rounds + 1), asLarge };
}

/** Units whose exchange changes anything, for some seed: the others need no coin. */
function unitsThatDiffer(a: readonly UnitCounts[], b: readonly UnitCounts[]): number[] {
  const size = a[0]?.gold.length ?? 0;
  return Array.from({ length: size }, (_, i) => i).filter((i) =>
    a.some(
      ({ correct, predicted }, seed) => correct[i] !== b[seed]!.correct[i] || predicted[i] !== b[seed]!.predicted[i],
    ),
  );
}

interface Totals {
  readonly correct: number;
  readonly predicted: number;
  readonly gold: number;
}

function totalsOf({ correct, predicted, gold }: UnitCounts): Totals {
  const sum = (values: Int32Array) => values.reduce((total, value) => total + value, 0);
  return { correct: sum(correct), predicted: sum(predicted), gold: sum(gold) };
}

/** What the exchange of each unit adds to the sums of `a` and takes from those of `b`. */
function movesOf(a: UnitCounts, b: UnitCounts, units: readonly number[]) {
  return {
    correct: Int32Array.from(units, (i) => b.correct[i]! - a.correct[i]!),
    predicted: Int32Array.from(units, (i) => b.predicted[i]! - a.predicted[i]!),
  };
}

function differenceOf(
  totals: readonly (readonly [Totals, Totals])[],
  moves: readonly { readonly correct: Int32Array; readonly predicted: Int32Array }[],
  swapped: Uint8Array,
): number {
  let sum = 0;
  totals.forEach(([a, b], seed) => {
    const { correct, predicted } = moves[seed]!;
    let [c, p] = [0, 0];
    for (let i = 0; i < swapped.length; i++) {
      if (swapped[i] === 0) continue;
      c += correct[i]!;
      p += predicted[i]!;
    }
    sum += f1Of(a.correct + c, a.predicted + p, a.gold) - f1Of(b.correct - c, b.predicted - p, b.gold);
  });
  return sum / totals.length;
}
