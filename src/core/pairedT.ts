import jStat from 'jstat';
import { mean, sd } from './statistics.ts';

/** A range that holds the true value in `level` of all repetitions, under the test's assumptions. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface PairedT {
  readonly mean: number;
  /** Null for fewer than two differences, or where all are the same: then their spread says nothing about chance. */
  readonly interval: Interval | null;
  /** Two-sided p value of “the true mean is 0”; null as above, but 1 where all differences are 0. */
  readonly p: number | null;
}

/** The paired t test (Student 1908) over differences of pairs, here one a seed; quantiles and tails are jstat's. */
export function pairedT(differences: readonly number[], level = 0.95): PairedT {
  const n = differences.length;
  const centre = mean(differences);
  if (n < 2) return { mean: centre, interval: null, p: null };
  const error = sd(differences) / Math.sqrt(n);
  // Differences that are alike but for rounding have no spread to speak of.
  if (error <= 1e-12 * Math.max(1, Math.abs(centre))) {
    return { mean: centre, interval: null, p: Math.abs(centre) <= 1e-12 ? 1 : null };
  }
  const reach = jStat.studentt.inv((1 + level) / 2, n - 1) * error;
  const p = 2 * jStat.studentt.cdf(-Math.abs(centre / error), n - 1);
  return { mean: centre, interval: { low: centre - reach, high: centre + reach }, p: Math.min(1, p) };
}
