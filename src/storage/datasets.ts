import type { Finding, Role, Sentence } from '../data/types.ts';
import type { Database } from './database.ts';
import { read, write } from './transact.ts';

/** What is known of a dataset without reading its sentences. */
export interface StoredDataset {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly counts: DatasetCounts;
  readonly findings: readonly Finding[];
  readonly source: DatasetSource;
  /** What must be said wherever the data are shown, e.g. who wrote their labels; empty = nothing. */
  readonly notice: string;
  /** Milliseconds since 1970, UTC. */
  readonly createdMs: number;
}

export interface DatasetSource {
  /** File and format it was read from; empty where it was made in the app. */
  readonly fileName: string;
  readonly format: string;
  /** Datasets that it was made from by splitting, joining and so on, and how, in words. */
  readonly made?: { readonly from: readonly string[]; readonly how: string };
  /** The annotation job whose answers its labels are. */
  readonly job?: string;
}

export interface DatasetCounts {
  readonly sentences: number;
  readonly words: number;
  /** Sentences that somebody has labelled, with entities or without. */
  readonly labelled: number;
  /** Spans of each label. */
  readonly labels: Readonly<Record<string, number>>;
}

/** `chunkSize` sentences of a dataset, fewer in its last chunk. */
export interface StoredChunk {
  readonly datasetId: string;
  readonly chunk: number;
  readonly sentences: readonly Sentence[];
}

/** Sentences of a chunk; only the last one of a dataset has fewer. */
export const chunkSize = 1000;

export function countsOf(sentences: readonly Sentence[]): DatasetCounts {
  const labels = new Map<string, number>();
  let [words, labelled] = [0, 0];
  for (const sentence of sentences) {
    words += sentence.words.length;
    if (sentence.spans !== null) labelled++;
    for (const { label } of sentence.spans ?? []) labels.set(label, (labels.get(label) ?? 0) + 1);
  }
  return { sentences: sentences.length, words, labelled, labels: Object.fromEntries(labels) };
}

/** The counts of two parts together. */
export function countsTogether(a: DatasetCounts, b: DatasetCounts): DatasetCounts {
  return {
    sentences: a.sentences + b.sentences,
    words: a.words + b.words,
    labelled: a.labelled + b.labelled,
    labels: Object.fromEntries(labelsSummed(a.labels, b.labels, 1)),
  };
}

/** Two counts of labels as one, the second taken `times`; by Map, since a label may be named as a member of all objects is. */
export function labelsSummed(
  a: DatasetCounts['labels'],
  b: DatasetCounts['labels'],
  times: 1 | -1,
): Map<string, number> {
  const sums = new Map(Object.entries(a));
  for (const [label, n] of Object.entries(b)) sums.set(label, (sums.get(label) ?? 0) + times * n);
  return sums;
}

/** A dataset with its sentences, on its way into storage. */
export interface UnstoredDataset {
  readonly dataset: Omit<StoredDataset, 'counts'>;
  readonly sentences: readonly Sentence[];
}

/** Stores a dataset whole, in place of one with the same id; its counts are made here. */
export async function saveDataset(
  database: Database,
  dataset: UnstoredDataset['dataset'],
  sentences: readonly Sentence[],
): Promise<StoredDataset> {
  return (await saveDatasets(database, [{ dataset, sentences }]))[0]!;
}

/** Stores several datasets in one transaction: all of them, or none. */
export async function saveDatasets(
  database: Database,
  datasets: readonly UnstoredDataset[],
): Promise<readonly StoredDataset[]> {
  const stored = datasets.map(({ dataset, sentences }) => ({ ...dataset, counts: countsOf(sentences) }));
  await write(database, ['datasets', 'sentences'], async (transaction) => {
    const chunks = transaction.objectStore('sentences');
    for (const [i, { dataset, sentences }] of datasets.entries()) {
      await chunks.delete(chunksOf(dataset.id));
      for (let chunk = 0; chunk * chunkSize < sentences.length; chunk++) {
        const part = sentences.slice(chunk * chunkSize, (chunk + 1) * chunkSize);
        await chunks.put({ datasetId: dataset.id, chunk, sentences: part });
      }
      await transaction.objectStore('datasets').put(stored[i]!);
    }
  });
  return stored;
}

/** All datasets, oldest first. */
export async function listDatasets(database: Database): Promise<readonly StoredDataset[]> {
  const all = await read(database, ['datasets'], (transaction) => transaction.objectStore('datasets').getAll());
  return all.sort((a, b) => a.createdMs - b.createdMs);
}

/**
 * The sentences of a dataset in their order; none for an id that is not stored. Each chunk comes in a task of its own, so
 * that a page which reads 100,000 sentences can still be used.
 */
export async function sentencesOf(database: Database, datasetId: string): Promise<readonly Sentence[]> {
  return read(database, ['sentences'], async (transaction) => {
    const store = transaction.objectStore('sentences');
    const sentences: Sentence[] = [];
    for (const key of await store.getAllKeys(chunksOf(datasetId))) {
      for (const sentence of (await store.get(key))?.sentences ?? []) sentences.push(sentence);
    }
    return sentences;
  });
}

/** Changes what is said about a dataset; its sentences stay. */
export async function updateDataset(
  database: Database,
  id: string,
  change: Partial<Pick<StoredDataset, 'name' | 'role' | 'findings'>>,
): Promise<void> {
  await write(database, ['datasets'], async (transaction) => {
    const store = transaction.objectStore('datasets');
    const found = await store.get(id);
    if (found !== undefined) await store.put({ ...found, ...change });
  });
}

/** Deletes datasets with their sentences: all of them, or none. */
export async function deleteDatasets(database: Database, ids: readonly string[]): Promise<void> {
  await write(database, ['datasets', 'sentences'], async (transaction) => {
    for (const id of ids) {
      await transaction.objectStore('datasets').delete(id);
      await transaction.objectStore('sentences').delete(chunksOf(id));
    }
  });
}

/** Keys are ordered number < string < array, so an empty array lies behind every chunk number. */
export function chunksOf(datasetId: string): IDBKeyRange {
  return IDBKeyRange.bound([datasetId], [datasetId, []]);
}
