import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sentence } from '../../../src/data/types.ts';
import { defaultConfig } from '../../../src/run/config.ts';
import { clearCheckpoints, loadCheckpointFile, saveCheckpointFiles } from '../../../src/storage/checkpoints.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import {
  countsOf,
  countsTogether,
  deleteDatasets,
  listDatasets,
  saveDataset,
  sentencesOf,
  updateDataset,
} from '../../../src/storage/datasets.ts';
import { countsAfter } from '../../../src/storage/datasetEdits.ts';
import { loadModel, saveModel } from '../../../src/storage/models.ts';
import { loadPredictions, savePredictions } from '../../../src/storage/predictions.ts';
import {
  deleteRun,
  listRuns,
  loadRun,
  saveRun,
  unmarked,
  updateRun,
  type StoredRun,
} from '../../../src/storage/runs.ts';
import { roomOfRun } from '../../../src/storage/runRoom.ts';
import { dropOlderSnapshots, newestSnapshot, saveSnapshot } from '../../../src/storage/snapshots.ts';
import { askToPersist, storageUsage } from '../../../src/storage/usage.ts';

let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});
afterEach(() => {
  database.close();
});

function sentence(i: number): Sentence {
  const spans = i % 3 === 0 ? null : [{ start: 0, end: 4, label: i % 2 === 0 ? 'PER' : 'LOC' }];
  return {
    id: `s${String(i)}`,
    text: 'Anna sings',
    words: [
      { start: 0, end: 4 },
      { start: 5, end: 10 },
    ],
    spans,
  };
}

function dataset(id: string, createdMs: number) {
  const source = { fileName: `${id}.jsonl`, format: 'jsonl' };
  return { id, name: id, role: 'gold' as const, findings: [], source, notice: '', createdMs };
}

function run(id: string, createdMs: number): StoredRun {
  return {
    id,
    name: id,
    ...unmarked,
    config: defaultConfig,
    status: 'running',
    datasets: { silver: [], gold: ['g'], dev: [], test: [] },
    checkpointUrl: '/models/tiny/',
    notice: '',
    device: null,
    steps: 0,
    step: 0,
    stages: [],
    curve: [],
    dev: [],
    record: null,
    modelKept: false,
    error: null,
    log: [],
    createdMs,
    updatedMs: createdMs,
  };
}

const bytes = (...values: number[]) => Uint8Array.from(values);

test('datasets keep their sentences in order over several chunks, with counts', async () => {
  const sentences = Array.from({ length: 2500 }, (_, i) => sentence(i));
  await saveDataset(database, dataset('b', 2), sentences);
  await saveDataset(database, dataset('a', 1), sentences.slice(0, 6));
  await saveDataset(database, dataset('b2', 3), sentences.slice(0, 1)); // a name that begins like another's
  const listed = await listDatasets(database);
  expect(listed.map(({ id }) => id)).toEqual(['a', 'b', 'b2']);
  expect(listed[0]!.counts).toEqual({ sentences: 6, words: 12, labelled: 4, labels: { PER: 2, LOC: 2 } });
  expect(await sentencesOf(database, 'b')).toEqual(sentences);
  await saveDataset(database, dataset('b', 2), sentences.slice(0, 3)); // shorter: no chunk of the old one stays
  expect((await sentencesOf(database, 'b')).map(({ id }) => id)).toEqual(['s0', 's1', 's2']);
  await updateDataset(database, 'b', { role: 'test', name: 'Held back' });
  expect((await listDatasets(database))[1]).toMatchObject({ id: 'b', role: 'test', name: 'Held back' });
  await deleteDatasets(database, ['b']);
  expect(await sentencesOf(database, 'b')).toEqual([]);
  expect(await sentencesOf(database, 'b2')).toHaveLength(1);
});

