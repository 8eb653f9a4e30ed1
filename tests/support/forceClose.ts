import { forceCloseDatabase } from 'fake-indexeddb';
import { unwrap } from 'idb';
import type { Database } from '../../src/storage/database.ts';

/** Closes the connection as a browser does whose storage process has crashed. */
export function forceClose({ connection }: Database): void {
  // fake-indexeddb 6 says that it takes the class of databases; it takes a database.
  (forceCloseDatabase as unknown as (database: IDBDatabase) => void)(unwrap(connection));
}
