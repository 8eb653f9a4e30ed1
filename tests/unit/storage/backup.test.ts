import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesInZip } from '../../../src/data/bundle/files.ts';
import { openBundle, type OpenBundle } from '../../../src/data/bundle/read.ts';
import { writeBundle } from '../../../src/data/bundle/write.ts';
import type { Sentence } from '../../../src/data/types.ts';
import type { Predictions } from '../../../src/eval/compare/predictions.ts';
import { defaultConfig } from '../../../src/run/config.ts';
import { loadAnswers, saveAnswer, type StoredAnswer } from '../../../src/storage/answers.ts';
import { backupParts } from '../../../src/storage/backup.ts';
import { checksumOf } from '../../../src/storage/checksum.ts';
import { saveCheckpointFiles } from '../../../src/storage/checkpoints.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { listDatasets, saveDataset, sentencesOf, type StoredDataset } from '../../../src/storage/datasets.ts';
import { eraseDatabase } from '../../../src/storage/erase.ts';
import { listExperiments, saveExperiment, type StoredExperiment } from '../../../src/storage/experiments.ts';
import { loadModel, saveModel } from '../../../src/storage/models.ts';
import { loadPredictions } from '../../../src/storage/predictions.ts';
import { restore } from '../../../src/storage/restore.ts';
import { roomByKind } from '../../../src/storage/room.ts';
import { listRuns, saveRun, type StoredRun } from '../../../src/storage/runs.ts';
import { loadSetting, saveSetting } from '../../../src/storage/settings.ts';
import { saveSnapshot } from '../../../src/storage/snapshots.ts';
import { finishedRun } from '../../support/finishedRuns.ts';

let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});
afterEach(() => {
  database.close();
});

const sentences: readonly Sentence[] = [
  {
    id: '1',
    text: 'Ada spoke',
    words: [
      { start: 0, end: 3 },
      { start: 4, end: 9 },
    ],
    spans: [{ start: 0, end: 3, label: 'PER' }],
  },
  { id: '2', text: 'unseen', words: [{ start: 0, end: 6 }], spans: null },
];
const dataset: Omit<StoredDataset, 'counts'> = {
  ...{ id: 'd', name: 'gold', role: 'gold', findings: [], notice: '', createdMs: 1 },
  source: { fileName: 'f', format: 'jsonl' },
} as const;
const run: StoredRun = {
  ...{ id: 'r', name: 'Simple mix', config: defaultConfig, status: 'running', checkpointUrl: 'https://there/m/' },
  datasets: { silver: [], gold: ['d'], dev: [], test: [] },
  ...{ notice: '', device: null, steps: 9, step: 3, stages: [], dev: [], record: null, modelKept: false, error: null },
  curve: [{ step: 1, loss: 0.5, learningRate: 1e-3, gradNorm: 1, silverShare: 1 }],
  ...{ tags: ['first'], notes: 'to keep', pinned: true, log: [{ ms: 2, what: 'begun', step: 0, detail: '' }] },
  ...{ createdMs: 2, updatedMs: 3 },
};
const predictions: Predictions = {
  version: 1,
  tags: ['O', 'B-PER'],
  sentences: [{ id: '1', document: null, gold: [1, 0], predicted: [0, 1] }],
};
const weights = Uint8Array.from({ length: 2000 }, (_, i) => i % 251);
const secret = 'sk-5ecre7-0f-4-pr0v1der';

async function fill(): Promise<void> {
  await saveDataset(database, dataset, sentences);
  await saveRun(database, run);
  const model = { runId: 'r', files: new Map([['model.safetensors', weights]]) };
  await saveModel(database, model, { modelKept: true }, predictions);
  await saveSetting(database, 'project-name', 'Trial');
  await saveSetting(database, 'api-key', secret);
}

async function bundled(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const head = { appVersion: '1', projectName: 'Trial', createdMs: 4 };
  await writeBundle(head, await backupParts(database), { chunk: (bytes) => chunks.push(bytes), digest: checksumOf });
  return Buffer.concat(chunks);
}

let n = 0;
const here = { newId: () => `new ${String(n++)}`, checkpointUrl: 'https://here/m/', nowMs: 77 };
const opened = async (zip: Uint8Array): Promise<OpenBundle> =>
  (await openBundle((await filesInZip(new Blob([new Uint8Array(zip)])))!, checksumOf))!;

test('a bundle of everything fills an empty browser', async () => {
  await fill();
  const zip = await bundled();
  await eraseDatabase(database);
  database = await openDatabase();
  const bundle = await opened(zip);
  expect(bundle.manifest.parts.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'dataset d',
    'run r',
    'model r',
    'settings settings',
  ]);
  expect(await restore(database, bundle, bundle.manifest.parts, here)).toEqual({ done: 4, problems: [] });
  expect(await listDatasets(database)).toMatchObject([{ ...dataset, counts: { sentences: 2, labelled: 1 } }]);
  expect(await sentencesOf(database, 'd')).toEqual(sentences);
  const [back] = await listRuns(database);
  const log = [...run.log, { ms: 77, what: 'taken-in', step: 3, detail: '' }];
  expect(back).toEqual({
    ...run,
    status: 'stopped',
    modelKept: true,
    removed: false,
    checkpointUrl: 'https://here/m/',
    log,
  });
  expect((await loadModel(database, 'r'))?.files.get('model.safetensors')).toEqual(weights);
  expect(await loadPredictions(database, 'r')).toEqual(predictions);
  expect(await loadSetting(database, 'project-name')).toBe('Trial');
});

