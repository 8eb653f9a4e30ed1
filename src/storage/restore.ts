import { isRecord } from '../core/decode.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { datasetOf } from '../data/bundle/datasetPart.ts';
import { partKinds, type BundledPart } from '../data/bundle/manifest.ts';
import { asItIs, damaged, damagedBy, jsonInPart, type OpenBundle } from '../data/bundle/read.ts';
import { experimentsName } from '../run/runsFolder.ts';
import { addAnswers } from './answers.ts';
import { answersFile, portableSettings, settingsFile } from './backup.ts';
import { decodeAnswers } from './decodeAnswers.ts';
import type { Database } from './database.ts';
import { listDatasets, saveDataset } from './datasets.ts';
import { decodeExperiments, takeExperiments } from './experimentsPart.ts';
import { saveModel } from './models.ts';
import { savePredictions } from './predictions.ts';
import { runOfFiles } from './runPart.ts';
import { listRuns, saveRun, type StoredRun } from './runs.ts';
import { loadSetting, saveSetting } from './settings.ts';

export interface Restored {
  readonly done: number;
  /** One sentence for each part that could not be taken in; the others were. */
  readonly problems: readonly string[];
}

type Files = ReadonlyMap<string, Uint8Array>;

/** What is being taken in: new ids for those that were here before. */
interface Restoring {
  readonly database: Database;
  /** Where the checkpoint lies here, for runs that may go on: nothing is loaded from the address of another place. */
  readonly checkpointUrl: string;
  readonly nowMs: number;
  /** When the bundle was written; now, where that is not known. */
  readonly writtenMs: number;
  readonly datasets: Map<string, string>;
  readonly runs: Map<string, string>;
}

const takers: Readonly<Record<BundledPart['kind'], (part: BundledPart, files: Files, to: Restoring) => Promise<void>>> =
  {
    dataset: takeDataset,
    run: takeRun,
    model: takeModel,
    answers: takeAnswers,
    settings: takeSettings,
  };

/**
 * Takes parts of a bundle in, each in a transaction of its own. Nothing that is here is overwritten: what has the id of
 * something here becomes a copy, and runs point to the copies of their datasets. A damaged part is told and passed over.
 * Throws `storage-full` and other failures of storage; what was taken in before stays.
 */
export async function restore(
  database: Database,
  bundle: OpenBundle,
  parts: readonly BundledPart[],
  { newId, ...place }: { readonly newId: () => string } & Pick<Restoring, 'checkpointUrl' | 'nowMs'>,
): Promise<Restored> {
  const ids = (kind: BundledPart['kind'], here: readonly { readonly id: string }[]) => {
    const taken = new Set(here.map(({ id }) => id));
    const own = parts.filter((part) => part.kind === kind);
    return new Map(own.map(({ id }) => [id, taken.has(id) ? newId() : id]));
  };
  const to: Restoring = {
    database,
    ...place,
    writtenMs: bundle.manifest.createdMs === 0 ? place.nowMs : bundle.manifest.createdMs,
    datasets: ids('dataset', await listDatasets(database)),
    runs: ids('run', await listRuns(database)),
  };
  const order: readonly string[] = partKinds;
  const problems: string[] = [];
  let done = 0;
  for (const part of [...parts].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
    try {
      // A millisecond apart, since runs are listed by age.
      await takers[part.kind](part, await bundle.read(part), { ...to, writtenMs: to.writtenMs + done });
      done++;
    } catch (error) {
      if (error instanceof AppError && error.code.startsWith('storage-')) throw error;
      problems.push(messageOf(damagedBy(part, error)));
    }
  }
  return { done, problems };
}

const copied = (name: string, isCopy: boolean) => (isCopy ? `${name} (copy)` : name);

async function takeDataset(part: BundledPart, files: Files, { database, datasets }: Restoring): Promise<void> {
  const { sentences, ...dataset } = datasetOf(part, files);
  const id = datasets.get(part.id) ?? part.id;
  await saveDataset(database, { ...dataset, id, name: copied(dataset.name, id !== part.id) }, sentences);
}

async function takeRun(part: BundledPart, files: Files, to: Restoring): Promise<void> {
  const id = to.runs.get(part.id) ?? part.id;
  to.runs.delete(part.id); // a model does not come without its run
  const { run, predictions } = runOfFiles(part, files, to.writtenMs);
  const here = (ids: readonly string[]) => ids.map((old) => to.datasets.get(old) ?? old);
  const { silver, gold, dev, test } = run.datasets;
  await saveRun(to.database, {
    ...run,
    id,
    name: copied(run.name, id !== part.id),
    checkpointUrl: run.record === null ? to.checkpointUrl : run.checkpointUrl, // to go on with; else only its name counts
    status: statusHere(run),
    datasets: { silver: here(silver), gold: here(gold), dev: here(dev), test: here(test) },
    removed: false,
    modelKept: false, // until its model has come
    log: [...run.log, { ms: to.nowMs, what: 'taken-in', step: run.step, detail: '' }],
  });
  if (predictions !== null) await savePredictions(to.database, { runId: id, predictions });
  to.runs.set(part.id, id);
}

/** A run that was under way where the bundle was written goes on nowhere, and has no snapshot here. */
function statusHere({ status }: StoredRun): StoredRun['status'] {
  return status === 'finished' || status === 'failed' ? status : 'stopped';
}

async function takeModel(part: BundledPart, files: Files, { database, runs }: Restoring): Promise<void> {
  const runId = runs.get(part.id);
  if (runId === undefined) throw damaged(part, 'its run was not taken in');
  if (files.size === 0) throw damaged(part, 'it holds no weights');
  // Somebody has asked for these very weights: the best seed's own are not to push them out.
  await saveModel(database, { runId, files: new Map(files) }, { modelKept: true, pinned: true });
}

async function takeAnswers(part: BundledPart, files: Files, { database }: Restoring): Promise<void> {
  const records = decodeAnswers(new TextDecoder().decode(files.get(answersFile)));
  if (records === null) throw damaged(part, 'it holds something that is no answer');
  await addAnswers(database, records);
}

async function takeSettings(part: BundledPart, files: Files, { database, runs }: Restoring): Promise<void> {
  const found = jsonInPart(part, files, settingsFile, asItIs);
  for (const name of portableSettings) {
    const value = isRecord(found) ? found[name] : undefined;
    const own = await loadSetting(database, name);
    if (typeof value === 'string' && (own === undefined || own === '')) await saveSetting(database, name, value);
  }
  if (!files.has(experimentsName)) return; // a bundle from before there were experiments
  const experiments = decodeExperiments(jsonInPart(part, files, experimentsName, asItIs));
  if (experiments === null) throw damaged(part, 'it holds something that is no experiment');
  await takeExperiments(database, experiments, (id) => runs.get(id));
}
