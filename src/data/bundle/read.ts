import { unzipSync } from 'fflate';
import { AppError, messageOf } from '../../core/errors.ts';
import { parseJson } from '../../core/decode.ts';
import { isZip } from '../formats/zip.ts';
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

type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

/** Bytes that one file may have: a small zip can unpack to anything. */
const mostBytes = 1 << 30;
const manifestBytes = 16 << 20;

/** Opens the bundle in a zip; null where the bytes are a zip of something else, or none. Throws nothing. */
export function openBundle(zip: Uint8Array, digest: Digest): OpenBundle | null {
  if (!isZip(zip)) return null;
  const text = unpacked(zip, new Map([[manifestPath, manifestBytes]])).get(manifestPath);
  if (text === undefined) return null;
  const json = parseJson(new TextDecoder().decode(text));
  const decoded = json.ok ? decodeManifest(json.value) : null;
  if (decoded === null) return null;
  return { ...decoded, read: (part) => readPart(zip, part, digest) };
}

async function readPart(zip: Uint8Array, part: BundledPart, digest: Digest) {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const found = unpacked(zip, new Map(part.files.map(({ path, sizeBytes }) => [path, Math.min(sizeBytes, mostBytes)])));
  for (const { path, sizeBytes, sha256 } of part.files) {
    const bytes = found.get(path);
    if (bytes === undefined) throw damaged(part, `${path} is missing or cannot be unpacked`);
    if (bytes.length !== sizeBytes || (await digest(bytes)) !== sha256) throw damaged(part, `${path} is damaged`);
    files.set(path.split('/').slice(2).join('/'), bytes);
  }
  return files;
}

/** What the zip holds of the wanted files, none over its size. A zip that breaks off gives nothing. */
function unpacked(zip: Uint8Array, wanted: ReadonlyMap<string, number>): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [path, most] of wanted) {
    try {
      const only = unzipSync(zip, { filter: ({ name, originalSize }) => name === path && originalSize <= most });
      if (Object.hasOwn(only, path)) files.set(path, only[path]!);
    } catch {
      continue; // its absence is told by the caller, file by file
    }
  }
  return files;
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
