import { strToU8 } from 'fflate';
import { isRecord, parseJson } from '../core/decode.ts';
import type { BundledPart } from '../data/bundle/manifest.ts';
import { damaged } from '../data/bundle/read.ts';
import { decodePredictions, type Predictions } from '../eval/compare/predictions.ts';
import { decodeRun } from './decodeRun.ts';
import type { StoredRun } from './runs.ts';

const runFile = 'run.json';
/** The two that the command line writes of a run: a folder of runs, unpacked, can be compared by it. */
const recordFile = 'record.json';
const predictionsFile = 'predictions.json';

/** The files of a run in a bundle. The record stands apart from what is said of the run, and only once. */
export function runFiles(
  { record, ...about }: StoredRun,
  predictions: Predictions | null,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const files: [string, unknown][] = [[runFile, { ...about, record: null }]];
  if (record !== null) files.push([recordFile, record]);
  if (predictions !== null) files.push([predictionsFile, predictions]);
  return new Map(files.map(([name, value]) => [name, strToU8(JSON.stringify(value))]));
}

/** The run in files that were checked. Throws `data-invalid` that says in which file and where it is no run. */
export function runOfFiles(
  part: Pick<BundledPart, 'name'>,
  files: ReadonlyMap<string, Uint8Array>,
): { readonly run: StoredRun; readonly predictions: Predictions | null } {
  const jsonIn = (file: string): unknown => {
    const json = parseJson(new TextDecoder().decode(files.get(file)));
    if (!json.ok) throw damaged(part, `${file}: ${json.reason}`);
    return json.value;
  };
  const about = jsonIn(runFile);
  const whole = files.has(recordFile) && isRecord(about) ? { ...about, record: jsonIn(recordFile) } : about;
  const run = decodeRun(whole);
  if (!run.ok) throw damaged(part, `it is no record of a run (${run.reason})`);
  if (!files.has(predictionsFile)) return { run: run.value, predictions: null };
  const predictions = decodePredictions(jsonIn(predictionsFile));
  if (!predictions.ok) throw damaged(part, `${predictionsFile}: ${predictions.reason}`);
  return { run: run.value, predictions: predictions.value };
}
