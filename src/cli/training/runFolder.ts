import { join } from 'node:path';
import type { RunConfig } from '../../run/config.ts';
import type { RunRecord } from '../../run/events.ts';
import { exists, readBytes, readJson, remove, writeFolder, writeWhole } from '../files/files.ts';

/**
 * The folder of one run inside `--out`: `snapshot.safetensors` while it goes on, then `model/` (Hugging Face) and
 * `record.json`, which is written last and thus says that the run is finished.
 */
export interface RunFolder {
  readonly name: string;
  readonly path: string;
}

/** The folder's name says what tells the runs of an experiment apart: the regimen and the seed. */
export function runFolder(out: string, config: RunConfig): RunFolder {
  const name = `${config.regimen}-seed-${String(config.seed)}`;
  return { name, path: join(out, name) };
}

const snapshotOf = ({ path }: RunFolder) => join(path, 'snapshot.safetensors');
const recordOf = ({ path }: RunFolder) => join(path, 'record.json');

export async function readRunSnapshot(folder: RunFolder): Promise<Uint8Array | null> {
  return (await exists(snapshotOf(folder))) ? readBytes(snapshotOf(folder)) : null;
}

export async function writeRunSnapshot(folder: RunFolder, bytes: Uint8Array): Promise<void> {
  await writeWhole(snapshotOf(folder), bytes);
}

/** The record of a finished run, null where it is not finished. */
export async function readRunRecord(folder: RunFolder): Promise<RunRecord | null> {
  // The record is our own file, written whole; what decides over it, its config and data, is held against the run's key.
  return (await exists(recordOf(folder))) ? ((await readJson(recordOf(folder))) as RunRecord) : null;
}

/** Writes model and record of a finished run, then removes the snapshot, which nobody needs any more. */
export async function writeFinishedRun(
  folder: RunFolder,
  record: RunRecord,
  model: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  await writeFolder(join(folder.path, 'model'), model);
  await writeWhole(recordOf(folder), `${JSON.stringify(record, null, 1)}\n`);
  await remove(snapshotOf(folder));
}
