import 'fake-indexeddb/auto';
import { zipSync, strToU8 } from 'fflate';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRuns } from '../../../src/cli/training/findRuns.ts';
import { writeFacts } from '../../../src/cli/training/factsFile.ts';
import { runFolder, writeFinishedRun } from '../../../src/cli/training/runFolder.ts';
import { filesInFolder } from '../../../src/cli/files/folder.ts';
import { factsOf } from '../../../src/run/experiment/facts.ts';
import type { App } from '../../../src/state/app.svelte.ts';
import { bring } from '../../../src/state/bring.ts';
import type { Incoming } from '../../../src/state/incoming.ts';
import { ProjectState } from '../../../src/state/project.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { letGoWeights } from '../../../src/storage/keepWeights.ts';
import { listExperiments } from '../../../src/storage/experiments.ts';
import { loadModel } from '../../../src/storage/models.ts';
import { loadPredictions } from '../../../src/storage/predictions.ts';
import { listRuns, updateRun } from '../../../src/storage/runs.ts';
import { createImportClient } from '../../../src/worker/importClient.ts';
import type { Client } from '../../../src/worker/client.ts';
import { finishedRun } from '../../support/finishedRuns.ts';
import { tinyData } from '../../support/tinyData.ts';
import { createHarness } from '../../support/workerHarness.ts';

const runs = [0, 1, 2].map((seed) => finishedRun({ seed }, 20 + seed, 30));
const facts = factsOf(tinyData, tinyData.test); // the teacher's labels of test
const weights = Uint8Array.from({ length: 500 }, (_, i) => i % 251);

let database: Database;
let client: Client;
let project: ProjectState;
let folder: string;
let number = 0;
const went: string[] = [];
const imported: string[] = [];
const told: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vermeil-bring-'));
  database = await openDatabase({ name: `bring ${String(number++)}` });
  ({ client } = createHarness({ database: () => Promise.resolve(database) }));
  let id = 0;
  const services = {
    ...{ database, imports: createImportClient(client), checkpoint: { from: 'beside', url: 'm/' } },
    ...{ now: () => 1000, newId: () => `id ${String(id++)}` },
  } as unknown as Services;
  project = new ProjectState(services, () => Promise.resolve());
  went.length = imported.length = told.length = 0;
});
afterEach(async () => {
  client.close();
  database.close();
  await rm(folder, { recursive: true });
});

/** What `vermeil train --out` leaves: three finished runs and one that was stopped. */
async function trained(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const model = new Map([
    ['config.json', strToU8('{}')],
    ['model.safetensors', weights],
  ]);
  for (const run of runs) await writeFinishedRun(runFolder(folder, run.record.config), run, model);
  await writeFacts(folder, facts);
  await writeFile(join(folder, 'report.html'), 'a report');
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of (await filesInFolder(folder)).sizes.keys())
    files.set(`overnight/${name}`, new Uint8Array(await readFile(join(folder, name))));
  files.set('overnight/simple-mix-seed-3/snapshot.safetensors', weights);
  return files;
}

const asFiles = (files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Incoming[] =>
  [...files].map(([name, bytes]) => ({ name, file: new File([bytes], name) }));

async function brought(files: readonly Incoming[]): Promise<void> {
  const app = {
    project,
    configIn: { open: () => Promise.resolve(false) },
    importing: {
      take(data: readonly Incoming[]) {
        imported.push(...data.map(({ name }) => name));
        return Promise.resolve();
      },
    },
    notices: { done: (what: string) => told.push(what) },
    router: { go: (place: string) => went.push(place) },
  };
  await bring(app as unknown as App, files);
}

async function takeAll(): Promise<void> {
  expect(project.problem).toBeNull();
  await project.take(project.arriving!.bundle.manifest.parts);
}

test('the folder of the command line brings runs, models, their experiment and the facts of their data', async () => {
  await brought(asFiles(await trained()));
  expect([project.shown, went, imported]).toEqual([true, [], []]);
  const { bundle, fileName } = project.arriving!;
  expect(fileName).toBe('overnight');
  expect(bundle.manifest.parts.map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
    ...[0, 1, 2].flatMap((seed) => ['run', 'model'].map((kind) => `${kind}: Simple mix, seed ${String(seed)}`)),
    'settings: Which runs belong together: “overnight”',
  ]);
  expect(await listRuns(database)).toEqual([]); // before the person has said so
  await takeAll();
  expect(project.restored).toEqual({ done: 7, problems: [] });
  const stored = (await listRuns(database)).toSorted((a, b) => a.config.seed - b.config.seed);
  expect(stored.map(({ record }) => record)).toEqual(runs.map(({ record }) => record));
  expect(stored[0]).toMatchObject({
    ...{ name: 'Simple mix, seed 0', status: 'finished', modelKept: true, createdMs: 1000, updatedMs: 1000 }, // Node's clone of a file has no date
    checkpointUrl: '', // what it began with is known by its digest alone
    log: [{ ms: 1000, what: 'taken-in', step: 10, detail: '' }],
  });
  const [{ id }] = stored as [(typeof stored)[number]];
  expect((await loadModel(database, id))?.files.get('model.safetensors')).toEqual(weights);
  expect(await loadPredictions(database, id)).toEqual(runs[0]!.predictions);
  const [experiment] = await listExperiments(database);
  expect([experiment?.name, experiment?.runs.map(({ runId }) => runId)]).toEqual([
    'overnight',
    stored.map((run) => run.id),
  ]);
  const { rows } = await client.compare({ runIds: stored.map((run) => run.id), baseline: null });
  expect(rows.map(({ name, f1 }) => [name, f1?.mean])).toEqual([
    ['Teacher itself', 1],
    ['Simple mix', expect.closeTo(21 / 30, 12) as number],
  ]);
});

