import { AppError, messageOf } from '../../core/errors.ts';
import { parseJson } from '../../core/decode.ts';
import { decodeManifest, manifestPath, type BundledPart, type Manifest } from './manifest.ts';
import { bytesOfEntry, entriesOf, type ZipFileEntry } from './zipFile.ts';

/** A bundle that was opened: what it says it holds, and what cannot be taken out. */
export interface OpenBundle {
  readonly manifest: Manifest;
  readonly problems: readonly string[];
  /**
   * The files of a part, by their name within it, once size and digest have proved to be right. Throws `data-invalid` for a
   * part that is damaged; the others can still be read.
   */
  read(part: BundledPart): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>>;
}

type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

/** Bytes that one file may have: a small zip can unpack to anything. */
const mostBytes = 1 << 30;
const manifestBytes = 16 << 20;

/**
 * Opens the bundle in a zip; null where the bytes are a zip of something else, or none. Only what is asked for is read: a bundle
 * may be larger than the memory. Throws what reading the file throws.
 */
export async function openBundle(zip: Blob, digest: Digest): Promise<OpenBundle | null> {
  const entries = new Map((await entriesOf(zip))?.map((entry) => [entry.name, entry]));
  const text = await unpacked(zip, entries.get(manifestPath), manifestBytes);
  if (text === null) return null;
  const json = parseJson(new TextDecoder().decode(text));
  const decoded = json.ok ? decodeManifest(json.value) : null;
  if (decoded === null) return null;
  return { ...decoded, read: (part) => readPart(zip, entries, part, digest) };
}

async function readPart(
  zip: Blob,
  entries: ReadonlyMap<string, ZipFileEntry>,
  part: BundledPart,
  digest: Digest,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { path, sizeBytes, sha256 } of part.files) {
    const bytes = await unpacked(zip, entries.get(path), Math.min(sizeBytes, mostBytes));
    if (bytes === null) throw damaged(part, `${path} is missing or cannot be unpacked`);
    if (bytes.length !== sizeBytes || (await digest(bytes)) !== sha256) throw damaged(part, `${path} is damaged`);
    files.set(path.split('/').slice(2).join('/'), bytes);
  }
  return files;
}

/** A file of the zip; null where it is not there, is damaged, or has more than `most` bytes. */
async function unpacked(
  zip: Blob,
  entry: ZipFileEntry | undefined,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  return entry === undefined || entry.sizeBytes > most ? null : bytesOfEntry(zip, entry);
}

/** The failure of one part, in words. */
export function damaged({ name }: Pick<BundledPart, 'name'>, what: string): AppError {
  const reason = `“${name}” cannot be taken out of the bundle: ${what}`;
  return new AppError('data-invalid', reason, { reason });
}

/** The same for whatever decoding a part threw. */
export function damagedBy(part: Pick<BundledPart, 'name'>, error: unknown): AppError {
  return error instanceof AppError && error.code === 'data-invalid' ? error : damaged(part, messageOf(error));
}
