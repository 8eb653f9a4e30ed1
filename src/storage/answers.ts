import type { AnswerRecord } from '../llm/job/types.ts';
import type { Database } from './database.ts';
import { read, write } from './transact.ts';

/** Requests to teachers with their raw answers, by the key of the request; `llm/job/types.ts` says what each holds. */
export type StoredAnswer = AnswerRecord;

/** The stored requests among `keys`. */
export async function loadAnswers(
  database: Database,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredAnswer>> {
  return read(database, ['answers'], async (transaction) => {
    const store = transaction.objectStore('answers');
    const found = await Promise.all(keys.map((key) => store.get(key)));
    return new Map(found.flatMap((record) => (record === undefined ? [] : [[record.key, record] as const])));
  });
}

/** All that a job has asked, in no order; answers that it took from other jobs are not among them. */
export async function answersOfJob(database: Database, jobId: string): Promise<readonly StoredAnswer[]> {
  return read(database, ['answers'], (transaction) => transaction.objectStore('answers').index('jobId').getAll(jobId));
}

export async function saveAnswer(database: Database, record: StoredAnswer): Promise<void> {
  await write(database, ['answers'], (transaction) => transaction.objectStore('answers').put(record));
}

/** Everything that was answered, whichever job asked. */
export async function answeredRequests(database: Database): Promise<readonly StoredAnswer[]> {
  const all = await read(database, ['answers'], (transaction) => transaction.objectStore('answers').getAll());
  return all.filter(({ status }) => status === 'answered');
}

/** Adds answers that are not here yet, all in one transaction. */
export async function addAnswers(database: Database, records: readonly StoredAnswer[]): Promise<void> {
  await write(database, ['answers'], async (transaction) => {
    const store = transaction.objectStore('answers');
    for (const record of records) {
      const here = await store.get(record.key);
      if (here?.status !== 'answered') await store.put(record);
    }
  });
}
