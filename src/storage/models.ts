import type { Predictions } from '../eval/compare/predictions.ts';
import type { Database } from './database.ts';
import type { RunChange } from './runs.ts';
import { read, write } from './transact.ts';

/** The trained model of a run, as the files of its Hugging Face folder: the same that a person downloads. */
export interface StoredModel {
  readonly runId: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Stores a model together with its predictions and what it changes of its run, and drops the run's snapshots: it has finished.
 * Nothing is kept of a run that was deleted meanwhile.
 */
export async function saveModel(
  database: Database,
  model: StoredModel,
  change: RunChange,
  predictions: Predictions | null = null,
): Promise<void> {
  await write(database, ['models', 'predictions', 'runs', 'snapshots'], async (transaction) => {
    const runs = transaction.objectStore('runs');
    const run = await runs.get(model.runId);
    if (run === undefined) return;
    await runs.put({ ...run, ...change });
    await transaction.objectStore('models').put(model);
    if (predictions !== null) await transaction.objectStore('predictions').put({ runId: model.runId, predictions });
    const snapshots = transaction.objectStore('snapshots');
    for (const key of await snapshots.index('runId').getAllKeys(model.runId)) await snapshots.delete(key);
  });
}

export async function loadModel(database: Database, runId: string): Promise<StoredModel | null> {
  return (await read(database, ['models'], (transaction) => transaction.objectStore('models').get(runId))) ?? null;
}
