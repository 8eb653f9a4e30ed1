import { pairedT, type Interval } from '../../core/pairedT.ts';
import { holm, mean } from '../../core/statistics.ts';
import type { UnitCounts } from './counts.ts';
import { leastSeeds } from './leastSeeds.ts';
import { overUnits, type KnownTests, type UnitTests } from './overUnits.ts';

/** One run's score, with its counts by unit of the test set where its predictions were kept. */
export interface SeedScore {
  readonly seed: number;
  /** Micro F1, default reading. */
  readonly f1: number;
  readonly counts: UnitCounts | null;
}

/** Runs that differ in nothing but the seed. */
export interface ScoredGroup {
  readonly key: string;
  readonly name: string;
  readonly runs: readonly SeedScore[];
}

export type Verdict = 'better' | 'worse' | 'no-evidence' | 'too-few-seeds';

/** A group against the baseline, over the seeds that both have. Differences are group − baseline, in F1 (0 … 1). */
export interface Comparison {
  readonly key: string;
  readonly name: string;
  readonly baseline: string;
  readonly seeds: readonly number[];
  readonly difference: number;
  /** Paired t over seeds: how far other seeds could move the difference. */
  readonly overSeeds: { readonly interval: Interval | null; readonly p: number | null; readonly pHolm: number | null };
  /** Bootstrap interval and randomisation over units of the test set: how far other test data could. Null without predictions. */
  readonly overUnits: (UnitTests & { readonly pHolm: number }) | null;
  /** Seeds by the sign of their difference; they describe, they prove nothing. */
  readonly signs: { readonly better: number; readonly equal: number; readonly worse: number };
  /** How many comparisons Holm's correction was made over. */
  readonly comparisons: number;
  readonly verdict: Verdict;
}

export interface CompareOptions {
  /** Rounds of the bootstrap and of the randomisation. */
  readonly rounds?: number;
  readonly seed?: number;
  readonly level?: number;
  /** Tests of earlier comparisons, which are taken over where nothing has changed; those that are made are added. */
  readonly known?: KnownTests;
}

/** Every group against one baseline; see `comparePairs`. */
export function compareWith(
  baseline: ScoredGroup,
  others: readonly ScoredGroup[],
  options: CompareOptions = {},
): Comparison[] {
  return comparePairs(
    others.map((group) => ({ group, baseline })),
    options,
  );
}

/**
 * Groups against baselines. Holm's correction goes over all of them, for each test apart; “better” or “worse” is said only
 * where the t test over seeds and the randomisation over units both hold after it. Counts of all runs must be of the same
 * units.
 */
export function comparePairs(
  asked: readonly { readonly group: ScoredGroup; readonly baseline: ScoredGroup }[],
  { rounds = 10_000, seed = 0, level = 0.95, known = new Map() }: CompareOptions = {},
): Comparison[] {
  const settings = { rounds, seed, level };
  const tested = asked.map(({ group, baseline }) => {
    const pairs = pairsOf(group, baseline);
    const differences = pairs.map(([a, b]) => a.f1 - b.f1);
    const counts = pairs.map(([a, b]) => [a.counts, b.counts] as const);
    const [mine, theirs] = [counts.flatMap(([a]) => a ?? []), counts.flatMap(([, b]) => b ?? [])];
    const whole = pairs.length > 0 && mine.length === pairs.length && theirs.length === pairs.length;
    const name = `${baseline.key}/${group.key}`;
    return {
      group,
      baseline,
      seeds: pairs.map(([a]) => a.seed),
      differences,
      t: pairedT(differences, level),
      units: whole ? overUnits(name, mine, theirs, settings, known) : null,
    };
  });
  const seedsHolm = holm(tested.map(({ t }) => t.p));
  const unitsHolm = holm(tested.map(({ units }) => units?.p ?? null));
  return tested.map(({ group, baseline, seeds, differences, t, units }, i) => {
    const difference = mean(differences);
    const pHolm = { seeds: seedsHolm[i] ?? null, units: unitsHolm[i] ?? null };
    const holds = (p: number | null) => p !== null && p < 1 - level;
    const proven = holds(pHolm.seeds) && holds(pHolm.units);
    return {
      key: group.key,
      name: group.name,
      baseline: baseline.name,
      seeds,
      difference,
      overSeeds: { interval: t.interval, p: t.p, pHolm: pHolm.seeds },
      overUnits: units === null ? null : { ...units, pHolm: pHolm.units ?? 1 },
      signs: {
        better: differences.filter((d) => d > 0).length,
        equal: differences.filter((d) => d === 0).length,
        worse: differences.filter((d) => d < 0).length,
      },
      comparisons: asked.length,
      verdict:
        seeds.length < leastSeeds ? 'too-few-seeds' : !proven ? 'no-evidence' : difference > 0 ? 'better' : 'worse',
    };
  });
}

/** The runs of two groups by the seeds that both have, in order of the seed. */
function pairsOf(a: ScoredGroup, b: ScoredGroup): (readonly [SeedScore, SeedScore])[] {
  const others = new Map(b.runs.map((run) => [run.seed, run]));
  return a.runs
    .flatMap((run) => {
      const other = others.get(run.seed);
      return other === undefined ? [] : [[run, other] as const];
    })
    .sort(([x], [y]) => x.seed - y.seed);
}
