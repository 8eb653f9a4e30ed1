import { mean, sd } from '../../core/statistics.ts';
import type { Predictions } from '../../eval/compare/predictions.ts';
import type { Scores } from '../../eval/scores.ts';
import type { RunRecord } from '../events.ts';
import type { RunConfig } from '../config.ts';
import type { TeacherScore } from './facts.ts';
import { groupKey, groupNames } from './variant.ts';

/** A finished run as far as comparing goes. */
export interface FinishedRun {
  readonly record: RunRecord;
  /** On test; null where they were not kept. */
  readonly predictions: Predictions | null;
  /** What is to be said wherever its scores are shown; left out: nothing. */
  readonly notice?: string;
}

/** Runs that differ in nothing but the seed, each seed once, in order of the seed. */
export interface RunGroup {
  readonly key: string;
  readonly name: string;
  readonly config: RunConfig;
  /** Of its data and its checkpoint, the same for all its runs. */
  readonly digests: RunRecord['digests'];
  readonly runs: readonly FinishedRun[];
}

/** Values over seeds: mean and sample sd, which is null for one value. */
export interface Spread {
  readonly mean: number;
  readonly sd: number | null;
  readonly values: readonly { readonly seed: number; readonly value: number }[];
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** One row of the table of an experiment: a group of runs, or the teacher. */
export interface TableRow {
  readonly kind: 'runs' | 'teacher';
  readonly key: string;
  readonly name: string;
  /** Seeds; 0 for the teacher. */
  readonly n: number;
  /** Micro F1 on test (on dev where there is no test), default and strict reading; null where nothing was scored. */
  readonly f1: Spread | null;
  readonly strict: Spread | null;
  readonly steps: Range | null;
  /** Sentences drawn, and how often each different one was drawn on the mean; null where records do not say. */
  readonly silver: { readonly drawn: Range; readonly repeats: number } | null;
  readonly gold: { readonly drawn: Range; readonly repeats: number } | null;
  readonly seconds: Spread | null;
  /** F1 of each label, default reading. */
  readonly labels: Readonly<Record<string, Spread>>;
}

/** Groups of runs in the order in which they come; a run repeated with an equal seed counts once, the first. */
export function groupRuns(runs: readonly FinishedRun[]): RunGroup[] {
  const groups = new Map<string, Pick<RunRecord, 'config' | 'digests'> & { bySeed: Map<number, FinishedRun> }>();
  for (const run of runs) {
    const { config, digests } = run.record;
    const key = `${groupKey(config)}/${originKey(digests)}`;
    const group = groups.get(key) ?? { config, digests, bySeed: new Map<number, FinishedRun>() };
    if (!group.bySeed.has(config.seed)) group.bySeed.set(config.seed, run);
    groups.set(key, group);
  }
  const members = [...groups.values()];
  const names = groupNames(members.map(({ config }) => config));
  const origins = originsOf(members.map(({ digests }) => digests));
  return [...groups].map(([key, { config, digests, bySeed }], i) => ({
    key,
    name: names[i]! + origins[i]!,
    config,
    digests,
    runs: [...bySeed.values()].sort((a, b) => a.record.config.seed - b.record.config.seed),
  }));
}

/** Equal for runs on the same data from the same checkpoint. */
export function originKey({ data, checkpoint }: RunRecord['digests']): string {
  return `${data}/${checkpoint}`;
}

/** What tells runs on several data, or from several checkpoints, apart: `, data 1a2b3c4`; empty where they have all in common. */
export function originsOf(digests: readonly RunRecord['digests'][]): string[] {
  const telling = (['data', 'checkpoint'] as const).filter((part) => new Set(digests.map((one) => one[part])).size > 1);
  return digests.map((one) => telling.map((part) => `, ${part} ${one[part].slice(0, 7)}`).join(''));
}

/** The scores that a run is judged by: of test, else of dev. */
export function judgedScores({ scores }: RunRecord): Scores | null {
  return scores.test ?? scores.dev ?? null;
}

export function rowOf({ key, name, runs }: RunGroup): TableRow {
  const records = runs.map(({ record }) => record);
  const over = (of: (record: RunRecord) => number | undefined) =>
    spreadOf(
      records.flatMap((record) => {
        const value = of(record);
        return value === undefined ? [] : [{ seed: record.config.seed, value }];
      }),
    );
  const labels = new Set(records.flatMap((record) => Object.keys(judgedScores(record)?.default.labels ?? {})));
  return {
    kind: 'runs',
    key,
    name,
    n: runs.length,
    f1: over((record) => judgedScores(record)?.default.micro.f1),
    strict: over((record) => judgedScores(record)?.strict.micro.f1),
    steps: rangeOf(records.map(({ steps }) => steps)),
    silver: seenOf(records, 'silver'),
    gold: seenOf(records, 'gold'),
    seconds: over(({ seconds }) => seconds),
    labels: Object.fromEntries(
      [...labels].sort().flatMap((label) => {
        const spread = over((record) => judgedScores(record)?.default.labels[label]?.f1);
        return spread === null ? [] : [[label, spread]];
      }),
    ),
  };
}

/** The teacher's own labels as a row: what silver could teach at best. */
export function teacherRow({ on, sentences, scores }: TeacherScore): TableRow {
  const one = (value: number): Spread => ({ mean: value, sd: null, values: [] });
  return {
    kind: 'teacher',
    key: 'teacher',
    name: on === 'test' ? 'Teacher itself' : `Teacher itself, on ${String(sentences)} sentences of ${on}`,
    n: 0,
    f1: one(scores.default.micro.f1),
    strict: one(scores.strict.micro.f1),
    ...{ steps: null, silver: null, gold: null, seconds: null },
    labels: Object.fromEntries(Object.entries(scores.default.labels).map(([label, { f1 }]) => [label, one(f1)])),
  };
}

function seenOf(records: readonly RunRecord[], source: 'silver' | 'gold'): TableRow['silver'] {
  const seen = records.flatMap((record) => record.seen?.[source] ?? []);
  const drawn = rangeOf(seen.map((one) => one.drawn));
  if (drawn === null || seen.length < records.length) return null;
  return { drawn, repeats: mean(seen.map((one) => (one.unique === 0 ? 0 : one.drawn / one.unique))) };
}

function spreadOf(values: Spread['values']): Spread | null {
  if (values.length === 0) return null;
  const plain = values.map(({ value }) => value);
  return { mean: mean(plain), sd: plain.length > 1 ? sd(plain) : null, values };
}

function rangeOf(values: readonly number[]): Range | null {
  return values.length === 0 ? null : { least: Math.min(...values), most: Math.max(...values) };
}
