import { urlSource, type CheckpointSource } from '../engine/checkpoint/sources.ts';
import { loadCheckpointFile, saveCheckpointFiles, type StoredCheckpointFile } from '../storage/checkpoints.ts';
import type { Database } from '../storage/database.ts';

export interface CachedSource extends CheckpointSource {
  /** Stores what was downloaded; only to be called once the checkpoint has proved to be sound. */
  keep(): Promise<void>;
}

/** Files of a checkpoint folder out of the database; those that are not there are downloaded. */
export function cachedSource(
  database: Database,
  url: string,
  appVersion: string,
  fetchFile: typeof fetch,
): CachedSource {
  const remote = urlSource(url, fetchFile);
  const downloaded: StoredCheckpointFile[] = [];
  return {
    async read(file, onProgress, signal) {
      const stored = await loadCheckpointFile(database, { url, file, appVersion });
      if (stored !== null) {
        if (stored.bytes !== null) onProgress(stored.bytes.length, stored.bytes.length);
        return stored.bytes;
      }
      const bytes = await remote.read(file, onProgress, signal);
      downloaded.push({ url, file, appVersion, bytes });
      return bytes;
    },
    async keep() {
      if (downloaded.length > 0) await saveCheckpointFiles(database, downloaded.splice(0));
    },
  };
}
