import type { KnownTests } from '../eval/compare/overUnits.ts';
import { compareRuns, type ExperimentResult } from '../run/experiment/compareRuns.ts';
import type { FinishedRun } from '../run/experiment/table.ts';
import type { Database } from '../storage/database.ts';
import { loadPredictions } from '../storage/predictions.ts';
import { factsOfRun } from '../storage/runFacts.ts';
import { loadRun, type StoredRun } from '../storage/runs.ts';

/** What is asked to be compared: stored runs that have finished; others are passed over. */
export interface CompareRequest {
  readonly runIds: readonly string[];
  /** Key of the group that the others are held against; null for the usual one. */
  readonly baseline: string | null;
}

/**
 * Compares stored runs with all that is kept of them: it takes seconds, and the page is not to wait. `known`: tests of
 * comparisons before; with one more run, those of one pair are made.
 */
export async function compareStored(
  database: Database,
  { runIds, baseline }: CompareRequest,
  known: KnownTests,
): Promise<ExperimentResult> {
  const runs: FinishedRun[] = [];
  let first: StoredRun | null = null;
  for (const id of runIds) {
    const run = await loadRun(database, id);
    if (run?.record == null) continue;
    first ??= run;
    runs.push({ record: run.record, predictions: await loadPredictions(database, id), notice: run.notice });
  }
  const facts = first === null ? null : await factsOfRun(database, first);
  const result = compareRuns(runs, { facts, known, ...(baseline === null ? {} : { baseline }) });
  const told = first === null || facts !== null || result.warnings.some(({ code }) => code === 'other-data');
  if (told) return result;
  const text =
    'The data of these runs have changed since, or are no longer here: overlaps and the teacher’s own F1 are not told.';
  return { ...result, warnings: [...result.warnings, { code: 'data-changed', text }] };
}
