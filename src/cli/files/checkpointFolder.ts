import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { filesInZip, folderOf, lastPartOf, within } from '../../data/bundle/files.ts';
import { mostBytes } from '../../data/bundle/read.ts';
import type { CheckpointSource } from '../../engine/checkpoint/sources.ts';
import { usageError } from '../usage.ts';
import { exists, readBytes } from './files.ts';
import { filesInFolder } from './folder.ts';

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
 * A trained model as it was brought home: the zip that the app downloads, the folder, the folder of its run, or a bundle that
 * holds no other. Throws `file-missing`, `file-unreadable`, and `usage` where there are several.
 */
export async function modelSource(path: string): Promise<CheckpointSource> {
  if (!(await exists(path))) throw new AppError('file-missing', 'it is not there', { file: path });
  const isZip = path.toLowerCase().endsWith('.zip');
  const files = isZip ? await filesInZip(new Blob([await readBytes(path)])) : await filesInFolder(path);
  if (files === null) {
    const reason = 'it is no whole zip';
    throw new AppError('file-unreadable', reason, { file: path, reason });
  }
  const folder = onlyModel(path, isZip, [...files.sizes.keys()]);
  if (!isZip) return folderSource(join(path, folder));
  return {
    async read(name, onProgress) {
      const bytes = await files.bytes(within(folder, name), mostBytes);
      if (bytes !== null) onProgress(bytes.length, bytes.length);
      return bytes;
    },
  };
}

function onlyModel(path: string, isZip: boolean, names: readonly string[]): string {
  const models = names.filter((name) => lastPartOf(name) === 'config.json').map(folderOf);
  const [only, ...others] = models.includes('') ? [''] : models;
  if (only === undefined) {
    const reason = 'no model is in it: a trained one has a config.json';
    throw new AppError('file-unreadable', reason, { file: path, reason, next: 'Name the folder of a trained model.' });
  }
  if (others.length === 0) return only;
  const some = models.slice(0, 3).map((folder) => (isZip ? folder : join(path, folder)));
  const named = `${some.join(', ')}${models.length > 3 ? ', …' : ''}`;
  const next = isZip ? `Unpack it and name one of its folders: ${named}.` : `Name one: ${named}.`;
  throw usageError(`${path} holds ${String(models.length)} models.`, next);
}
