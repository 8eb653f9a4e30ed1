import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import {
  bundleVersion,
  manifestPath,
  type BundledFile,
  type BundledPart,
  type Manifest,
  type PartKind,
} from './manifest.ts';

/**
 * A part on its way out. Its files are asked for when their turn comes, so that one part is in memory at a time; a part that
 * has none by then, since what it held is gone, is passed over.
 */
export interface PartToWrite extends Omit<BundledPart, 'files'> {
  files(): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>>;
}

export interface WriteTarget {
  /** Takes the zip as it comes. */
  chunk(bytes: Uint8Array): void;
  /** SHA-256 in lower-case hex. */
  digest(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  /** Called after each part with how many are done. */
  progress?(done: number, total: number): void;
}

const folders: Readonly<Record<PartKind, string>> = {
  dataset: 'datasets',
  run: 'runs',
  model: 'models',
  answers: 'answers',
  settings: 'settings',
};

/** Pieces in which a file is packed. */
const sliceBytes = 1 << 20;

/** Writes a bundle, a zip; the zip is sound only when this has returned. Throws what reading a part throws. */
export async function writeBundle(
  head: Pick<Manifest, 'appVersion' | 'projectName' | 'createdMs'>,
  parts: readonly PartToWrite[],
  { chunk, digest, progress }: WriteTarget,
): Promise<Manifest> {
  const failed: { error: Error | null } = { error: null };
  const zip = new Zip((error, bytes) => {
    if (error !== null) failed.error ??= error;
    else chunk(bytes);
  });
  const written: BundledPart[] = [];
  for (const [i, { kind, id, name, files }] of parts.entries()) {
    const told: BundledFile[] = [];
    for (const [file, bytes] of await files()) {
      const path = `${folders[kind]}/${String(i + 1)}/${file}`;
      pack(zip, path, bytes);
      told.push({ path, sizeBytes: bytes.length, sha256: await digest(bytes) });
    }
    if (told.length > 0) written.push({ kind, id, name, files: told });
    progress?.(i + 1, parts.length);
  }
  const manifest: Manifest = { kind: 'vermeil-bundle', version: bundleVersion, ...head, parts: written };
  pack(zip, manifestPath, strToU8(JSON.stringify(manifest, null, 1)));
  zip.end();
  if (failed.error !== null) throw failed.error;
  return manifest;
}

/** Weights are stored as they are: float32 hardly shrinks. */
function pack(zip: Zip, path: string, bytes: Uint8Array): void {
  const file = path.endsWith('.safetensors') ? new ZipPassThrough(path) : new ZipDeflate(path, { level: 6 });
  file.mtime = epoch; // equal content gives an equal zip
  zip.add(file);
  for (let at = 0; at < bytes.length; at += sliceBytes) file.push(bytes.subarray(at, at + sliceBytes), false);
  file.push(new Uint8Array(0), true);
}

/** The first moment that a zip can name, by the clock of the place. */
const epoch = new Date(1980, 0, 1);
