import type { JobProgress, JobSpec, StoredFailure } from '../llm/job/types.ts';
import type { Database } from './database.ts';
import { read, write } from './transact.ts';

/**
 * `by-files`: its requests left as files, and a person brings the answers. `running` and `paused` without a live worker mean that the job
 * was cut short, by a reload or a crash.
 */
export type JobStatus = 'running' | 'paused' | 'stopped' | 'budget' | 'halted' | 'by-files' | 'finished';

/** An annotation job as far as it came; its requests stand in the store `answers`. Holds no key. */
export interface StoredJob {
  readonly id: string;
  readonly spec: JobSpec;
  /** The dataset asked about, and plain JSON by which the page makes the same questions again. */
  readonly source: JobSource;
  readonly status: JobStatus;
  /** Why it was halted, where it was. */
  readonly failure: StoredFailure | null;
  /** As it was when the status changed last; null before anything was counted. */
  readonly progress: JobProgress | null;
  /** Milliseconds since 1970, UTC. */
  readonly createdMs: number;
  readonly updatedMs: number;
}

export interface JobSource {
  readonly datasetId: string;
  readonly recipe: unknown;
}

export type JobChange = Partial<Omit<StoredJob, 'id' | 'createdMs'>>;

export async function saveJob(database: Database, job: StoredJob): Promise<void> {
  await write(database, ['jobs'], (transaction) => transaction.objectStore('jobs').put(job));
}

export async function loadJob(database: Database, id: string): Promise<StoredJob | null> {
  return (await read(database, ['jobs'], (transaction) => transaction.objectStore('jobs').get(id))) ?? null;
}

/** All jobs, newest first. */
export async function listJobs(database: Database): Promise<readonly StoredJob[]> {
  const all = await read(database, ['jobs'], (transaction) => transaction.objectStore('jobs').getAll());
  return all.sort((a, b) => b.createdMs - a.createdMs);
}

/** Changes a stored job; one that was deleted meanwhile stays deleted. */
export async function updateJob(database: Database, id: string, change: JobChange): Promise<void> {
  await write(database, ['jobs'], async (transaction) => {
    const store = transaction.objectStore('jobs');
    const found = await store.get(id);
    if (found !== undefined) await store.put({ ...found, ...change });
  });
}

/** Deletes a job. Its answers stay: another job may take them instead of paying again. */
export async function deleteJob(database: Database, id: string): Promise<void> {
  await write(database, ['jobs'], (transaction) => transaction.objectStore('jobs').delete(id));
}