test('a run that has finished still names the model that it began with, wherever that lies', async () => {
  const { record } = finishedRun({}, 20);
  await fill();
  await saveRun(database, { ...run, status: 'finished', record });
  const bundle = await opened(await bundled());
  await eraseDatabase(database);
  database = await openDatabase();
  await restore(database, bundle, bundle.manifest.parts, here);
  expect((await listRuns(database)).map(({ checkpointUrl }) => checkpointUrl)).toEqual(['https://there/m/']);
});

test('runs that were asked for together still belong together, as copies too, and wait for nobody', async () => {
  await fill();
  const entry = { place: 4, held: true, tries: 2, triedAt: 3 };
  const experiment: StoredExperiment = {
    ...{ id: 'e', name: 'Paper recipe', budget: 'equal-steps', createdMs: 5 },
    runs: [
      { runId: 'r', ...entry },
      { runId: 'deleted', ...entry },
    ],
  };
  await saveExperiment(database, experiment, []);
  const zip = await bundled();
  const bundle = await opened(zip);
  const settings = bundle.manifest.parts.filter(({ kind }) => kind === 'settings');
  await restore(database, bundle, settings, here); // its runs did not come along
  expect(await listExperiments(database)).toEqual([experiment]);
  await restore(database, bundle, bundle.manifest.parts, here);
  const copy = (await listRuns(database)).find(({ id }) => id !== 'r')!.id;
  const fresh = { place: 0, held: false, tries: 0, triedAt: 0 };
  const taken = (runId: string) => ({ ...experiment, id: runId, runs: [{ runId, ...fresh }] });
  expect(await listExperiments(database)).toEqual([taken(copy), experiment].sort((a, b) => (a.id < b.id ? -1 : 1)));
  await eraseDatabase(database);
  database = await openDatabase();
  await restore(database, bundle, bundle.manifest.parts, here);
  expect(await listExperiments(database)).toEqual([taken('r')]);
});

test('what is here is not overwritten: a copy comes beside it, and its run points to the copy', async () => {
  await fill();
  const zip = await bundled();
  await saveDataset(database, { ...dataset, name: 'gold, edited' }, sentences.slice(0, 1));
  await saveSetting(database, 'project-name', 'Another');
  const bundle = await opened(zip);
  await restore(database, bundle, bundle.manifest.parts, here);
  const names = (await listDatasets(database)).map(({ name, counts }) => [name, counts.sentences]);
  expect(names.sort()).toEqual([
    ['gold (copy)', 2],
    ['gold, edited', 1],
  ]);
  const copy = (await listRuns(database)).find(({ id }) => id !== 'r');
  const copied = (await listDatasets(database)).find(({ id }) => id !== 'd');
  expect(copy).toMatchObject({ name: 'Simple mix (copy)', datasets: { gold: [copied?.id] }, modelKept: true });
  expect(await loadSetting(database, 'project-name')).toBe('Another');
});

test('single parts are taken; a model without its run is told, and so is a run that is none', async () => {
  await fill();
  const files = unzipSync(await bundled());
  const broken = strToU8(strFromU8(files['runs/2/run.json']!).replace('"status":"running"', '"status":"dancing"'));
  const manifest = JSON.parse(strFromU8(files['manifest.json']!)) as {
    parts: { files: { sha256: string; sizeBytes: number }[] }[];
  };
  Object.assign(manifest.parts[1]!.files[0]!, { sha256: await checksumOf(broken), sizeBytes: broken.length });
  const zip = zipSync({ ...files, 'runs/2/run.json': broken, 'manifest.json': strToU8(JSON.stringify(manifest)) });
  await eraseDatabase(database);
  database = await openDatabase();
  const bundle = await opened(zip);
  const [data, badRun, model] = bundle.manifest.parts;
  expect(await restore(database, bundle, [model!], here)).toEqual({
    done: 0,
    problems: ['“Simple mix” cannot be taken out of the bundle: its run was not taken in'],
  });
  expect(await restore(database, bundle, [badRun!, data!], here)).toEqual({
    done: 1,
    problems: [expect.stringMatching(/^“Simple mix” cannot .* it is no record of a run \(status: .*"dancing"\)$/)],
  });
  expect(await listRuns(database)).toEqual([]);
});

