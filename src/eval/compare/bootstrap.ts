import type { Interval } from '../../core/pairedT.ts';
import type { Random } from '../../core/random.ts';
import { quantileOfSorted } from '../../core/statistics.ts';
import { f1Of, type UnitCounts } from './counts.ts';

/** Fills `units` with the unit numbers that round `round` draws, with replacement. */
export type Draw = (round: number, units: Int32Array) => void;

/** Draws from a seeded generator; rounds have to be asked for in order. */
export function drawsOf(random: Random): Draw {
  return (_round, units) => {
    for (let i = 0; i < units.length; i++) units[i] = random.below(units.length);
  };
}

/**
 * Percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13) of the difference of seed-mean F1 of `a` and `b`, one
 * entry a seed: units are drawn with replacement, the same for all seeds and both sides, so that it tells how far another
 * test set could move the difference, with these trained models.
 */
export function bootstrapInterval(
  a: readonly UnitCounts[],
  b: readonly UnitCounts[],
  rounds: number,
  draw: Draw,
  level = 0.95,
): Interval {
  const size = a[0]?.gold.length ?? 0;
  const drawn = new Int32Array(size);
  const times = new Int32Array(size);
  const differences = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    draw(round, drawn);
    times.fill(0);
    for (let i = 0; i < size; i++) times[drawn[i]!]!++;
    differences[round] = meanF1(a, times) - meanF1(b, times);
  }
  differences.sort();
  return {
    low: quantileOfSorted(differences, (1 - level) / 2),
    high: quantileOfSorted(differences, (1 + level) / 2),
  };
}

/** Mean over seeds of the F1 of units that count `times` times each. */
function meanF1(seeds: readonly UnitCounts[], times: Int32Array): number {
  let sum = 0;
  for (const { correct, predicted, gold } of seeds) {
    let [c, p, g] = [0, 0, 0];
    for (let i = 0; i < times.length; i++) {
      const n = times[i]!;
      if (n === 0) continue;
      c += n * correct[i]!;
      p += n * predicted[i]!;
      g += n * gold[i]!;
    }
    sum += f1Of(c, p, g);
  }
  return sum / seeds.length;
}
