import type { IDBPDatabase, IDBPTransaction } from 'idb';

/** A database in the middle of a migration: untyped, since the schema describes only what the last one leaves. */
export interface Migrating {
  readonly db: IDBPDatabase;
  readonly transaction: IDBPTransaction<unknown, string[], 'versionchange'>;
}

/** One step from a version to the next; it may await nothing but requests of its own transaction. */
export type Migration = (migrating: Migrating) => void | Promise<void>;

/** The step at i leads from version i to i + 1. Append only: a step that has shipped is never changed. */
export const migrations: readonly Migration[] = [
  ({ db }) => {
    db.createObjectStore('datasets', { keyPath: 'id' });
    db.createObjectStore('sentences', { keyPath: ['datasetId', 'chunk'] });
    db.createObjectStore('runs', { keyPath: 'id' });
    db.createObjectStore('snapshots', { keyPath: 'order', autoIncrement: true }).createIndex('runId', 'runId');
    db.createObjectStore('models', { keyPath: 'runId' });
    db.createObjectStore('checkpoints', { keyPath: ['url', 'file'] });
    db.createObjectStore('settings', { keyPath: 'name' });
  },
  ({ db }) => {
    db.createObjectStore('answers', { keyPath: 'key' }).createIndex('jobId', 'jobId');
    db.createObjectStore('jobs', { keyPath: 'id' });
  },
  // Runs from before part of the gold could be chosen took all of it.
  async ({ transaction }) => {
    const runs = transaction.objectStore('runs');
    for (const run of (await runs.getAll()) as { config: object; record: { config: object } | null }[]) {
      const config = { goldSize: null, ...run.config };
      const record = run.record === null ? null : { ...run.record, config: { goldSize: null, ...run.record.config } };
      await runs.put({ ...run, config, record });
    }
  },
  ({ db }) => {
    db.createObjectStore('predictions', { keyPath: 'runId' });
  },
  // Runs from before they could be tagged, noted and pinned, and had a log.
  async ({ transaction }) => {
    const runs = transaction.objectStore('runs');
    for (const run of (await runs.getAll()) as object[])
      await runs.put({ tags: [], notes: '', pinned: false, log: [], ...run });
  },
  // What waited before there were experiments is one, in the order in which it was put in the queue.
  async ({ db, transaction }) => {
    db.createObjectStore('stages', { keyPath: 'key' });
    const experiments = db.createObjectStore('experiments', { keyPath: 'id' });
    const all = (await transaction.objectStore('runs').getAll()) as { id: string; status: string; createdMs: number }[];
    const queued = all.filter(({ status }) => status === 'queued').sort((a, b) => a.createdMs - b.createdMs);
    const [first] = queued;
    if (first === undefined) return;
    const runs = queued.map(({ id }, place) => ({ runId: id, place, held: false, tries: 0, triedAt: 0 }));
    const { id, createdMs } = first;
    await experiments.put({ id, name: 'Runs that waited', budget: 'free', runs, createdMs });
  },
];
