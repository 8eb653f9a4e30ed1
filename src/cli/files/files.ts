import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, messageOf } from '../../core/errors.ts';

/** `code` of a failed system call, such as ENOENT. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether something is there under that name. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Reads a whole file. Throws `file-missing` or `file-unreadable`. */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new AppError('file-missing', messageOf(error), { file: path });
    if (code === 'EISDIR') throw unusable(path, 'it is a folder', 'Name a file in it.');
    throw unusable(path, code === 'EACCES' ? 'reading it is not allowed' : messageOf(error));
  }
}

function unusable(file: string, reason: string, next?: string): AppError {
  return new AppError('file-unreadable', reason, { file, reason, ...(next !== undefined && { next }) });
}

/** Reads a whole file as UTF-8 text; a byte-order mark is left out. */
export async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(path));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unusable(path, 'it is not UTF-8 text');
  }
}

/** Reads a JSON file. Throws `file-unreadable` where it is none. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unusable(path, `it is not JSON: ${messageOf(error)}`, 'Mend the file, or name another.');
  }
}

/** What a failed write is told as. */
export function writeFailure(error: unknown, path: string): AppError {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('storage-full', messageOf(error), { file: path, reason: path });
  const reason = writeReasons[code];
  return reason === undefined ? unusable(path, messageOf(error)) : unusable(path, reason, 'Name another place.');
}

/** Why nothing can be written somewhere, by the code of the failed system call. */
const writeReasons: Readonly<Record<string, string>> = {
  ...{ EACCES: 'writing there is not allowed', EPERM: 'writing there is not allowed' },
  EROFS: 'what is there can only be read',
  ...{ EISDIR: 'it is a folder', ENOTEMPTY: 'it is a folder with files in it' },
  ...{ ENOTDIR: 'a file stands where a folder has to be', EEXIST: 'a file stands where a folder has to be' },
  ENOENT: 'no folder can be made there',
};

function besides(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}.tmp`;
}

/** Writes what it is given to the disk itself, not only to the system's cache. */
async function writeThrough(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Writes a file whole or not at all: beside its place first, then renamed. Folders above it are made. Throws
 * `storage-full` or `file-unreadable`.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const draft = besides(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeThrough(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // the first failure is told
    throw writeFailure(error, path);
  }
}

/** Writes a folder of files whole or not at all, in place of what was there; names may hold `/`. */
export async function writeFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const draft = besides(path);
  try {
    for (const [name, content] of files) {
      await mkdir(dirname(join(draft, name)), { recursive: true });
      await writeThrough(join(draft, name), content);
    }
    await rm(path, { recursive: true, force: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw writeFailure(error, path);
  }
}

/** Removes a file or folder, whether or not it is there. */
export async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
