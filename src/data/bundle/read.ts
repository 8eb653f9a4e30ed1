import { AppError, messageOf } from '../../core/errors.ts';
import { parseJson, type Decoded } from '../../core/decode.ts';
import { folderOf, lastPartOf, within, type BundleFiles } from './files.ts';
import { decodeManifest, manifestPath, type BundledPart, type Manifest } from './manifest.ts';

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

export type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

/** Bytes that one file may have: a small zip can unpack to anything. */
export const mostBytes = 1 << 30;
const manifestBytes = 16 << 20;

/**
 * Opens the bundle in some files, those of its zip or of the folder that it was unpacked to; null where they are none. Only
 * what is asked for is read: a bundle may be larger than the memory. Throws what reading the files throws.
 */
export async function openBundle(files: BundleFiles, digest: Digest): Promise<OpenBundle | null> {
  // Who packs a folder again often packs it with its name.
  const [path] = [...files.sizes.keys()]
    .filter((name) => lastPartOf(name) === manifestPath)
    .sort((a, b) => a.length - b.length);
  const text = path === undefined ? null : await files.bytes(path, manifestBytes);
  if (path === undefined || text === null) return null;
  const json = parseJson(new TextDecoder().decode(text));
  const decoded = json.ok ? decodeManifest(json.value) : null;
  if (decoded === null) return null;
  return { ...decoded, read: (part) => readPart(files, folderOf(path), part, digest) };
}

async function readPart(
  from: BundleFiles,
  folder: string,
  part: BundledPart,
  digest: Digest,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { path, sizeBytes, sha256 } of part.files) {
    const bytes = await from.bytes(within(folder, path), Math.min(sizeBytes, mostBytes));
    if (bytes === null) throw damaged(part, `${path} is missing or cannot be unpacked`);
    if (bytes.length !== sizeBytes || (await digest(bytes)) !== sha256) throw damaged(part, `${path} is damaged`);
    files.set(path.split('/').slice(2).join('/'), bytes);
  }
  return files;
}

/** What a JSON file of a part holds. Throws `data-invalid` that says in which file and where it is wrong. */
export function jsonInPart<T>(
  part: Pick<BundledPart, 'name'>,
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  decode: (value: unknown) => Decoded<T>,
): T {
  const json = parseJson(new TextDecoder().decode(files.get(name)));
  const read = json.ok ? decode(json.value) : json;
  if (!read.ok) throw damaged(part, `${name}: ${read.reason}`);
  return read.value;
}

/** For JSON that is decoded later. */
export const asItIs = (value: unknown): Decoded<unknown> => ({ ok: true, value });

/** The failure of one part, in words. */
export function damaged({ name }: Pick<BundledPart, 'name'>, what: string): AppError {
  const reason = `“${name}” cannot be taken out of the bundle: ${what}`;
  return new AppError('data-invalid', reason, { reason });
}

/** The same for whatever decoding a part threw. */
export function damagedBy(part: Pick<BundledPart, 'name'>, error: unknown): AppError {
  return error instanceof AppError && error.code === 'data-invalid' ? error : damaged(part, messageOf(error));
}
