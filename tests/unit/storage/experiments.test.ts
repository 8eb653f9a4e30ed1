import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import {
  changePlace,
  listExperiments,
  saveExperiment,
  type StoredExperiment,
} from '../../../src/storage/experiments.ts';
import { listRuns, type StoredRun } from '../../../src/storage/runs.ts';
import { keepStages, loadStage, saveStage } from '../../../src/storage/stages.ts';

let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});

const place = (runId: string, at: number) => ({ runId, place: at, held: false, tries: 0, triedAt: 0 });
const experiment = (id: string, createdMs: number, ...runs: string[]): StoredExperiment => ({
  ...{ id, name: id, budget: 'free', createdMs },
  runs: runs.map(place),
});

test('an experiment and its runs are stored together, all or none', async () => {
  const run = (id: string) => ({ id, createdMs: 1 }) as StoredRun;
  await saveExperiment(database, experiment('b', 2, 'r1', 'r2'), [run('r1'), run('r2')]);
  expect((await listRuns(database)).map(({ id }) => id).sort()).toEqual(['r1', 'r2']);
  const broken = { ...run('r4'), record: () => 0 } as unknown as StoredRun; // a function cannot be stored
  await expect(saveExperiment(database, experiment('a', 1, 'r3', 'r4'), [run('r3'), broken])).rejects.toThrow();
  expect(await listRuns(database)).toHaveLength(2);
  expect((await listExperiments(database)).map(({ id }) => id)).toEqual(['b']);
});

test('a run’s part in the queue changes alone', async () => {
  await saveExperiment(database, experiment('b', 2, 'r3'), []);
  await saveExperiment(database, experiment('a', 1, 'r1', 'r2'), []);
  await changePlace(database, 'r2', { place: -1, held: true });
  await changePlace(database, 'unknown', { place: 9 });
  expect(await listExperiments(database)).toEqual([
    { ...experiment('a', 1), runs: [place('r1', 0), { ...place('r2', -1), held: true }] },
    experiment('b', 2, 'r3'),
  ]);
});

test('stages: as they were stored, a damaged one counts as none, and unwanted ones are dropped', async () => {
  const stage = (key: string) => ({
    key,
    bytes: Uint8Array.of(1, 2, 3),
    curve: [{ step: 1, loss: 0.5, learningRate: 1e-4, gradNorm: 1, silverShare: 1 }],
    dev: [],
    device: { name: 'cpu', adapter: 'test' },
  });
  await saveStage(database, stage('a'));
  await saveStage(database, stage('b'));
  expect(await loadStage(database, 'a')).toMatchObject(stage('a'));
  const stored = (await database.connection.get('stages', 'b'))!;
  await database.connection.put('stages', { ...stored, bytes: Uint8Array.of(1, 2, 4) });
  expect(await loadStage(database, 'b')).toBeNull();
  await keepStages(database, new Set(['b', 'c']));
  expect(await database.connection.getAllKeys('stages')).toEqual(['b']);
  expect(await loadStage(database, 'a')).toBeNull();
});
