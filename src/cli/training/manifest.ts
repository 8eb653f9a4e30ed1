import { join } from 'node:path';
import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { digestJson, sha256Hex } from '../../core/hash.ts';
import type { RunConfig } from '../../run/config.ts';
import { exists, readBytes, readJson, writeWhole } from '../files/files.ts';

export const fileRoles = ['silver', 'gold', 'dev', 'test'] as const;
export type FileRole = (typeof fileRoles)[number];

/** Something for each role that files have in a run. */
export type ByRole<T> = Readonly<Record<FileRole, T>>;

export async function forEachRole<T>(make: (role: FileRole) => Promise<T>): Promise<ByRole<T>> {
  return { silver: await make('silver'), gold: await make('gold'), dev: await make('dev'), test: await make('test') };
}

/** A file that went into an experiment, with the SHA-256 of its bytes. */
export interface NamedFile {
  readonly path: string;
  readonly sha256: string;
}

/** `experiment.json` in the folder of `--out`: what was asked for, so that `--resume` needs nothing but the folder. */
export interface Manifest {
  readonly version: 1;
  readonly files: ByRole<readonly NamedFile[]>;
  /** Folder of the checkpoint, null for the shipped one. */
  readonly checkpoint: string | null;
  /** Null before one is chosen. */
  readonly device: 'webgpu' | 'wasm' | 'cpu' | null;
  readonly format: string | null;
  readonly configs: readonly RunConfig[];
}

const files = v.array(v.object({ path: v.string(), sha256: v.string() }));
const manifestFile = v.object({
  version: v.literal(1),
  files: v.object({ silver: files, gold: files, dev: files, test: files }),
  checkpoint: v.nullable(v.string()),
  device: v.nullable(v.picklist(['webgpu', 'wasm', 'cpu'])),
  format: v.nullable(v.string()),
  configs: v.array(v.unknown()),
});

const nameOf = (out: string) => join(out, 'experiment.json');

/** Reads the manifest of a folder, its configs decoded by `decode`; null where the folder has none. */
export async function readManifest(out: string, decode: (config: unknown) => RunConfig): Promise<Manifest | null> {
  const path = nameOf(out);
  if (!(await exists(path))) return null;
  const read = v.safeParse(manifestFile, await readJson(path));
  if (!read.success) {
    const reason = `it is not the experiment.json that vermeil train writes (${read.issues[0].message})`;
    throw new AppError('file-unreadable', reason, { file: path, reason });
  }
  return { ...read.output, configs: read.output.configs.map(decode) };
}

export async function writeManifest(out: string, manifest: Manifest): Promise<void> {
  await writeWhole(nameOf(out), `${JSON.stringify(manifest, null, 1)}\n`);
}

export async function namedFiles(paths: readonly string[]): Promise<NamedFile[]> {
  return Promise.all(paths.map(async (path) => ({ path, sha256: sha256Hex(await readBytes(path)) })));
}

/** Refuses to go on where what is asked for now is not what the folder was begun with. */
export function checkSame(begun: Manifest, now: Manifest): void {
  for (const role of fileRoles) {
    const digests = ({ files }: Manifest) => files[role].map(({ sha256 }) => sha256).join();
    if (digests(begun) !== digests(now)) throw mismatch(`${role} data`);
  }
  if (digestJson(begun.configs) !== digestJson(now.configs)) throw mismatch('config');
}

function mismatch(part: string): AppError {
  return new AppError('snapshot-mismatch', `the ${part} differs from what the folder was begun with`, { part });
}