test('runs are listed newest first, changed, and deleted with all that belongs to them', async () => {
  await saveRun(database, run('first', 1));
  await saveRun(database, run('second', 2));
  expect((await listRuns(database)).map(({ id }) => id)).toEqual(['second', 'first']);
  await updateRun(database, 'first', { status: 'stopped', step: 7 });
  expect(await loadRun(database, 'first')).toMatchObject({ name: 'first', status: 'stopped', step: 7 });
  await saveSnapshot(database, { runId: 'first', step: 7, bytes: bytes(1) }, {});
  const predictions = { version: 1, tags: ['O'], sentences: [] } as const;
  const model = { runId: 'second', files: new Map([['config.json', bytes(2)]]) };
  await saveModel(database, model, { modelKept: true }, predictions);
  expect(await loadPredictions(database, 'second')).toEqual(predictions);
  await deleteRun(database, 'first');
  await deleteRun(database, 'second');
  expect(await loadRun(database, 'first')).toBeNull();
  expect(await newestSnapshot(database, 'first')).toEqual({ good: null, damaged: 0 });
  expect(await loadModel(database, 'second')).toBeNull();
  expect(await loadPredictions(database, 'second')).toBeNull();
  // What is stored late does not bring it back, and takes no room.
  await savePredictions(database, { runId: 'second', predictions });
  await saveModel(database, model, { modelKept: true }, predictions);
  await saveSnapshot(database, { runId: 'first', step: 8, bytes: bytes(1) }, { step: 8 });
  await updateRun(database, 'first', { step: 8 });
  for (const store of ['runs', 'snapshots', 'models', 'predictions'] as const)
    expect([store, await database.connection.count(store)]).toEqual([store, 0]);
});

test('the two newest snapshots of each run are kept, and the run is stored with them', async () => {
  for (const id of ['r', 'other']) await saveRun(database, run(id, 1));
  for (const step of [10, 20, 30]) {
    await saveSnapshot(database, { runId: 'r', step, bytes: bytes(step) }, { step });
    await saveSnapshot(database, { runId: 'other', step, bytes: bytes(step, step) }, {});
  }
  expect(await newestSnapshot(database, 'r')).toEqual({ good: { step: 30, bytes: bytes(30) }, damaged: 0 });
  expect((await loadRun(database, 'r'))?.step).toBe(30);
  const all = await database.connection.getAll('snapshots');
  expect(all.map(({ runId, step }) => `${runId} ${String(step)}`).sort()).toEqual([
    'other 20',
    'other 30',
    'r 20',
    'r 30',
  ]);
});

test('a damaged snapshot is passed over for the one before; with both damaged there is none', async () => {
  await saveRun(database, run('r', 1));
  for (const step of [10, 20]) await saveSnapshot(database, { runId: 'r', step, bytes: bytes(step, 0) }, {});
  const [older, newer] = await database.connection.getAll('snapshots');
  await database.connection.put('snapshots', { ...newer!, bytes: bytes(20, 1) });
  expect(await newestSnapshot(database, 'r')).toEqual({ good: { step: 10, bytes: bytes(10, 0) }, damaged: 1 });
  await database.connection.put('snapshots', { ...older!, bytes: bytes(10) });
  expect(await newestSnapshot(database, 'r')).toEqual({ good: null, damaged: 2 });
});

test('on a full disk the older snapshot goes, but never the last good one', async () => {
  for (const id of ['r', 'other']) await saveRun(database, run(id, 1));
  const steps = async () => (await database.connection.getAll('snapshots')).map(({ step }) => step);
  for (const step of [10, 20]) await saveSnapshot(database, { runId: 'r', step, bytes: bytes(step, 0) }, {});
  await saveSnapshot(database, { runId: 'other', step: 1, bytes: bytes(1) }, {});
  const newer = (await database.connection.getAll('snapshots'))[1]!;
  await database.connection.put('snapshots', { ...newer, bytes: bytes(20, 1) });
  expect(await dropOlderSnapshots(database, 'r')).toBe(false);
  expect(await steps()).toEqual([10, 20, 1]);
  await database.connection.put('snapshots', newer);
  expect(await dropOlderSnapshots(database, 'r')).toBe(true);
  expect(await steps()).toEqual([20, 1]);
  expect(await dropOlderSnapshots(database, 'r')).toBe(false);
});

