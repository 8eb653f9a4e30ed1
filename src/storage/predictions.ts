import type { Predictions } from '../eval/compare/predictions.ts';
import type { Database } from './database.ts';
import type { RunChange } from './runs.ts';
import { read, write } from './transact.ts';

/** What a finished run predicted on test, in a store of its own: listing runs reads none of it. */
export interface StoredPredictions {
  readonly runId: string;
  readonly predictions: Predictions;
}

/** Stores predictions together with what they change of their run; those of a run that was deleted meanwhile are not kept. */
export async function savePredictions(
  database: Database,
  stored: StoredPredictions,
  change: RunChange = {},
): Promise<void> {
  await write(database, ['predictions', 'runs'], async (transaction) => {
    const runs = transaction.objectStore('runs');
    const run = await runs.get(stored.runId);
    if (run === undefined) return;
    await runs.put({ ...run, ...change });
    await transaction.objectStore('predictions').put(stored);
  });
}

/** null where the run had no test set, or finished before predictions were kept. */
export async function loadPredictions(database: Database, runId: string): Promise<Predictions | null> {
  const found = await read(database, ['predictions'], (transaction) =>
    transaction.objectStore('predictions').get(runId),
  );
  return found?.predictions ?? null;
}
