import { comparePairs, type Comparison, type CompareOptions, type ScoredGroup } from '../../eval/compare/compare.ts';
import { gather, unitsOf, type Units } from '../../eval/compare/counts.ts';
import { countsOfPredictions, sameTest, type Predictions } from '../../eval/compare/predictions.ts';
import { leastSeeds } from '../../eval/compare/leastSeeds.ts';
import { comparisonInWords } from '../../eval/compare/words.ts';
import { passesOf } from '../regimens.ts';
import type { DataFacts } from './facts.ts';
import { groupRuns, judgedScores, rowOf, teacherRow, type FinishedRun, type RunGroup, type TableRow } from './table.ts';
import { warningsOf, type Warning } from './warnings.ts';

/** An experiment's answer: plain data for a table, a report or a page. */
export interface ExperimentResult {
  readonly rows: readonly TableRow[];
  /** Key of the group that the others are held against; null where nothing was scored. */
  readonly baseline: string | null;
  readonly comparisons: readonly (Comparison & { readonly sentence: string })[];
  readonly warnings: readonly Warning[];
  /** What was held equal between the groups, as a sentence. */
  readonly budget: string;
  /** What the tests over the test set draw and swap; null without predictions. */
  readonly units: { readonly kind: Units['kind']; readonly count: number } | null;
  readonly rounds: number;
}

export interface ResultOptions extends CompareOptions {
  /** Key of a group, or `groupKey` of its config; left out: gold only on all gold, else the first group. */
  readonly baseline?: string;
  readonly facts?: DataFacts | null;
}

/** Rounds of bootstrap and randomisation. */
export const defaultRounds = 10_000;

/** Groups the runs by seed and holds each group against the baseline, or against the baseline's regimen on as much gold. */
export function compareRuns(runs: readonly FinishedRun[], options: ResultOptions = {}): ExperimentResult {
  const groups = groupRuns(runs);
  const severalData = new Set(runs.map(({ record }) => record.digests.data)).size > 1;
  // Facts are of one set of data, and would be wrong for the runs on another.
  const facts = severalData ? null : (options.facts ?? null);
  const rounds = options.rounds ?? defaultRounds;
  const test = testOf(runs);
  const scored = new Map(groups.map((group) => [group.key, scoredGroup(group, test)]));
  const baseline = baselineOf(groups, options.baseline);
  const pairs = groups.flatMap((group) => {
    const against = baseline === null ? null : beside(group, baseline, groups);
    return against === null ? [] : [{ group: scored.get(group.key)!, baseline: scored.get(against.key)! }];
  });
  const comparisons = comparePairs(pairs, { ...options, rounds });
  const warnings = warningsOf(groups, facts);
  const notices = new Set(runs.flatMap(({ notice = '' }) => (notice === '' ? [] : [notice])));
  if (notices.size > 0) warnings.unshift({ code: 'notice', text: [...notices].join(' ') });
  const unjudged = comparisons.filter(({ verdict }) => verdict === 'too-few-seeds');
  // Where there is no verdict at all, each comparison says so itself.
  if (unjudged.length > 0 && unjudged.length < comparisons.length) {
    const text = `A row that has fewer than ${String(leastSeeds)} seeds in common with what it is held against gets no verdict: chance cannot be told from a difference.`;
    warnings.push({ code: 'few-seeds', text });
  }
  if (severalData) {
    const text =
      'Runs were trained on different data: that may be what makes a difference. Overlaps and the teacher’s own F1 are not told.';
    warnings.push({ code: 'other-data', text });
  }
  const known = runs.filter(({ predictions }) => predictions !== null);
  if (runs.some(({ record }) => record.scores.test !== undefined) && known.length < runs.length) {
    const text = 'Some runs have no predictions on test: they are not tested over sentences, and get no verdict.';
    warnings.push({ code: 'no-predictions', text });
  }
  if (test !== null && known.some(({ predictions }) => predictions !== null && !test.has(predictions))) {
    const text = 'Some runs were scored on another test set: their F1 cannot be compared with that of the others.';
    warnings.push({ code: 'other-test', text });
  }
  return {
    rows: [...(facts?.teacher == null ? [] : [teacherRow(facts.teacher)]), ...groups.map(rowOf)],
    baseline: baseline?.key ?? null,
    comparisons: comparisons.map((comparison) => ({
      ...comparison,
      sentence: comparisonInWords(comparison),
    })),
    warnings,
    budget: budgetInWords(groups),
    units: test === null ? null : { kind: test.units.kind, count: test.units.count },
    rounds,
  };
}

