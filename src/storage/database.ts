import { openDB, type IDBPDatabase } from 'idb';
import { AppError } from '../core/errors.ts';
import { storageError } from './errors.ts';
import { migrations, type Migrating, type Migration } from './migrations.ts';
import type { Schema } from './schema.ts';

/** An open database; every operation on a store takes it first. */
export interface Database {
  readonly connection: IDBPDatabase<Schema>;
  /** Why it can no longer be used: a newer app migrates it in another tab, or the browser closed it. */
  ended(): AppError | null;
  /** The same, as soon as it happens; never where this page closes it. */
  readonly whenEnded: Promise<AppError>;
  close(): void;
}

export interface OpenOptions {
  readonly name?: string;
  /** Other than the app's own only in tests. */
  readonly steps?: readonly Migration[];
  /** How long to wait for other tabs to let go of an older version. */
  readonly blockedMs?: number;
}

/**
 * Opens the database and migrates it as needed. Throws `storage-newer` where a newer app has written it, which stays
 * untouched, and `storage-failed` where it cannot be opened, a migration fails (the older version stays as it was), or
 * another tab does not let go of an older version in time.
 */
export async function openDatabase(options: OpenOptions = {}): Promise<Database> {
  const { name = 'vermeil', steps = migrations, blockedMs = 5000 } = options;
  const told: { end: AppError | null; migration: AppError | null } = { end: null, migration: null };
  let tellEnd: (end: AppError) => void = () => undefined;
  const whenEnded = new Promise<AppError>((resolve) => {
    tellEnd = resolve;
  });
  const end = (error: AppError) => {
    told.end ??= error;
    tellEnd(told.end);
  };
  const patience = patienceOf(blockedMs, failure('another tab holds an older version of the data open'));
  const opening = openDB(name, steps.length, {
    upgrade(db, from, _to, transaction) {
      void migrate(steps.slice(from), { db, transaction }).then((error) => (told.migration = error));
    },
    blocked: patience.begin,
    blocking(_current, wanted, event) {
      end(
        wanted === null
          ? failure('the data were deleted in another tab')
          : new AppError('storage-newer', 'another tab opened a newer version of the data'),
      );
      (event.target as IDBDatabase).close(); // or the other tab would wait for this one
    },
    terminated() {
      end(failure('the browser closed the database'));
    },
  });
  try {
    const opened = await Promise.race([opening, patience.over]);
    const connection = opened as unknown as IDBPDatabase<Schema>; // what the last migration leaves
    return {
      connection,
      ended: () => told.end,
      whenEnded,
      close: () => {
        connection.close();
      },
    };
  } catch (error) {
    void opening.then(
      (late) => {
        late.close();
      },
      () => undefined,
    );
    throw told.migration ?? storageError(error);
  } finally {
    patience.end();
  }
}

/** Takes all steps in one transaction; after a failure it is aborted, so that the older version stays as it was. */
async function migrate(steps: readonly Migration[], migrating: Migrating): Promise<AppError | null> {
  try {
    for (const step of steps) await step(migrating);
    return null;
  } catch (error) {
    migrating.transaction.done.catch(() => undefined); // the rejected opening tells it
    migrating.transaction.abort(); // idb does not do it when a promise rejects
    return storageError(error);
  }
}

function failure(reason: string): AppError {
  return new AppError('storage-failed', reason, { reason });
}

/** A promise that rejects `ms` after `begin`, unless `end` comes first. */
function patienceOf(ms: number, error: AppError): { begin(): void; end(): void; over: Promise<never> } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reject: (error: AppError) => void = () => undefined;
  const over = new Promise<never>((_resolve, rejectOver) => {
    reject = rejectOver;
  });
  return {
    begin() {
      timer = setTimeout(() => {
        reject(error);
      }, ms);
    },
    end() {
      clearTimeout(timer);
    },
    over,
  };
}
