import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson, type Decoded } from '../../core/decode.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import { sha256Hex } from '../../core/hash.ts';
import { damaged, openBundle } from '../../data/bundle/read.ts';
import type { BundledPart } from '../../data/bundle/manifest.ts';
import { decodePredictions } from '../../eval/compare/predictions.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import { decodeRecord } from '../../run/recordFile.ts';
import { exists, readBytes } from '../files/files.ts';
import { readFinishedRun } from './runFolder.ts';

/**
 * The finished runs of a place, by name: the folder of a run, a folder of such folders, a bundle of the app, or one that was
 * unpacked. Runs of a bundle that are damaged are told and passed over. Throws `file-missing` or `file-unreadable`.
 */
export async function findRuns(path: string, say: (line: string) => void): Promise<FinishedRun[]> {
  if (!(await exists(path))) throw new AppError('file-missing', `${path} is not there`, { file: path });
  if (path.toLowerCase().endsWith('.zip')) return runsOfBundle(path, say);
  const own = await readFinishedRun({ name: path, path });
  if (own !== null) return [own];
  const runs: FinishedRun[] = [];
  for (const entry of (await readdir(path, { withFileTypes: true })).sort((a, b) => a.name.localeCompare(b.name))) {
    const inside = entry.isDirectory()
      ? await readFinishedRun({ name: entry.name, path: join(path, entry.name) })
      : null;
    if (inside !== null) runs.push(inside);
  }
  const unpacked = join(path, 'runs'); // where a bundle has them
  return runs.length === 0 && (await exists(unpacked)) ? findRuns(unpacked, say) : runs;
}

async function runsOfBundle(path: string, say: (line: string) => void): Promise<FinishedRun[]> {
  const zip = new Blob([new Uint8Array(await readBytes(path))]);
  const bundle = await openBundle(zip, (bytes) => Promise.resolve(sha256Hex(bytes)));
  if (bundle === null) {
    const reason = 'it is no bundle of Vermeil, or not all of it';
    throw new AppError('file-unreadable', reason, { file: path, reason });
  }
  for (const problem of bundle.problems) say(`${path}: ${problem}`);
  const runs: FinishedRun[] = [];
  for (const part of bundle.manifest.parts.filter(({ kind }) => kind === 'run')) {
    try {
      const run = runOf(part, await bundle.read(part));
      if (run !== null) runs.push(run);
    } catch (error) {
      say(`${path}: ${messageOf(error)}`);
    }
  }
  return runs;
}

/** null where the run had not finished. */
function runOf(part: BundledPart, files: ReadonlyMap<string, Uint8Array>): FinishedRun | null {
  if (!files.has('record.json')) return null;
  const record = readJsonIn(part, files, 'record.json', decodeRecord);
  if (!files.has('predictions.json')) return { record, predictions: null };
  return { record, predictions: readJsonIn(part, files, 'predictions.json', decodePredictions) };
}

function readJsonIn<T>(
  part: BundledPart,
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  decode: (value: unknown) => Decoded<T>,
): T {
  const json = parseJson(new TextDecoder().decode(files.get(name)));
  const read = json.ok ? decode(json.value) : json;
  if (!read.ok) throw damaged(part, `${name}: ${read.reason}`);
  return read.value;
}