test('weights let go while a bundle is packed are passed over, and a model without files is not taken in', async () => {
  await fill();
  const parts = await backupParts(database);
  await database.connection.delete('models', 'r');
  const chunks: Uint8Array[] = [];
  const head = { appVersion: '1', projectName: 'Trial', createdMs: 4 };
  await writeBundle(head, parts, { chunk: (bytes) => chunks.push(bytes), digest: checksumOf });
  const bundle = await opened(Buffer.concat(chunks));
  expect(bundle.manifest.parts.map(({ kind }) => kind)).toEqual(['dataset', 'run', 'settings']);
  await eraseDatabase(database);
  database = await openDatabase();
  const empty = { kind: 'model', id: 'r', name: 'Simple mix', files: [] } as const; // as bundles from before have it
  expect(await restore(database, bundle, [...bundle.manifest.parts, empty], here)).toEqual({
    done: 3,
    problems: ['“Simple mix” cannot be taken out of the bundle: it holds no weights'],
  });
  expect(await listRuns(database)).toMatchObject([{ id: 'r', modelKept: false }]);
  expect(await loadModel(database, 'r')).toBeNull();
});

test('a run with damaged predictions is told, and not taken in by half', async () => {
  await fill();
  const files = unzipSync(await bundled());
  const broken = strToU8(
    strFromU8(files['runs/2/predictions.json']!).replace('"predicted":[0,1]', '"predicted":[0,9]'),
  );
  const manifest = JSON.parse(strFromU8(files['manifest.json']!)) as {
    parts: { files: { path: string; sha256: string; sizeBytes: number }[] }[];
  };
  const file = manifest.parts[1]!.files.find(({ path }) => path.endsWith('predictions.json'));
  Object.assign(file!, { sha256: await checksumOf(broken), sizeBytes: broken.length });
  const zip = zipSync({
    ...files,
    'runs/2/predictions.json': broken,
    'manifest.json': strToU8(JSON.stringify(manifest)),
  });
  await eraseDatabase(database);
  database = await openDatabase();
  const bundle = await opened(zip);
  expect(await restore(database, bundle, bundle.manifest.parts.slice(1, 2), here)).toEqual({
    done: 0,
    problems: ['“Simple mix” cannot be taken out of the bundle: predictions.json: a tag number has no name'],
  });
  expect(await listRuns(database)).toEqual([]);
});

test('answers of teachers come along, and those that are here stay', async () => {
  const answer = {
    ...{ key: 'k', jobId: 'j', sentenceId: '1', sample: 0, promptHash: 'p', provider: 'openai', status: 'answered' },
    ...{ settings: { endpoint: 'https://e/', model: 'm' }, attempts: 1, text: '{}', finish: 'stop', model: 'm', ms: 5 },
    ...{ costUsd: 0.1, uncertainUsd: null, failure: null, sentMs: 1, endedMs: 6, inputTokens: 3, outputTokens: 4 },
  } as unknown as StoredAnswer;
  await saveAnswer(database, answer);
  await saveAnswer(database, { ...answer, key: 'lost', status: 'sent' });
  const bundle = await opened(await bundled());
  const part = bundle.manifest.parts.filter(({ kind }) => kind === 'answers');
  expect(part.map(({ name }) => name)).toEqual(['1 answers of teachers']);
  await eraseDatabase(database);
  database = await openDatabase();
  await saveAnswer(database, { ...answer, key: 'own', text: 'own' });
  await restore(database, bundle, part, here);
  expect(await loadAnswers(database, ['k', 'own', 'lost'])).toEqual(
    new Map([
      ['k', answer],
      ['own', { ...answer, key: 'own', text: 'own' }],
    ]),
  );
});

test('no key of a provider is ever in it', async () => {
  await fill();
  const files = Object.values(unzipSync(await bundled())).map((bytes) => Buffer.from(bytes).toString('latin1'));
  expect(files.join('\n')).toContain('Trial');
  expect(files.join('\n')).not.toContain(secret);
});

test('erasing leaves nothing, and another tab is told', async () => {
  await fill();
  const other = await openDatabase();
  await eraseDatabase(database);
  expect(await other.whenEnded).toMatchObject({
    code: 'storage-failed',
    detail: { reason: 'the data were deleted in another tab' },
  });
  await expect(listDatasets(other)).rejects.toMatchObject({ code: 'storage-failed' });
  database = await openDatabase();
  expect([await listDatasets(database), await listRuns(database)]).toEqual([[], []]);
  expect(await loadSetting(database, 'api-key')).toBeUndefined();
});

test('the room is told by kind', async () => {
  await fill();
  await saveSnapshot(database, { runId: 'r', step: 1, bytes: new Uint8Array(300) }, {});
  await saveCheckpointFiles(database, [
    { url: '/m/', file: 'a', appVersion: '1', bytes: new Uint8Array(450) },
    { url: '/m/', file: 'b', appVersion: '1', bytes: null },
  ]);
  const room = await roomByKind(database);
  expect(room).toMatchObject({ models: 2000, snapshots: 300, checkpoints: 450 });
  expect(room.datasets).toBe(JSON.stringify(sentences).length);
  expect(room.runs).toBeGreaterThan(500);
});
