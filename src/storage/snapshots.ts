import { checksumOf } from './checksum.ts';
import type { Database } from './database.ts';
import type { RunChange } from './runs.ts';
import { read, write } from './transact.ts';

/** The whole state of a run after `step` updates, as the engine wrote it. */
export interface StoredSnapshot {
  /** Ascending in the order of storing; given by the database. */
  readonly order?: number;
  readonly runId: string;
  readonly step: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of `bytes`. */
  readonly checksum: string;
}

export interface FoundSnapshot {
  /** The newest whose checksum holds; null where there is none. */
  readonly good: { readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> } | null;
  /** How many newer ones did not verify; all, where none is good. */
  readonly damaged: number;
}

const kept = 2;

/**
 * Stores a snapshot together with what it changes of its run, and drops all but the two newest of that run. Nothing is kept of
 * a run that was deleted meanwhile.
 */
export async function saveSnapshot(
  database: Database,
  snapshot: { readonly runId: string; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> },
  change: RunChange,
): Promise<void> {
  // Before the transaction: it would end while something else is awaited.
  const checksum = await checksumOf(snapshot.bytes);
  await write(database, ['snapshots', 'runs'], async (transaction) => {
    const runs = transaction.objectStore('runs');
    const run = await runs.get(snapshot.runId);
    if (run === undefined) return;
    await runs.put({ ...run, ...change });
    const snapshots = transaction.objectStore('snapshots');
    await snapshots.add({ ...snapshot, checksum });
    const keys = await snapshots.index('runId').getAllKeys(snapshot.runId);
    for (const key of keys.slice(0, -kept)) await snapshots.delete(key);
  });
}

/** The snapshot to go on from. */
export async function newestSnapshot(database: Database, runId: string): Promise<FoundSnapshot> {
  let damaged = 0;
  for (const key of (await keysOf(database, runId)).reverse()) {
    const found = await read(database, ['snapshots'], (transaction) => transaction.objectStore('snapshots').get(key));
    if (found === undefined) continue;
    const { step, bytes, checksum } = found;
    if ((await checksumOf(bytes)) === checksum) return { good: { step, bytes }, damaged };
    damaged++;
  }
  return { good: null, damaged };
}

/** Makes room on a full disk: drops all but the newest snapshot of a run, which is as safe alone. Tells whether any went. */
export async function dropOlderSnapshots(database: Database, runId: string): Promise<boolean> {
  const { good, damaged } = await newestSnapshot(database, runId);
  const keys = await keysOf(database, runId);
  const older = good === null || damaged > 0 ? [] : keys.slice(0, -1);
  await write(database, ['snapshots'], async (transaction) => {
    for (const key of older) await transaction.objectStore('snapshots').delete(key);
  });
  return older.length > 0;
}

/** Keys of a run's snapshots, oldest first. */
function keysOf(database: Database, runId: string): Promise<number[]> {
  return read(database, ['snapshots'], (transaction) =>
    transaction.objectStore('snapshots').index('runId').getAllKeys(runId),
  );
}

export async function deleteSnapshots(database: Database, runId: string): Promise<void> {
  await write(database, ['snapshots'], async (transaction) => {
    const store = transaction.objectStore('snapshots');
    for (const key of await store.index('runId').getAllKeys(runId)) await store.delete(key);
  });
}
