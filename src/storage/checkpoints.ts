import type { Database } from './database.ts';
import { read, write } from './transact.ts';

/** One file of a checkpoint folder, kept so that a reload need not download it again. */
export interface StoredCheckpointFile {
  /** The folder's URL. */
  readonly url: string;
  readonly file: string;
  /** The app that downloaded it: another version may ship other files under the same URL. */
  readonly appVersion: string;
  /** null = the folder has no such file. */
  readonly bytes: Uint8Array | null;
}

/** Keeps files of a checkpoint, all or none. */
export async function saveCheckpointFiles(database: Database, files: readonly StoredCheckpointFile[]): Promise<void> {
  await write(database, ['checkpoints'], async (transaction) => {
    for (const file of files) await transaction.objectStore('checkpoints').put(file);
  });
}

/** The file as this version of the app stored it, else null. */
export async function loadCheckpointFile(
  database: Database,
  { url, file, appVersion }: Omit<StoredCheckpointFile, 'bytes'>,
): Promise<StoredCheckpointFile | null> {
  const found = await read(database, ['checkpoints'], (transaction) =>
    transaction.objectStore('checkpoints').get([url, file]),
  );
  return found?.appVersion === appVersion ? found : null;
}

/** Frees the room that cached checkpoints take; they are downloaded again when needed. */
export async function clearCheckpoints(database: Database): Promise<void> {
  await write(database, ['checkpoints'], (transaction) => transaction.objectStore('checkpoints').clear());
}
