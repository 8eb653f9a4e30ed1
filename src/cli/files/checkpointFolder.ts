import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { AppError, messageOf } from '../../core/errors.ts';
import { filesSource, type CheckpointSource } from '../../engine/checkpoint/sources.ts';
import { exists, readBytes } from './files.ts';

/** Bytes read at a time, between two words of progress. */
const portion = 8 * 1024 * 1024;

/** A folder on the disk as a source of checkpoint files. Throws `file-missing` where the folder is not there. */
export async function folderSource(folder: string): Promise<CheckpointSource> {
  if (!(await exists(folder))) throw new AppError('file-missing', 'no such folder', { file: folder });
  return {
    async read(name, onProgress, signal) {
      const path = join(folder, name);
      if (!(await exists(path))) return null;
      const { size } = await stat(path);
      const bytes = new Uint8Array(size);
      const file = await open(path);
      try {
        let done = 0;
        while (done < size) {
          signal.throwIfAborted();
          const { bytesRead } = await file.read(bytes, done, Math.min(portion, size - done), done);
          if (bytesRead === 0) break;
          done += bytesRead;
          onProgress(done, size);
        }
        return bytes.subarray(0, done);
      } finally {
        await file.close();
      }
    },
  };
}

/**
 * A trained model as it was brought home: the zip that the app downloads, the folder, or the folder of a run that holds
 * it as `model`.
 */
export async function modelSource(path: string): Promise<CheckpointSource> {
  if (!path.endsWith('.zip')) {
    const inRun = join(path, 'model');
    const isRun = !(await exists(join(path, 'config.json'))) && (await exists(join(inRun, 'config.json')));
    return folderSource(isRun ? inRun : path);
  }
  const bytes = await readBytes(path);
  try {
    return filesSource(new Map(Object.entries(unzipSync(bytes))));
  } catch (error) {
    throw new AppError('file-unreadable', messageOf(error), {
      file: path,
      reason: `it is no whole zip: ${messageOf(error)}`,
    });
  }
}
