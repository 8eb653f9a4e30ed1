import { mean, sd } from '../core/statistics.ts';
import type { RunConfig } from '../run/config.ts';
import { distinctions } from '../run/diff.ts';
import { regimens } from '../run/regimens.ts';
import type { StoredRun } from '../storage/runs.ts';

/** A finished run as far as comparing goes: its settings and its test score. */
export interface Scored {
  readonly config: RunConfig;
  readonly dataDigest: string;
  readonly checkpointDigest: string;
  readonly testF1: number;
}

/** Runs that differ in nothing but the seed. */
export interface Group {
  readonly key: string;
  readonly name: string;
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; null for one run. */
  readonly sd: number | null;
  readonly values: readonly number[];
}

/** What can be compared of stored runs: those that finished and were scored on test. */
export function scoredOf(runs: readonly StoredRun[]): readonly Scored[] {
  return runs.flatMap(({ record }) => {
    const testF1 = record?.scores.test?.default.micro.f1;
    return record === null || testF1 === undefined
      ? []
      : [
          {
            config: record.config,
            dataDigest: record.digests.data,
            checkpointDigest: record.digests.checkpoint,
            testF1,
          },
        ];
  });
}

/** Groups of runs that differ by seed alone, the best mean first. A run repeated with an equal seed counts once. */
export function groupsOf(runs: readonly Scored[]): readonly Group[] {
  const groups = new Map<string, { config: RunConfig; bySeed: Map<number, number> }>();
  for (const { config, dataDigest, checkpointDigest, testF1 } of runs) {
    const unseeded = { ...config, seed: 0 };
    const key = JSON.stringify([unseeded, dataDigest, checkpointDigest]);
    const group = groups.get(key) ?? { config: unseeded, bySeed: new Map<number, number>() };
    if (!group.bySeed.has(config.seed)) group.bySeed.set(config.seed, testF1);
    groups.set(key, group);
  }
  const names = namesOf([...groups.values()].map(({ config }) => config));
  return [...groups]
    .map(([key, { bySeed }], i) => {
      const values = [...bySeed.values()];
      const deviation = values.length > 1 ? sd(values) : null;
      return { key, name: names[i] ?? '', n: values.length, mean: mean(values), sd: deviation, values };
    })
    .sort((a, b) => b.mean - a.mean);
}

/** A name for each config that tells it from the others: its regimen, and what else is its own. */
function namesOf(configs: readonly RunConfig[]): readonly string[] {
  const differences = distinctions(configs);
  return configs.map(({ regimen }, i) => {
    const { name } = regimens[regimen];
    const difference = differences[i] ?? '';
    return difference === '' || difference.startsWith(name) ? difference || name : `${name}, ${difference}`;
  });
}

const uncapitalised = (name: string) => name.slice(0, 1).toLowerCase() + name.slice(1);
const points = (difference: number) => `${(100 * difference).toFixed(1)} points`;

/**
 * What the test scores say, in words and with no claim that they do not carry: one run each shows nothing about chance;
 * seeds that overlap are no evidence; seeds apart are a hint that more seeds may bear out.
 */
export function verdictOf(groups: readonly Group[]): string {
  const [best, next] = groups;
  if (best === undefined) return '';
  if (next === undefined) {
    if (best.sd === null)
      return `${best.name}: test F1 ${best.mean.toFixed(3)} from one run. More seeds show how much of it is chance.`;
    return `${best.name}: test F1 ${best.mean.toFixed(3)} ± ${best.sd.toFixed(3)} (mean and sd of ${String(best.n)} seeds).`;
  }
  const gap = `${best.name} is ${points(best.mean - next.mean)} above ${uncapitalised(next.name)}`;
  if (best.n < 2 || next.n < 2) {
    return `${gap}, but one run of a kind says nothing about chance. Train more seeds before believing it.`;
  }
  if (Math.min(...best.values) <= Math.max(...next.values)) {
    return `${gap} on the mean, but their seeds overlap: no evidence that they differ (${String(best.n)} and ${String(next.n)} seeds).`;
  }
  return `${gap} on the mean, and every seed of it is above every seed of the other (${String(best.n)} and ${String(next.n)} seeds): a hint, not yet a proof.`;
}