test('weights that were brought are pinned: they stay at the end of the next run, until the person lets them go', async () => {
  await brought(asFiles(await trained()));
  await takeAll();
  expect(await letGoWeights(database, 2000)).toEqual([]);
  const stored = await listRuns(database);
  expect(stored.map(({ pinned, modelKept }) => pinned && modelKept)).toEqual([true, true, true]);
  for (const { id } of stored) await updateRun(database, id, { pinned: false });
  expect(await letGoWeights(database, 2000)).toHaveLength(2);
});

test('what is here already is noticed by its content, and left unless it is asked for', async () => {
  const files = asFiles(await trained());
  await brought(files);
  await takeAll();
  await brought(files);
  expect(project.left.map(({ kind }) => kind)).toEqual(['run', 'model', 'run', 'model', 'run', 'model']);
});

test('a zip of the folder does the same, and so do a record and its predictions by themselves', async () => {
  const files = await trained();
  const zip = new File([zipSync(Object.fromEntries(files))], 'runs.zip');
  await brought([{ name: 'runs.zip', file: zip }]);
  expect(project.arriving!.bundle.manifest.parts).toHaveLength(7);
  const own = (name: string) => files.get(`overnight/simple-mix-seed-1/${name}`)!;
  const loose = new Map(['record.json', 'predictions.json'].map((name) => [name, own(name)]));
  await brought(asFiles(new Map([...loose, ['gold.conll', strToU8('Ada B-PER\n')]])));
  expect([went, imported]).toEqual([['data'], ['gold.conll']]);
  await takeAll();
  const [run] = await listRuns(database);
  expect([run?.record, await loadPredictions(database, run!.id), await listExperiments(database)]).toEqual([
    ...[runs[1]!.record, runs[1]!.predictions],
    [],
  ]);
});

test('of several bundles one is open, and the others are told, so that nobody takes them for taken in', async () => {
  const zip = new File([zipSync(Object.fromEntries(await trained()))], 'zip');
  await brought(['a.zip', 'b.zip', 'c.zip'].map((name) => ({ name, file: zip })));
  expect([project.shown, project.arriving?.fileName]).toEqual([true, 'c.zip']);
  expect(told).toEqual([
    'Bundles are looked into one at a time: “c.zip” is open. Bring “a.zip”, “b.zip” again after that.',
  ]);
  await brought([{ name: 'a.zip', file: zip }]);
  expect(told).toHaveLength(1);
});

test('a file that only has the name of a record is data, and one that is cut off is told', async () => {
  await brought(asFiles(new Map([['record.json', strToU8('[{"text":"Ada","spans":[]}]')]])));
  expect([project.shown, imported]).toEqual([false, ['record.json']]);
  const files = await trained();
  const path = 'overnight/simple-mix-seed-2/record.json';
  await brought(asFiles(files.set(path, files.get(path)!.slice(0, 50))));
  const { problems, manifest } = project.arriving!.bundle;
  expect(manifest.parts.filter(({ kind }) => kind === 'run')).toHaveLength(2);
  expect(problems).toEqual([expect.stringContaining(path)]);
});

test('the command line compares what the page packs of it, with the facts', async () => {
  await brought(asFiles(await trained()));
  await takeAll();
  const stored = (await listRuns(database)).toSorted((a, b) => a.config.seed - b.config.seed);
  const zip = await project.packRun(stored[2]!, []);
  const path = join(folder, 'one.vermeil.zip');
  await writeFile(path, new Uint8Array(await zip.arrayBuffer()));
  expect(await findRuns(path, () => undefined)).toEqual({ runs: [runs[2]], facts });
});
