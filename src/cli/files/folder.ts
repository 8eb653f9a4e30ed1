import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { within, type BundleFiles } from '../../data/bundle/files.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import { readBytes, systemCode } from './files.ts';

/** Folders that are looked into below each other: an unpacked bundle, its runs, one of them, its model. */
const deepest = 4;

/**
 * The files in a folder, with those of the folders below it; links are followed, of which the cache of Hugging Face is made.
 * Throws `file-unreadable` where it is none or may not be read.
 */
export async function filesInFolder(path: string): Promise<BundleFiles> {
  const sizes = new Map<string, number>();
  await collect(path, '', sizes);
  return {
    sizes,
    bytes: async (name, most) => ((sizes.get(name) ?? Infinity) > most ? null : readBytes(join(path, name))),
  };
}

async function collect(root: string, folder: string, sizes: Map<string, number>, depth = 1): Promise<void> {
  const entries = await readdir(join(root, folder)).catch((error: unknown) => {
    const known = systemCode(error) === 'ENOTDIR' ? { reason: 'it is no folder', next: 'Name a folder.' } : {};
    throw new AppError('file-unreadable', messageOf(error), { file: root, reason: messageOf(error), ...known });
  });
  for (const entry of entries.sort((a, b) => a.localeCompare(b))) {
    const name = within(folder, entry);
    const found = await stat(join(root, name)).catch(() => null); // a link to nowhere, or it has just gone
    if (found?.isFile() === true) sizes.set(name, found.size);
    else if (found?.isDirectory() === true && depth < deepest) await collect(root, name, sizes, depth + 1);
  }
}
