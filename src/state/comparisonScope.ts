import { budgetInWords } from '../run/experiment/compareRuns.ts';
import { groupRuns, rowOf, type RunGroup, type TableRow } from '../run/experiment/table.ts';
import type { StoredExperiment } from '../storage/experiments.ts';
import type { StoredRun } from '../storage/runs.ts';

/** Runs that are compared with each other. */
export interface Scope {
  readonly id: string;
  readonly name: string;
  /** Those that have finished, oldest first. */
  readonly runs: readonly StoredRun[];
  /** How many there will be. */
  readonly planned: number;
}

/**
 * What can be compared: experiments of several runs, the newest first, then all runs on the same data, the data of the newest
 * run first. Only scopes with a finished run are listed.
 */
export function scopesOf(
  finished: readonly StoredRun[],
  experiments: readonly StoredExperiment[],
  datasetName: (id: string) => string | undefined,
): Scope[] {
  const oldestFirst = [...finished].sort((a, b) => a.createdMs - b.createdMs);
  const ofExperiments = experiments
    .filter(({ runs }) => runs.length > 1)
    .toSorted((a, b) => b.createdMs - a.createdMs)
    .map(({ id, name, runs }): Scope => {
      const ids = new Set(runs.map(({ runId }) => runId));
      return { id, name, runs: oldestFirst.filter((run) => ids.has(run.id)), planned: runs.length };
    });
  const byData = new Map<string, StoredRun[]>();
  for (const run of oldestFirst.toReversed()) {
    const data = run.record?.digests.data ?? '';
    byData.set(data, [run, ...(byData.get(data) ?? [])]);
  }
  const alone = byData.size === 1;
  const ofData = [...byData].map(([data, runs]): Scope => {
    const { gold, silver } = runs.at(-1)!.datasets;
    const on = [...new Set([...gold, ...silver].flatMap((id) => datasetName(id) ?? []))].join(', ');
    const name = alone ? 'All runs' : `All runs on ${on === '' ? 'data that are gone' : on} (${data.slice(0, 7)})`;
    return { id: `data-${data.slice(0, 12)}`, name, runs, planned: runs.length };
  });
  return [...ofExperiments, ...ofData].filter(({ runs }) => runs.length > 0);
}

/** What the records of runs tell without any test: at once, on the page. */
export interface Tabled {
  readonly groups: readonly RunGroup[];
  readonly rows: readonly TableRow[];
  readonly budget: string;
}

export function tabled(runs: readonly StoredRun[]): Tabled {
  const groups = groupRuns(runs.flatMap(({ record }) => (record === null ? [] : { record, predictions: null })));
  return { groups, rows: groups.map(rowOf), budget: budgetInWords(groups) };
}

/** Rows with the highest mean first; what was not scored comes last. */
export function highestFirst(rows: readonly TableRow[]): TableRow[] {
  return [...rows].sort((a, b) => (b.f1?.mean ?? -1) - (a.f1?.mean ?? -1));
}
