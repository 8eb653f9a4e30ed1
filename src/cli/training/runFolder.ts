import { join } from 'node:path';
import type { Decoded } from '../../core/decode.ts';
import { AppError } from '../../core/errors.ts';
import { decodePredictions } from '../../eval/compare/predictions.ts';
import type { RunConfig } from '../../run/config.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import { runSlug } from '../../run/experiment/variant.ts';
import { decodeRecord } from '../../run/recordFile.ts';
import { runFileNames } from '../../run/runsFolder.ts';
import { exists, readBytes, readJson, remove, writeFolder, writeWhole } from '../files/files.ts';

/**
 * The folder of one run inside `--out`: `snapshot.safetensors` while it goes on, then `model/` (Hugging Face),
 * `predictions.json` (tags of test) and `record.json`, which is written last and thus says that the run is finished.
 */
export interface RunFolder {
  readonly name: string;
  readonly path: string;
}

/** The folder's name says what tells the runs of an experiment apart: regimen, schedule, amount of gold, seed. */
export function runFolder(out: string, config: RunConfig): RunFolder {
  const name = runSlug(config);
  return { name, path: join(out, name) };
}

const snapshotOf = ({ path }: RunFolder) => join(path, 'snapshot.safetensors');
const recordOf = ({ path }: RunFolder) => join(path, runFileNames.record);
const predictionsOf = ({ path }: RunFolder) => join(path, runFileNames.predictions);

export async function readRunSnapshot(folder: RunFolder): Promise<Uint8Array | null> {
  return (await exists(snapshotOf(folder))) ? readBytes(snapshotOf(folder)) : null;
}

export async function writeRunSnapshot(folder: RunFolder, bytes: Uint8Array): Promise<void> {
  await writeWhole(snapshotOf(folder), bytes);
}

export async function dropRunSnapshot(folder: RunFolder): Promise<void> {
  await remove(snapshotOf(folder));
}

/** A finished run, null where it is not finished. Throws `file-unreadable`. */
export async function readFinishedRun(folder: RunFolder): Promise<FinishedRun | null> {
  const [recordPath, predictionsPath] = [recordOf(folder), predictionsOf(folder)];
  if (!(await exists(recordPath))) return null;
  const record = readable(recordPath, decodeRecord(await readJson(recordPath)));
  if (!(await exists(predictionsPath))) return { record, predictions: null };
  return { record, predictions: readable(predictionsPath, decodePredictions(await readJson(predictionsPath))) };
}

/** What was read of a file. Throws `file-unreadable` with the reason why nothing was. */
export function readable<T>(file: string, read: Decoded<T>): T {
  if (!read.ok) throw new AppError('file-unreadable', read.reason, { file, reason: read.reason });
  return read.value;
}

/** Writes model, predictions and record of a finished run, then removes the snapshot, which nobody needs any more. */
export async function writeFinishedRun(
  folder: RunFolder,
  { record, predictions }: FinishedRun,
  model: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  await writeFolder(join(folder.path, 'model'), model);
  if (predictions !== null) await writeWhole(predictionsOf(folder), `${JSON.stringify(predictions)}\n`);
  await writeWhole(recordOf(folder), `${JSON.stringify(record, null, 1)}\n`);
  await dropRunSnapshot(folder);
}
