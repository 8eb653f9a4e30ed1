import { strToU8 } from 'fflate';
import { isRecord, parseJson, type Decoded } from '../core/decode.ts';
import { sha256Hex } from '../core/hash.ts';
import { folderOf, lastPartOf, within, type BundleFiles } from '../data/bundle/files.ts';
import { bundleVersion, type BundledFile, type BundledPart } from '../data/bundle/manifest.ts';
import {
  asItIs,
  damaged,
  jsonInPart,
  mostBytes,
  openBundle,
  type Digest,
  type OpenBundle,
} from '../data/bundle/read.ts';
import { decodePredictions, type Predictions } from '../eval/compare/predictions.ts';
import type { RunRecord } from './events.ts';
import { decodeFacts, factsName } from './experiment/factsFile.ts';
import type { DataFacts } from './experiment/facts.ts';
import { runName } from './experiment/variant.ts';
import { decodeRecord } from './recordFile.ts';

/** The files of a finished run, in the folder that the command line leaves and in a bundle alike. */
export const runFileNames = { record: 'record.json', predictions: 'predictions.json', about: 'run.json' } as const;
/** In the settings of a bundle: which runs were asked for together. */
export const experimentsName = 'experiments.json';

/** What a folder of runs does not tell of itself. */
export interface Place {
  readonly digest: Digest;
  /** Of the folder or zip. */
  readonly name: string;
  /** When it was written, in milliseconds since 1970, UTC; 0 = not known. */
  readonly createdMs: number;
}

/**
 * Opens a bundle, or what `vermeil train --out` left as if it were one: each run with its model, and the runs of a folder as an
 * experiment. Null where there is neither. A run that cannot be read is told and passed over.
 */
export async function openRuns(files: BundleFiles, place: Place): Promise<OpenBundle | null> {
  const bundle = await openBundle(files, place.digest);
  if (bundle !== null) return bundle;
  const names = [...files.sizes.keys()].filter((name) => lastPartOf(name) === runFileNames.record).sort();
  const problems: string[] = [];
  const contents = new Map<BundledPart, () => Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>>>();
  const together = new Map<string, string[]>();
  /** Where each run was found first, by its id: a copy of a folder may lie beside it. */
  const seen = new Map<string, string>();
  for (const name of names) {
    const run = await runIn(files, folderOf(name));
    if (run === null) continue;
    if (typeof run === 'string') {
      problems.push(`${name}: ${run}`);
      continue;
    }
    const { id } = run[0].part;
    if (seen.has(id)) {
      problems.push(`${name}: it is the same run as in ${seen.get(id)!}, and is left out`);
      continue;
    }
    seen.set(id, name);
    for (const { part, from } of run) contents.set(part, () => filesOfPart(files, part, from));
    const folder = folderOf(folderOf(name));
    together.set(folder, [...(together.get(folder) ?? []), id]);
  }
  const experiments = [...together].filter(([, runIds]) => runIds.length > 1);
  if (experiments.length > 0) {
    const { part, texts } = experimentsPart(experiments, place);
    contents.set(part, () => Promise.resolve(new Map(texts.map(([file, json]) => [file, strToU8(json)]))));
  }
  const parts = [...contents.keys()];
  if (parts.length + problems.length === 0) return null;
  const head = { kind: 'vermeil-bundle', version: bundleVersion, appVersion: '', projectName: '' } as const;
  return {
    manifest: { ...head, createdMs: place.createdMs, parts },
    problems,
    read: (part) => {
      // Parts may come back as copies, from the page to its worker.
      const known = parts.find(({ kind, id }) => kind === part.kind && id === part.id);
      const content = known === undefined ? undefined : contents.get(known);
      if (content === undefined) return Promise.reject(damaged(part, 'it is not there'));
      return content();
    },
  };
}