/** The test set of the first run that kept predictions, with the predictions of all runs on the same one. */
function testOf(runs: readonly FinishedRun[]) {
  const all = runs.flatMap(({ predictions }) => predictions ?? []);
  const [first] = all;
  if (first === undefined) return null;
  const same = new Set(all.filter((other) => sameTest(first, other)));
  const units = unitsOf(first.sentences.map(({ document }) => document));
  return { units, has: (predictions: Predictions) => same.has(predictions) };
}

function scoredGroup({ key, name, runs }: RunGroup, test: ReturnType<typeof testOf>): ScoredGroup {
  return {
    key,
    name,
    runs: runs.flatMap(({ record, predictions }) => {
      const scores = judgedScores(record);
      if (scores === null) return [];
      const usable = predictions !== null && test?.has(predictions) === true;
      const counts = usable ? gather(countsOfPredictions(predictions), test.units) : null;
      return [{ seed: record.config.seed, f1: scores.default.micro.f1, counts }];
    }),
  };
}

/** What groups are held against: the one whose key is or begins with `key`, else gold only on all gold, else the first. */
export function baselineOf(groups: readonly RunGroup[], key: string | undefined): RunGroup | null {
  const named = key === undefined ? undefined : groups.find((group) => group.key.startsWith(key));
  const goldOnly = groups.filter(({ config }) => config.regimen === 'gold-only');
  return named ?? goldOnly.find(({ config }) => config.goldSize === null) ?? goldOnly[0] ?? groups[0] ?? null;
}

/** What a group is held against: on part of the gold, the baseline's variant on as much; null for the baseline itself. */
function beside(group: RunGroup, baseline: RunGroup, groups: readonly RunGroup[]): RunGroup | null {
  const { regimen, schedule } = baseline.config;
  const { goldSize } = group.config;
  const sameVariant = (other: RunGroup) =>
    other.config.regimen === regimen && (regimen !== 'blend' || other.config.schedule === schedule);
  const against =
    goldSize === baseline.config.goldSize
      ? baseline
      : groups.find((other) => sameVariant(other) && other.config.goldSize === goldSize);
  return against === undefined || against.key === group.key || (goldSize !== null && sameVariant(group))
    ? null
    : against;
}

/** Whether steps, or passes over what is used, are the same in all groups; if neither, how far the steps lie apart. */
export function budgetInWords(groups: readonly RunGroup[]): string {
  const steps = groups.flatMap(({ runs }) => runs.map(({ record }) => record.steps));
  const [least, most] = [Math.min(...steps), Math.max(...steps)];
  if (steps.length === 0) return 'No run has finished.';
  if (least === most) return `Equal steps: every run took ${String(least)} optimizer steps.`;
  const configs = groups.map(({ config }) => config);
  const same = (values: readonly (number | null)[]) => new Set(values).size === 1 && values[0] !== null;
  const epochs = same(configs.map((c) => c.epochsSilver)) && same(configs.map((c) => c.epochsGold));
  if (epochs && configs.every((c) => c.steps === null)) {
    const { silver, gold } = passesOf(configs[0]!);
    return `Equal passes: each source that a regimen uses was passed as often (silver ${String(silver)}, gold ${String(gold)}), in ${String(least)} to ${String(most)} steps.`;
  }
  return `Free budget: each regimen has its own passes, from ${String(least)} to ${String(most)} steps. More steps may be part of a difference.`;
}
