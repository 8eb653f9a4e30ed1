import { mean } from '../../core/statistics.ts';
import type { RunRecord } from '../events.ts';
import type { RunGroup } from './table.ts';

/** F1 on dev of one label over the course of a group's runs, a mean over seeds. */
export interface PooledLabel {
  readonly label: string;
  /** Progress of the run 0 … 1, and F1 0 … 1. */
  readonly points: readonly (readonly [progress: number, f1: number])[];
}

/**
 * Dev F1 of each label at the scorings that all seeds of a group have: of seeds that patience ended early, the first ones.
 * Scorings from before F1 by label was kept are passed over.
 */
export function pooledLabels({ runs }: RunGroup): PooledLabel[] {
  const seeds = runs.map(({ record: { dev, steps } }) =>
    dev.flatMap(({ step, labels }) => (labels === undefined ? [] : [{ progress: step / Math.max(1, steps), labels }])),
  );
  const count = seeds.length === 0 ? 0 : Math.min(...seeds.map(({ length }) => length));
  const names = new Set(seeds.flatMap((points) => points.flatMap(({ labels }) => Object.keys(labels))));
  return [...names].map((label) => ({
    label,
    points: Array.from({ length: count }, (_, i) => {
      const points = seeds.map((seed) => seed[i]!);
      return [
        mean(points.map(({ progress }) => progress)),
        mean(points.map(({ labels }) => labels[label] ?? 0)),
      ] as const;
    }),
  }));
}

/** The labels of runs by how often dev has them, the most frequent first; where that was not kept, by name. */
export function labelsByFrequency(records: readonly Pick<RunRecord, 'dev' | 'scores'>[]): string[] {
  const support = new Map<string, number>();
  for (const { dev, scores } of records) {
    for (const { labels = {} } of dev)
      for (const label of Object.keys(labels)) support.set(label, support.get(label) ?? 0);
    for (const [label, score] of Object.entries(scores.dev?.default.labels ?? {}))
      if (support.has(label)) support.set(label, Math.max(support.get(label)!, score.support));
  }
  return [...support].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([label]) => label);
}
