import type { Sentence } from '../data/types.ts';
import { dataDigest } from '../run/dataDigest.ts';
import { compareRuns, type ExperimentResult } from '../run/experiment/compareRuns.ts';
import { factsOf, type DataByRole, type DataFacts } from '../run/experiment/facts.ts';
import type { FinishedRun } from '../run/experiment/table.ts';
import type { Database } from '../storage/database.ts';
import { listDatasets, sentencesOf } from '../storage/datasets.ts';
import { loadPredictions } from '../storage/predictions.ts';
import { loadRun, type StoredRun } from '../storage/runs.ts';

/** What is asked to be compared: stored runs that have finished; others are passed over. */
export interface CompareRequest {
  readonly runIds: readonly string[];
  /** Key of the group that the others are held against; null for the usual one. */
  readonly baseline: string | null;
}

/** Compares stored runs with all that is kept of them: it takes seconds, and the page is not to wait. */
export async function compareStored(
  database: Database,
  { runIds, baseline }: CompareRequest,
): Promise<ExperimentResult> {
  const runs: FinishedRun[] = [];
  let first: StoredRun | null = null;
  for (const id of runIds) {
    const run = await loadRun(database, id);
    if (run?.record == null) continue;
    first ??= run;
    runs.push({ record: run.record, predictions: await loadPredictions(database, id) });
  }
  const facts = first === null ? null : await factsOfRun(database, first);
  const result = compareRuns(runs, { facts, ...(baseline === null ? {} : { baseline }) });
  const told = first === null || facts !== null || result.warnings.some(({ code }) => code === 'other-data');
  if (told) return result;
  const text =
    'The data of these runs have changed since, or are no longer here: overlaps and the teacher’s own F1 are not told.';
  return { ...result, warnings: [...result.warnings, { code: 'data-changed', text }] };
}

/** What is known of a run's data; null where they are not what it was trained on. */
async function factsOfRun(database: Database, { datasets, record }: StoredRun): Promise<DataFacts | null> {
  const labelled = async (ids: readonly string[]) => {
    const all = await Promise.all(ids.map((id) => sentencesOf(database, id)));
    return all.flat().filter(({ spans }) => spans !== null);
  };
  const data: DataByRole = {
    silver: await labelled(datasets.silver),
    gold: await labelled(datasets.gold),
    dev: await labelled(datasets.dev),
    test: await labelled(datasets.test),
  };
  if (dataDigest(data) !== record?.digests.data) return null;
  const used = new Set(Object.values(datasets).flat());
  const beside = (await listDatasets(database)).filter(({ id }) => !used.has(id)).map(({ id }) => id);
  return factsOf(data, (await labelled(beside)).filter(isByTeacher));
}

/** Labels that a teacher gave to sentences that were not trained on tell how good it is all the same. */
function isByTeacher({ authors }: Sentence): boolean {
  return authors?.all.kind === 'teacher';
}
