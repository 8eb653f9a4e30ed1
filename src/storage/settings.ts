import type { Database } from './database.ts';
import { read, write } from './transact.ts';

/** One small setting of the app, as plain JSON. Keys of providers are secrets and never stored. */
export interface StoredSetting {
  readonly name: string;
  readonly value: unknown;
}

/** The setting as it was stored, to be decoded by the caller; undefined where it never was. */
export async function loadSetting(database: Database, name: string): Promise<unknown> {
  return (await read(database, ['settings'], (transaction) => transaction.objectStore('settings').get(name)))?.value;
}

export async function saveSetting(database: Database, name: string, value: unknown): Promise<void> {
  await write(database, ['settings'], (transaction) => transaction.objectStore('settings').put({ name, value }));
}
