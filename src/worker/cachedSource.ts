import type { CheckpointSource } from '../engine/checkpoint/sources.ts';
import { loadCheckpointFile, saveCheckpointFiles, type StoredCheckpointFile } from '../storage/checkpoints.ts';
import type { Database } from '../storage/database.ts';

export interface CachedSource extends CheckpointSource {
  /** Stores what was not from the database; only to be called once the checkpoint has proved to be sound. */
  keep(): Promise<void>;
}

/** Where files of a checkpoint are kept, and by which version of the app they were. */
export interface CachePlace {
  readonly url: string;
  readonly appVersion: string;
}

/** Files that a person brought are theirs: a new version of the app, which may ship other files, leaves them be. */
const isBrought = (url: string) => url.startsWith('picked:');

/** Files of a checkpoint out of the database; those that are not there, or all where `anew`, come from their origin. */
export function cachedSource(
  database: Database,
  place: CachePlace,
  origin: CheckpointSource,
  anew = false,
): CachedSource {
  const { url } = place;
  const appVersion = isBrought(url) ? '' : place.appVersion;
  const read: StoredCheckpointFile[] = [];
  return {
    async read(file, onProgress, signal) {
      const stored = anew ? null : await loadCheckpointFile(database, { url, file, appVersion });
      if (stored !== null) {
        if (stored.bytes !== null) onProgress(stored.bytes.length, stored.bytes.length);
        return stored.bytes;
      }
      const bytes = await origin.read(file, onProgress, signal);
      read.push({ url, file, appVersion, bytes });
      return bytes;
    },
    async keep() {
      if (read.length > 0) await saveCheckpointFiles(database, read.splice(0));
    },
  };
}
