import { AppError } from '../core/errors.ts';
import type { Sentence } from '../data/types.ts';
import type { Database } from './database.ts';
import { chunkSize, chunksOf, type StoredDataset } from './datasets.ts';
import { read, write } from './transact.ts';

/**
 * An import on its way: its chunks stand among the sentences under an id that no dataset has yet, so that nobody sees them.
 * Putting the dataset's record makes all of them a dataset at once; before, whatever happens leaves the old state whole.
 */

/** Writes sentences under an id in chunks as they come, in a transaction a chunk. */
export interface StagingWriter {
  /** Stores the chunks that have become full. */
  add(sentences: readonly Sentence[]): Promise<void>;
  /** Stores the rest. */
  end(): Promise<void>;
}

export function stagingWriter(database: Database, id: string): StagingWriter {
  let waiting: Sentence[] = [];
  let chunk = 0;

  async function put(sentences: readonly Sentence[]): Promise<void> {
    const record = { datasetId: id, chunk: chunk++, sentences }; // numbered once, though a transaction may run twice
    await write(database, ['sentences'], (transaction) => transaction.objectStore('sentences').put(record));
  }

  return {
    async add(sentences) {
      for (const sentence of sentences) waiting.push(sentence);
      let at = 0;
      for (; waiting.length - at >= chunkSize; at += chunkSize) await put(waiting.slice(at, at + chunkSize));
      waiting = waiting.slice(at);
    },
    async end() {
      if (waiting.length > 0) await put(waiting);
      waiting = [];
    },
  };
}

/**
 * Makes staged chunks datasets, all of them or none, and drops chunks that are no longer needed. Throws `storage-failed`
 * where chunks are missing that the counts speak of.
 */
export async function publishStaged(
  database: Database,
  datasets: readonly StoredDataset[],
  needless: readonly string[],
): Promise<void> {
  await write(database, ['datasets', 'sentences'], async (transaction) => {
    for (const dataset of datasets) {
      const chunks = await transaction.objectStore('sentences').count(chunksOf(dataset.id));
      if (chunks !== Math.ceil(dataset.counts.sentences / chunkSize)) {
        const reason = 'sentences of a new dataset are missing';
        throw new AppError('storage-failed', `chunks of ${dataset.id} are missing`, { reason });
      }
      await transaction.objectStore('datasets').put(dataset);
    }
    for (const id of needless) await transaction.objectStore('sentences').delete(chunksOf(id));
  });
}

/** Drops the chunks of ids that are no datasets; those of datasets stay. */
export async function discardStaged(database: Database, ids: readonly string[]): Promise<void> {
  await write(database, ['datasets', 'sentences'], async (transaction) => {
    for (const id of ids) {
      // Looked at here, in the same transaction: an import of another tab may have become a dataset just now.
      const key = await transaction.objectStore('datasets').getKey(id);
      if (key === undefined) await transaction.objectStore('sentences').delete(chunksOf(id));
    }
  });
}

/** Ids that have chunks and are no datasets: imports that go on, or were cut short. */
export async function stagedIds(database: Database): Promise<readonly string[]> {
  return read(database, ['datasets', 'sentences'], async (transaction) => {
    const known = new Set(await transaction.objectStore('datasets').getAllKeys());
    const keys = await transaction.objectStore('sentences').getAllKeys();
    return [...new Set(keys.map(([id]) => id))].filter((id) => !known.has(id));
  });
}
