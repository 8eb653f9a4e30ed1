import type { BundledPart } from '../data/bundle/manifest.ts';
import { openBundle } from '../data/bundle/read.ts';
import { writeBundle } from '../data/bundle/write.ts';
import { AppError } from '../core/errors.ts';
import { backupParts } from '../storage/backup.ts';
import { checksumOf } from '../storage/checksum.ts';
import type { Database } from '../storage/database.ts';
import { restore, type Restored } from '../storage/restore.ts';
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

/** What a bundle says of itself; null where the file is none. */
export async function lookIntoBundle(file: Blob): Promise<OpenedBundle | null> {
  const bundle = await openBundle(file, checksumOf);
  return bundle === null ? null : { manifest: bundle.manifest, problems: bundle.problems };
}

/** Takes parts of a bundle in; see `restore`. Throws `file-unreadable` where the file is no longer the bundle that it was. */
export async function restoreBundle(
  database: Database,
  { file, parts, freshIds, checkpointUrl, nowMs }: RestoreRequest,
): Promise<Restored> {
  const bundle = await openBundle(file, checksumOf);
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

function keyOf({ kind, id }: Pick<BundledPart, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
