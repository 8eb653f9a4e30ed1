import type { Database } from './database.ts';
import type { RunChange } from './runs.ts';
import { read, write } from './transact.ts';

/** The trained model of a run, as the files of its Hugging Face folder: the same that a person downloads. */
export interface StoredModel {
  readonly runId: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Stores a model together with what it changes of its run, and drops the run's snapshots: it has finished. */
export async function saveModel(database: Database, model: StoredModel, change: RunChange): Promise<void> {
  await write(database, ['models', 'runs', 'snapshots'], async (transaction) => {
    await transaction.objectStore('models').put(model);
    const runs = transaction.objectStore('runs');
    const run = await runs.get(model.runId);
    if (run !== undefined) await runs.put({ ...run, ...change });
    const snapshots = transaction.objectStore('snapshots');
    for (const key of await snapshots.index('runId').getAllKeys(model.runId)) await snapshots.delete(key);
  });
}

export async function loadModel(database: Database, runId: string): Promise<StoredModel | null> {
  return (await read(database, ['models'], (transaction) => transaction.objectStore('models').get(runId))) ?? null;
}
