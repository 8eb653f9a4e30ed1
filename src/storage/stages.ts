import type { DevPoint, TrainPoint } from '../run/events.ts';
import { checksumOf } from './checksum.ts';
import type { Database } from './database.ts';
import { read, write } from './transact.ts';

/** The end of a first stage that other runs of the queue take over instead of training it again. As large as a snapshot. */
export interface StoredStage {
  /** Digest of all that is known beforehand to decide the stage. */
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly curve: readonly TrainPoint[];
  readonly dev: readonly DevPoint[];
  readonly device: { readonly name: string; readonly adapter: string };
  /** SHA-256 of `bytes`. */
  readonly checksum: string;
}

export async function saveStage(database: Database, stage: Omit<StoredStage, 'checksum'>): Promise<void> {
  const checksum = await checksumOf(stage.bytes); // before the transaction, which would end meanwhile
  await write(database, ['stages'], (transaction) => transaction.objectStore('stages').put({ ...stage, checksum }));
}

/** null where there is none, or where what is stored is damaged: then the stage is trained again. */
export async function loadStage(database: Database, key: string): Promise<StoredStage | null> {
  const found = await read(database, ['stages'], (transaction) => transaction.objectStore('stages').get(key));
  if (found === undefined) return null;
  return (await checksumOf(found.bytes)) === found.checksum ? found : null;
}

/** Drops all stages but those that a run still wants. */
export async function keepStages(database: Database, wanted: ReadonlySet<string>): Promise<void> {
  await write(database, ['stages'], async (transaction) => {
    const store = transaction.objectStore('stages');
    for (const key of await store.getAllKeys()) if (!wanted.has(key)) await store.delete(key);
  });
}
