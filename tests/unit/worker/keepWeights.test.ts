import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { keepWeightsSetting } from '../../../src/storage/keepWeights.ts';
import { loadModel } from '../../../src/storage/models.ts';
import { listRuns, updateRun } from '../../../src/storage/runs.ts';
import { saveSetting } from '../../../src/storage/settings.ts';
import type { Client } from '../../../src/worker/client.ts';
import { tinyConfig, tinyRequest } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

let database: Database;
let client: Client;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  client = createHarness().client;
});
afterEach(() => {
  client.close();
  database.close();
});

async function train(id: string, seed: number): Promise<void> {
  await client.train(tinyRequest(id, tinyUrl, { config: { ...tinyConfig, seed } }), () => undefined).done;
}

/** Ids of the runs whose weights are kept, by what their records say and by what is there. */
async function kept() {
  const runs = (await listRuns(database)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const there = await Promise.all(runs.map(async ({ id }) => ((await loadModel(database, id)) === null ? [] : [id])));
  return { said: runs.filter(({ modelKept }) => modelKept).map(({ id }) => id), there: there.flat() };
}

/** Finished runs, best on dev first. */
async function byDev() {
  const scored = (await listRuns(database)).map(({ id, record, config }) => ({
    ...{ id, seed: config.seed },
    f1: record!.scores.dev!.default.micro.f1,
  }));
  return scored.toSorted((a, b) => b.f1 - a.f1 || a.seed - b.seed);
}

test('after each run only the best seed on dev keeps its weights, and the others say why', async () => {
  for (const seed of [0, 1, 2]) await train(String(seed), seed);
  const scored = await byDev();
  const best = scored[0]!;
  expect(await kept()).toEqual({ said: [best.id], there: [best.id] });
  for (const { id, log } of await listRuns(database)) {
    const last = log.at(-1);
    expect(last?.what).toBe(id === best.id ? 'finished' : 'weights-let-go');
    if (id !== best.id) expect(last?.detail).toContain(`seed ${String(best.seed)} of the same settings scored`);
  }
  // One whose weights were let go is predicted with by nobody.
  const gone = scored.find(({ id }) => id !== best.id && id !== '2')!;
  await expect(client.exportModel(gone.id)).rejects.toMatchObject({ code: 'file-missing' });
});

test('pinned runs keep theirs, and so do all where the person wants it', async () => {
  await train('0', 0);
  await updateRun(database, '0', { pinned: true });
  await train('1', 1);
  expect((await kept()).there).toContain('0');
  await saveSetting(database, keepWeightsSetting, 'all');
  const before = (await kept()).there;
  await train('2', 2);
  expect((await kept()).there).toEqual([...before, '2']);
});

test('without locks too, a run that was removed and can still be put back is no reason to let others go, and keeps its weights', async () => {
  await saveSetting(database, keepWeightsSetting, 'all');
  for (const seed of [0, 1, 2]) await train(String(seed), seed);
  const { id: removed } = (await byDev())[0]!;
  await updateRun(database, removed, { removed: true });
  await saveSetting(database, keepWeightsSetting, 'best-seed');
  await train('3', 3);
  const [next] = (await byDev()).filter(({ id }) => id !== removed);
  expect((await kept()).there).toEqual([removed, next!.id].sort());
  await updateRun(database, removed, { removed: false });
  await train('4', 4);
  expect((await kept()).there).toEqual([(await byDev())[0]!.id]);
});