/** Runs by the folder that they lie in, as the settings of a bundle tell which belong together. */
function experimentsPart(together: readonly (readonly [string, readonly string[]])[], { name, createdMs }: Place) {
  const experiments = together.map(([folder, runIds]) => ({
    ...{ name: lastPartOf(folder) || name, budget: 'free', runIds, createdMs },
  }));
  const names = experiments.map((experiment) => `“${experiment.name}”`).join(', ');
  const part: BundledPart = {
    kind: 'settings',
    id: 'settings',
    name: `Which runs belong together: ${names}`,
    files: [],
  };
  const texts = [
    ['settings.json', '{}'],
    [experimentsName, JSON.stringify(experiments)],
  ] as const;
  return { part, texts };
}

interface Found {
  readonly part: BundledPart;
  /** Where each of its files lies, by its name within the part. */
  readonly from: ReadonlyMap<string, string>;
}

/** The run in a folder, and behind it its model where that is there; else why there is none, null where nothing looks like one. */
async function runIn(files: BundleFiles, folder: string): Promise<readonly [Found, ...Found[]] | string | null> {
  const { record: recordName, predictions, about } = runFileNames;
  const bytes = await files.bytes(within(folder, recordName), mostBytes);
  if (bytes === null) return 'it cannot be read';
  const json = parseJson(new TextDecoder().decode(bytes));
  if (json.ok && !(isRecord(json.value) && 'config' in json.value && 'digests' in json.value)) return null;
  const record = json.ok ? decodeRecord(json.value) : json;
  if (!record.ok) return `it is no record of a run (${record.reason})`;
  // The same run always has the same id, so that it is noticed where it is here already.
  const [id, name] = [sha256Hex(bytes).slice(0, 20), runName(record.value.config)];
  const beside = [recordName, predictions, about, factsName].map((file) => [file, within(folder, file)] as const);
  const own = beside.filter(([, path]) => files.sizes.has(path));
  const facts = within(folderOf(folder), factsName);
  if (folder !== '' && !own.some(([file]) => file === factsName) && files.sizes.has(facts))
    own.push([factsName, facts]);
  const model = within(folder, 'model/');
  const weights = [...files.sizes.keys()]
    .filter((path) => path.startsWith(model))
    .map((path) => [path.slice(model.length), path] as const);
  const run = foundPart(files, { kind: 'run', id, name }, own);
  return weights.length === 0 ? [run] : [run, foundPart(files, { kind: 'model', id, name }, weights)];
}

function foundPart(
  { sizes }: BundleFiles,
  part: Omit<BundledPart, 'files'>,
  from: readonly (readonly [string, string])[],
): Found {
  // Nobody has said what the files' digests are to be.
  const listed = from.map(([, path]): BundledFile => ({ path, sizeBytes: sizes.get(path) ?? 0, sha256: '' }));
  return { part: { ...part, files: listed }, from: new Map(from) };
}

async function filesOfPart(
  files: BundleFiles,
  part: BundledPart,
  from: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const read = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, path] of from) {
    const bytes = await files.bytes(path, mostBytes);
    if (bytes === null) throw damaged(part, `${path} cannot be read`);
    read.set(name, bytes);
  }
  return read;
}

export interface RunParts {
  readonly record: RunRecord | null;
  readonly predictions: Predictions | null;
  readonly facts: DataFacts | null;
  /** What is to be said wherever its scores are shown; empty = nothing. */
  readonly notice: string;
}

/** What the files of a part tell of a run that a comparison needs; null for each file that is not there. */
export function runParts(part: Pick<BundledPart, 'name'>, files: ReadonlyMap<string, Uint8Array>): RunParts {
  const of = <T>(file: string, decode: (value: unknown) => Decoded<T>) =>
    files.has(file) ? jsonInPart(part, files, file, decode) : null;
  const about = of(runFileNames.about, asItIs);
  return {
    record: of(runFileNames.record, decodeRecord),
    predictions: of(runFileNames.predictions, decodePredictions),
    facts: of(factsName, decodeFacts),
    notice: isRecord(about) && typeof about['notice'] === 'string' ? about['notice'] : '',
  };
}
