import { openDB, type IDBPDatabase } from 'idb';
import { AppError } from '../core/errors.ts';
import { storageError } from './errors.ts';
import { migrations, type Migrating, type Migration } from './migrations.ts';
import type { Schema } from './schema.ts';

/** An open database; every operation on a store takes it first. */
export interface Database {
  /** The connection of now; another comes in its place where the browser closes it. */
  readonly connection: IDBPDatabase<Schema>;
  /**
   * The connection to use. One that turned out to be `closed` by the browser (its storage process crashed, say) is opened again,
   * once. Throws what `ended` tells.
   */
  live(closed?: IDBPDatabase<Schema>): Promise<IDBPDatabase<Schema>>;
  /** Why it can no longer be used: a newer app migrates it in another tab, or the browser closed it and does not open it again. */
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
  const told: { end: AppError | null } = { end: null };
  let tellEnd: (end: AppError) => void = () => undefined;
  const whenEnded = new Promise<AppError>((resolve) => {
    tellEnd = resolve;
  });
  const end = (error: AppError): AppError => {
    told.end ??= error;
    tellEnd(told.end);
    return told.end;
  };
  let closedHere = false;
  let reopening: Promise<IDBPDatabase<Schema>> | null = null;
  const onTerminated = (closed: IDBPDatabase<Schema>) => {
    void live(closed).catch(() => undefined); // told as its end
  };
  let connection = await connect(options, false, end, onTerminated);

  async function live(closed?: IDBPDatabase<Schema>): Promise<IDBPDatabase<Schema>> {
    if (told.end !== null) throw told.end;
    if (closedHere) throw failure('the database is closed');
    if (closed === connection) reopening ??= reopen();
    return reopening ?? connection;
  }

  async function reopen(): Promise<IDBPDatabase<Schema>> {
    try {
      connection = await connect(options, true, end, onTerminated);
    } catch (error) {
      throw end(storageError(error));
    } finally {
      reopening = null;
    }
    if (closedHere) connection.close();
    return connection;
  }

  return {
    get connection() {
      return connection;
    },
    live,
    ended: () => told.end,
    whenEnded,
    close() {
      closedHere = true;
      connection.close();
    },
  };
}

/** One connection. `again`: the database was there a moment ago; where it no longer is, none is made in its place. */
async function connect(
  { name = 'vermeil', steps = migrations, blockedMs = 5000 }: OpenOptions,
  again: boolean,
  end: (error: AppError) => AppError,
  onTerminated: (closed: IDBPDatabase<Schema>) => void,
): Promise<IDBPDatabase<Schema>> {
  const told: { migration: AppError | null } = { migration: null };
  const patience = patienceOf(blockedMs, failure('another tab holds an older version of the data open'));
  const opening = openDB(name, steps.length, {
    upgrade(db, from, _to, transaction) {
      const left = again && from === 0 ? [refuse] : steps.slice(from);
      void migrate(left, { db, transaction }).then((error) => (told.migration = error));
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
      void connection.then(onTerminated);
    },
  });
  const connection = opening as Promise<unknown> as Promise<IDBPDatabase<Schema>>; // what the last migration leaves
  try {
    return await Promise.race([connection, patience.over]);
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

/** The step that ends an opening of what is gone. */
function refuse(): never {
  throw failure('the browser has deleted the data of this page');
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
