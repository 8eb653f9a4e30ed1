import { deleteDB } from 'idb';
import { AppError } from '../core/errors.ts';
import type { Database } from './database.ts';
import { storageError } from './errors.ts';

/**
 * Closes the database and deletes it with all that is kept. Other tabs and the worker are told by the browser and let go
 * (see `blocking` in `database.ts`). Throws `storage-failed` where one does not within `blockedMs`; the browser then deletes
 * it once that one is closed.
 */
export async function eraseDatabase(database: Database, blockedMs = 5000): Promise<void> {
  const { name } = database.connection;
  database.close();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const blocked = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const reason = 'another tab still holds the data; they are deleted when it is closed';
      reject(new AppError('storage-failed', reason, { reason }));
    }, blockedMs);
  });
  try {
    await Promise.race([deleteDB(name), blocked]);
  } catch (error) {
    throw storageError(error);
  } finally {
    clearTimeout(timer);
  }
}
