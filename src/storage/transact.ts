import type { IDBPTransaction } from 'idb';
import type { Database } from './database.ts';
import { isAbort, storageError } from './errors.ts';
import type { Schema, StoreName } from './schema.ts';

export type Transaction<Names extends StoreName[], Mode extends IDBTransactionMode> = IDBPTransaction<
  Schema,
  Names,
  Mode
>;

/**
 * Runs `body` in one transaction over `stores` and gives its result once the transaction is complete: then all of it is
 * stored, or none. `body` may await nothing but requests of this transaction. Throws `storage-full` for a full disk or
 * quota, `storage-newer` where a newer app has taken the database over, else `storage-failed`.
 */
export async function write<const Names extends StoreName[], T>(
  database: Database,
  stores: Names,
  body: (transaction: Transaction<Names, 'readwrite'>) => Promise<T>,
): Promise<T> {
  const transaction = begin(database, stores, 'readwrite');
  const ended = transaction.done.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  let result: T;
  try {
    result = await body(transaction);
  } catch (error) {
    abort(transaction);
    const end = await ended;
    // A transaction that ran out of room aborts its requests: the cause is told by the transaction.
    throw storageError(isAbort(error) && end !== null ? end.error : error);
  }
  const end = await ended;
  if (end !== null) throw storageError(end.error);
  return result;
}

/** Runs `body` in one reading transaction; errors as in `write`. */
export async function read<const Names extends StoreName[], T>(
  database: Database,
  stores: Names,
  body: (transaction: Transaction<Names, 'readonly'>) => Promise<T>,
): Promise<T> {
  const transaction = begin(database, stores, 'readonly');
  transaction.done.catch(() => undefined); // told by the request that failed
  try {
    return await body(transaction);
  } catch (error) {
    throw storageError(error);
  }
}

function begin<Names extends StoreName[], Mode extends 'readonly' | 'readwrite'>(
  database: Database,
  stores: Names,
  mode: Mode,
): Transaction<Names, Mode> {
  const end = database.ended();
  if (end !== null) throw end;
  try {
    // Strict: what is told as stored outlives a power cut too. Measured no slower (0.6 ms a small write, 0.55 s for 70 MB).
    return database.connection.transaction(stores, mode, { durability: 'strict' });
  } catch (error) {
    throw storageError(error);
  }
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It is over already: a failed request aborts its transaction by itself.
  }
}
