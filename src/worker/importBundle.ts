import type { BundledPart } from '../data/bundle/manifest.ts';
import { filesInZip, looseFiles } from '../data/bundle/files.ts';
import type { OpenBundle } from '../data/bundle/read.ts';
import { writeBundle } from '../data/bundle/write.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { openRuns } from '../run/runsFolder.ts';
import { backupParts } from '../storage/backup.ts';
import { checksumOf } from '../storage/checksum.ts';
import type { Database } from '../storage/database.ts';
import { restore, type Restored } from '../storage/restore.ts';
import type { BroughtFile } from './protocol.ts';
import type { OpenedBundle, PackRequest, RestoreRequest } from './importProtocol.ts';

/** Packs parts of the project. Chunks go to the browser as they come, which may keep them on disk. Throws what storage throws. */
export async function packBundle(
  database: Database,
  { parts, ...head }: PackRequest,
  onPacked: (done: number, total: number) => void,
): Promise<Blob> {
  const wanted = new Set(parts.map(keyOf));
  const chunks: Blob[] = [];
  const found = (await backupParts(database)).filter((part) => wanted.has(keyOf(part)));
  await writeBundle(head, found, {
    chunk: (bytes) => chunks.push(new Blob([new Uint8Array(bytes)])),
    digest: checksumOf,
    progress: onPacked,
  });
  return new Blob(chunks, { type: 'application/zip' });
}

/** What a bundle, or a folder of runs, says of itself; null where the files are neither. */
export async function lookIntoBundle(brought: readonly BroughtFile[]): Promise<OpenedBundle | null> {
  const bundle = await open(brought);
  return bundle === null ? null : { manifest: bundle.manifest, problems: bundle.problems };
}

/** Takes parts of a bundle in; see `restore`. Throws `file-unreadable` where the files are no longer the bundle that they were. */
export async function restoreBundle(
  database: Database,
  { files, parts, freshIds, checkpointUrl, nowMs }: RestoreRequest,
): Promise<Restored> {
  const bundle = await open(files);
  if (bundle === null) {
    const reason = 'it is not the bundle any more that was looked into';
    throw new AppError('file-unreadable', reason, { reason });
  }
  const ids = [...freshIds];
  const newId = () => {
    const id = ids.pop();
    if (id === undefined) throw new Error('fewer new ids than parts');
    return id;
  };
  return restore(database, bundle, parts, { newId, checkpointUrl, nowMs });
}

/** One zip, or files that belong together. Throws `file-unreadable` where they cannot be read, having been moved perhaps. */
async function open(brought: readonly BroughtFile[]): Promise<OpenBundle | null> {
  const [first, ...others] = brought;
  if (first === undefined) return null;
  const isZip = others.length === 0 && /\.zip$/i.test(first.path);
  const createdMs = brought.reduce(
    (newest, { blob }) => Math.max(newest, blob instanceof File ? blob.lastModified : 0),
    0,
  );
  try {
    const files = isZip
      ? await filesInZip(first.blob)
      : looseFiles(new Map(brought.map(({ path, blob }) => [path, blob])));
    const name = first.path.replace(/\.zip$/i, '');
    return files === null ? null : await openRuns(files, { digest: checksumOf, name, createdMs });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('file-unreadable', messageOf(error), { file: first.path, reason: messageOf(error) });
  }
}

function keyOf({ kind, id }: Pick<BundledPart, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
