import { AppError } from '../core/errors.ts';
import type { Sentence } from '../data/types.ts';
import type { Database } from './database.ts';
import { chunkSize, countsOf, labelsSummed, type DatasetCounts, type StoredDataset } from './datasets.ts';
import { write, type Transaction } from './transact.ts';

/**
 * Changes of datasets that other tabs may be changing too: what is not stored as this tab has read it is never overwritten.
 */

/** One sentence in place of another; `at` counts the sentences of a dataset from 0. */
export interface SentenceChange {
  readonly at: number;
  readonly before: Sentence;
  readonly after: Sentence;
}

/** A change that was not made, since another tab has changed the same sentence. */
export interface Clash {
  readonly change: SentenceChange;
  readonly stored: Sentence;
}

type Writing = Transaction<['datasets', 'sentences'], 'readwrite'>;

/** The counts of a dataset once sentences of it have changed. */
export function countsAfter(counts: DatasetCounts, changes: readonly SentenceChange[]): DatasetCounts {
  const [gone, come] = [changes.map(({ before }) => before), changes.map(({ after }) => after)];
  return countsChanged(counts, countsOf(gone), countsOf(come));
}

/**
 * Puts changed sentences in their places, in one transaction; only the chunks that hold them are written. Gives the changes
 * that clash with another tab's, which are not made. Throws `sentence-changed` where a place holds another sentence or the
 * dataset is gone; nothing is written then.
 */
export async function changeSentences(
  database: Database,
  datasetId: string,
  changes: readonly SentenceChange[],
): Promise<readonly Clash[]> {
  const byChunk = new Map<number, SentenceChange[]>();
  for (const change of changes) {
    const chunk = Math.floor(change.at / chunkSize);
    byChunk.set(chunk, [...(byChunk.get(chunk) ?? []), change]);
  }
  return write(database, ['datasets', 'sentences'], async (transaction) => {
    const clashes: Clash[] = [];
    const made: SentenceChange[] = [];
    for (const [chunk, own] of byChunk) {
      const sentences = [...(await chunkOf(transaction, datasetId, chunk))];
      for (const change of own) {
        const stored = sentences[change.at % chunkSize];
        if (stored?.id !== change.before.id) throw changed(`sentence ${String(change.at)} of ${datasetId}`);
        if (!isSame(stored, change.before) && !isSame(stored, change.after)) {
          clashes.push({ change, stored });
          continue;
        }
        sentences[change.at % chunkSize] = change.after;
        made.push({ ...change, before: stored });
      }
      await transaction.objectStore('sentences').put({ datasetId, chunk, sentences });
    }
    const record = await recordOf(transaction, datasetId);
    await transaction.objectStore('datasets').put({ ...record, counts: countsAfter(record.counts, made) });
    return clashes;
  });
}

/**
 * Puts `after` in place of `before`, all or nothing; only the chunks that differ are written, and what another tab has done in
 * the others stays. Throws `sentence-changed` where a chunk that differs is not stored as `before` says, or the dataset has come
 * to hold more or fewer sentences.
 */
export async function rewriteSentences(
  database: Database,
  datasetId: string,
  before: readonly Sentence[],
  after: readonly Sentence[],
): Promise<StoredDataset> {
  return write(database, ['datasets', 'sentences'], async (transaction) => {
    const record = await recordOf(transaction, datasetId);
    if (record.counts.sentences !== before.length) throw changed(`the number of sentences of ${datasetId}`);
    let { counts } = record;
    const store = transaction.objectStore('sentences');
    for (let chunk = 0; chunk * chunkSize < Math.max(before.length, after.length); chunk++) {
      const [old, now] = [partOf(before, chunk), partOf(after, chunk)];
      if (old.length === now.length && old.every((sentence, i) => sentence === now[i])) continue;
      const stored = await chunkOf(transaction, datasetId, chunk);
      if (stored.length !== old.length || !stored.every((sentence, i) => isSame(sentence, old[i]))) {
        throw changed(`chunk ${String(chunk)} of ${datasetId}`);
      }
      if (now.length === 0) await store.delete([datasetId, chunk]);
      else await store.put({ datasetId, chunk, sentences: now });
      counts = countsChanged(counts, countsOf(old), countsOf(now));
    }
    const next = { ...record, counts };
    await transaction.objectStore('datasets').put(next);
    return next;
  });
}

function countsChanged(counts: DatasetCounts, gone: DatasetCounts, come: DatasetCounts): DatasetCounts {
  const labels = labelsSummed(Object.fromEntries(labelsSummed(counts.labels, come.labels, 1)), gone.labels, -1);
  return {
    sentences: counts.sentences - gone.sentences + come.sentences,
    words: counts.words - gone.words + come.words,
    labelled: counts.labelled - gone.labelled + come.labelled,
    labels: Object.fromEntries([...labels].filter(([, n]) => n > 0)),
  };
}

async function recordOf(transaction: Writing, id: string): Promise<StoredDataset> {
  const record = await transaction.objectStore('datasets').get(id);
  if (record === undefined) throw changed(id);
  return record;
}

async function chunkOf(transaction: Writing, datasetId: string, chunk: number): Promise<readonly Sentence[]> {
  return (await transaction.objectStore('sentences').get([datasetId, chunk]))?.sentences ?? [];
}

function partOf(sentences: readonly Sentence[], chunk: number): readonly Sentence[] {
  return sentences.slice(chunk * chunkSize, (chunk + 1) * chunkSize);
}

/** Sentences are plain data, and storage keeps the order of their members. */
function isSame(a: Sentence, b: Sentence | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function changed(what: string): AppError {
  return new AppError('sentence-changed', `${what} is not what it was`);
}
