import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import type { Authorship, Sentence } from '../../../src/data/types.ts';
import { dataDigest } from '../../../src/run/dataDigest.ts';
import { factsOf } from '../../../src/run/experiment/facts.ts';
import { compareRuns } from '../../../src/run/experiment/compareRuns.ts';
import type { FinishedRun } from '../../../src/run/experiment/table.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { saveDataset } from '../../../src/storage/datasets.ts';
import { savePredictions } from '../../../src/storage/predictions.ts';
import { saveRun, type StoredRun } from '../../../src/storage/runs.ts';
import { finishedRun } from '../../support/finishedRuns.ts';
import { tinyData } from '../../support/tinyData.ts';
import { createHarness } from '../../support/workerHarness.ts';

let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  for (const role of ['silver', 'gold', 'dev', 'test'] as const) await addDataset(role, role, tinyData[role]);
});

async function addDataset(id: string, role: 'silver' | 'gold' | 'dev' | 'test', sentences: readonly Sentence[]) {
  const source = { fileName: id, format: 'jsonl' } as const;
  await saveDataset(database, { id, name: id, role, findings: [], notice: '', source, createdMs: 1 }, sentences);
}

async function store(runs: readonly FinishedRun[], more: Partial<StoredRun> = {}): Promise<string[]> {
  for (const [i, { record, predictions }] of runs.entries()) {
    const run: StoredRun = {
      ...{ id: String(i), name: '', config: record.config, status: 'finished', checkpointUrl: '', notice: '' },
      datasets: { silver: ['silver'], gold: ['gold'], dev: ['dev'], test: ['test'] },
      ...{ device: null, steps: 1, step: 1, stages: [], curve: [], dev: [], record, modelKept: false, error: null },
      ...{ log: [], tags: [], notes: '', pinned: false },
      ...{ createdMs: i, updatedMs: i },
      ...more,
    };
    await saveRun(database, run);
    if (predictions !== null) await savePredictions(database, { runId: run.id, predictions });
  }
  return runs.map((_, i) => String(i));
}

const runsOn = (data: string) =>
  [0, 1, 2].flatMap((seed) => [
    finishedRun({ regimen: 'gold-only', seed }, 20 + seed, 30, { digests: { data, checkpoint: 'c' } }),
    finishedRun({ seed }, 25 + ((2 * seed) % 3), 30, { digests: { data, checkpoint: 'c' } }),
  ]);

test('stored runs are compared as the library compares them, with the facts of their data', async () => {
  const runs = runsOn(dataDigest(tinyData));
  const runIds = await store(runs);
  const { client } = createHarness();
  const result = await client.compare({ runIds: [...runIds, 'gone'], baseline: null });
  const plain = compareRuns(runs);
  expect(result.comparisons).toEqual(plain.comparisons);
  expect(result.comparisons[0]?.verdict).toBe('better');
  expect(result.units).toEqual({ kind: 'sentences', count: 30 });
  expect(result.warnings.map(({ code }) => code)).toEqual(['small-test', 'test-in-training']); // facts of the data

  const key = plain.rows.find(({ name }) => name === 'Simple mix')!.key;
  const turned = await client.compare({ runIds, baseline: key });
  expect(turned.comparisons.map(({ name, verdict }) => [name, verdict])).toEqual([['Gold only', 'worse']]);
  client.close();
});

test('the teacher is scored by its labels of test sentences in a dataset beside those of the runs', async () => {
  const by: Authorship = { kind: 'teacher', name: 'm', version: 1 };
  const answered = tinyData.test.map((s) => ({ ...s, spans: s.spans!.slice(0, 1), authors: { all: by } }));
  await addDataset('asked', 'silver', answered);
  const runIds = await store(runsOn(dataDigest(tinyData)));
  const { client } = createHarness();
  const { rows } = await client.compare({ runIds, baseline: null });
  const names = tinyData.test.reduce((sum, { spans }) => sum + spans!.length, 0);
  const [precision, recall] = [1, tinyData.test.length / names]; // one entity of each sentence, and no wrong one
  expect(rows[0]).toMatchObject({ kind: 'teacher', name: 'Teacher itself' });
  expect(rows[0]?.f1?.mean).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
  client.close();
});

test('where the data have changed since, no facts are told, and the comparison says so', async () => {
  const runIds = await store(runsOn('trained before they changed'));
  const { client } = createHarness();
  const { rows, warnings } = await client.compare({ runIds, baseline: null });
  expect(rows.map(({ kind }) => kind)).toEqual(['runs', 'runs']);
  expect(warnings.map(({ code }) => code)).toEqual(['small-test', 'data-changed']);
  client.close();
});

test('runs that came without their data tell what came with them: the teacher, and where silver is from', async () => {
  const by: Authorship = { kind: 'model', name: 'simulated teacher', version: 1 };
  const silver = tinyData.test.map((sentence) => ({ ...sentence, authors: { all: by } }));
  const facts = factsOf({ ...tinyData, silver });
  const gone = { silver: [], gold: [], dev: [], test: [] };
  const runIds = await store(runsOn('trained on another machine'), { facts, datasets: gone });
  const { client } = createHarness();
  const { rows, warnings } = await client.compare({ runIds, baseline: null });
  expect(rows[0]).toMatchObject({ kind: 'teacher', name: 'Teacher itself', f1: { mean: 1 } });
  expect(warnings.map(({ code }) => code)).toEqual(['small-test', 'test-in-training', 'silver-simulated']);
  client.close();
});

test('what is to be said wherever the data are shown stands first', async () => {
  const runIds = await store(runsOn(dataDigest(tinyData)), { notice: 'Nobody labelled this.' });
  const { client } = createHarness();
  const { warnings } = await client.compare({ runIds, baseline: null });
  expect(warnings.map(({ code }) => code)).toEqual(['notice', 'small-test', 'test-in-training']);
  expect(warnings[0]?.text).toBe('Nobody labelled this.');
  client.close();
});
