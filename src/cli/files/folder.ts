import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { within, type BundleFiles } from '../../data/bundle/files.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import { readBytes, systemCode } from './files.ts';

/** Folders that are looked into below each other: an unpacked bundle, its runs, one of them, its model. */
const deepest = 4;

/** The files in a folder, with those of the folders below it. Throws `file-unreadable` where it is none or may not be read. */
export async function filesInFolder(path: string): Promise<BundleFiles> {
  const sizes = new Map<string, number>();
  await collect(path, '', sizes);
  return {
    sizes,
    bytes: async (name, most) => ((sizes.get(name) ?? Infinity) > most ? null : readBytes(join(path, name))),
  };
}

async function collect(root: string, folder: string, sizes: Map<string, number>, depth = 1): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    const known = systemCode(error) === 'ENOTDIR' ? { reason: 'it is no folder', next: 'Name a folder.' } : {};
    throw new AppError('file-unreadable', messageOf(error), { file: root, reason: messageOf(error), ...known });
  });
  for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
    const name = within(folder, entry.name);
    if (entry.isFile()) sizes.set(name, (await stat(join(root, name))).size);
    else if (entry.isDirectory() && depth < deepest) await collect(root, name, sizes, depth + 1);
  }
}