test('a finished run keeps its model and drops its snapshots', async () => {
  await saveRun(database, run('r', 1));
  await saveSnapshot(database, { runId: 'r', step: 5, bytes: bytes(5) }, {});
  const files = new Map([
    ['config.json', bytes(1, 2)],
    ['model.safetensors', bytes(3)],
  ]);
  await saveModel(database, { runId: 'r', files }, { status: 'finished', modelKept: true });
  expect((await loadModel(database, 'r'))?.files).toEqual(files);
  expect(await loadRun(database, 'r')).toMatchObject({ status: 'finished', modelKept: true });
  expect(await newestSnapshot(database, 'r')).toEqual({ good: null, damaged: 0 });
});

test('a cached checkpoint file holds for the version of the app that stored it', async () => {
  const place = { url: '/models/tiny/', file: 'config.json', appVersion: '1' };
  await saveCheckpointFiles(database, [
    { ...place, bytes: bytes(9) },
    { ...place, file: 'vocab.txt', bytes: null },
  ]);
  expect((await loadCheckpointFile(database, place))?.bytes).toEqual(bytes(9));
  expect(await loadCheckpointFile(database, { ...place, file: 'vocab.txt' })).toMatchObject({ bytes: null });
  expect(await loadCheckpointFile(database, { ...place, appVersion: '2' })).toBeNull();
  await clearCheckpoints(database);
  expect(await loadCheckpointFile(database, place)).toBeNull();
});

test('usage and persistence are told as the browser tells them, or not at all', async () => {
  expect(await storageUsage(undefined)).toBeNull();
  expect(await askToPersist(undefined)).toBe(false);
  const manager = {
    estimate: () => Promise.resolve({ usage: 10, quota: 100 }),
    persisted: () => Promise.resolve(true),
    persist: () => Promise.resolve(true),
  };
  expect(await storageUsage(manager)).toEqual({ usedBytes: 10, quotaBytes: 100, persistent: true });
  expect(await askToPersist(manager)).toBe(true);
});

test('a label may have the name of a member that every object has', () => {
  const words = [{ start: 0, end: 3 }];
  const labelled = (label: string): Sentence => ({ id: '1', text: 'Ada', words, spans: [{ start: 0, end: 3, label }] });
  const [counts, other] = [countsOf([labelled('constructor')]), countsOf([labelled('toString')])];
  expect(Object.entries(counts.labels)).toEqual([['constructor', 1]]);
  expect(Object.entries(countsTogether(counts, other).labels)).toEqual([
    ['constructor', 1],
    ['toString', 1],
  ]);
  const change = { at: 0, before: labelled('constructor'), after: labelled('toString') };
  expect(Object.entries(countsAfter(counts, [change]).labels)).toEqual([['toString', 1]]);
});

test('what a run keeps is told: its weights, and its snapshots oldest first', async () => {
  for (const id of ['r', 'other']) await saveRun(database, run(id, 1));
  expect(await roomOfRun(database, 'r')).toEqual({ modelBytes: 0, snapshots: [] });
  for (const [step, size] of [
    [3, 300],
    [6, 700],
  ] as const)
    await saveSnapshot(database, { runId: 'r', step, bytes: new Uint8Array(size) }, {});
  await saveSnapshot(database, { runId: 'other', step: 1, bytes: new Uint8Array(9) }, {});
  const both = [3, 6].map((step) => ({ step, sizeBytes: step === 3 ? 300 : 700 }));
  expect(await roomOfRun(database, 'r')).toEqual({ modelBytes: 0, snapshots: both });
  const files = new Map([
    ['model.safetensors', new Uint8Array(1000)],
    ['config.json', new Uint8Array(20)],
  ]);
  await saveModel(database, { runId: 'r', files }, { modelKept: true });
  expect(await roomOfRun(database, 'r')).toEqual({ modelBytes: 1020, snapshots: [] });
});

test('a run from before a setting was added is read with what that setting says of it', async () => {
  const { seed, dropout, ...older } = defaultConfig;
  const record = { config: { ...older, dropout }, steps: 3 };
  await saveRun(database, { ...run('r', 1), config: { ...older, dropout: 0.4 }, record } as unknown as StoredRun);
  const found = [await loadRun(database, 'r'), ...(await listRuns(database))];
  for (const one of found)
    expect([one?.config, one?.record?.config]).toEqual([{ ...defaultConfig, dropout: 0.4 }, defaultConfig]);
  expect([found.length, seed]).toEqual([2, 0]);
});
