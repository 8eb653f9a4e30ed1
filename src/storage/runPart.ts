import { strToU8 } from 'fflate';
import { isRecord } from '../core/decode.ts';
import type { BundledPart } from '../data/bundle/manifest.ts';
import { asItIs, damaged, jsonInPart } from '../data/bundle/read.ts';
import type { Predictions } from '../eval/compare/predictions.ts';
import type { RunRecord } from '../run/events.ts';
import type { DataFacts } from '../run/experiment/facts.ts';
import { factsName } from '../run/experiment/factsFile.ts';
import { runFileNames, runParts } from '../run/runsFolder.ts';
import { decodeRun } from './decodeRun.ts';
import { unmarked, type StoredRun } from './runs.ts';

/** A run as a bundle holds it. */
export interface PortableRun {
  readonly run: StoredRun;
  readonly predictions: Predictions | null;
}

/**
 * The files of a run in a bundle: record, predictions and facts of the data as the command line writes them, so that a folder
 * of runs, unpacked, can be compared by it. The record stands apart from what is said of the run, and only once.
 */
export function runFiles(
  { record, facts, ...about }: StoredRun,
  predictions: Predictions | null,
  known: DataFacts | null = facts ?? null,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const files: [string, unknown][] = [[runFileNames.about, { ...about, record: null }]];
  if (record !== null) files.push([runFileNames.record, record]);
  if (predictions !== null) files.push([runFileNames.predictions, predictions]);
  if (known !== null) files.push([factsName, known]);
  return new Map(files.map(([name, value]) => [name, strToU8(JSON.stringify(value))]));
}

/**
 * The run in files that were checked. Throws `data-invalid` that says in which file and where it is no run. One that the
 * command line has trained tells nothing of itself but its record: its name is the part's, and `writtenMs` its time.
 */
export function runOfFiles(
  part: Pick<BundledPart, 'name'>,
  files: ReadonlyMap<string, Uint8Array>,
  writtenMs: number,
): PortableRun {
  const { record, predictions, facts } = runParts(part, files);
  const told = (run: StoredRun) => ({ ...run, ...(facts !== null && { facts }) });
  if (record !== null && !files.has(runFileNames.about))
    return { run: told(runOfRecord(part.name, record, writtenMs)), predictions };
  const about = jsonInPart(part, files, runFileNames.about, asItIs);
  // A record in the same file is from before it stood apart.
  const run = decodeRun(record !== null && isRecord(about) ? { ...about, record } : about);
  if (!run.ok) throw damaged(part, `it is no record of a run (${run.reason})`);
  return { run: told(run.value), predictions };
}

/** What can be said of a finished run by its record alone; its data are not here. */
function runOfRecord(name: string, record: RunRecord, writtenMs: number): StoredRun {
  const { config, device, steps, curve, dev } = record;
  return {
    id: '',
    name,
    ...unmarked,
    config,
    status: 'finished',
    datasets: { silver: [], gold: [], dev: [], test: [] },
    ...{ checkpointUrl: '', notice: '', device, steps, step: steps },
    ...{ stages: [], curve, dev, record, modelKept: false, error: null, log: [] },
    createdMs: writtenMs,
    updatedMs: writtenMs,
  };
}
