import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { ProjectState } from '../../../src/state/project.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { createImportClient } from '../../../src/worker/importClient.ts';
import { createHarness } from '../../support/workerHarness.ts';
import { sentence } from './sentences.ts';

let database: Database;
let datasets: DatasetsState;
let project: ProjectState;
let number = 0;

beforeEach(async () => {
  database = await openDatabase({ name: `project ${String(number++)}` });
  let id = 0;
  const { client } = createHarness({ database: () => Promise.resolve(database) });
  const services = {
    database,
    imports: createImportClient(client),
    checkpoint: { from: 'beside', url: 'm/' },
    now: () => 1000,
    newId: () => `id ${String(id++)}`,
  } as unknown as Services;
  datasets = new DatasetsState(services);
  project = new ProjectState(services, () => datasets.load());
  const source = { fileName: '', format: '' };
  const sentences = [sentence('Ada spoke', [[0, 3, 'PER']])];
  await datasets.add(['a', 'b'].map((name) => ({ name, role: 'gold', sentences, findings: [], source, notice: '' })));
});
afterEach(() => {
  vi.restoreAllMocks();
  database.close();
});

test('a bundle that finds no room says so; what came in before is shown, and it can be taken again', async () => {
  const file = await project.packDatasets(datasets.list.map(({ id }) => id));
  expect(await project.open({ name: 'all.zip', file })).toBe(true);
  const parts = project.arriving!.bundle.manifest.parts;
  expect([parts.map(({ name }) => name), project.left]).toEqual([['a', 'b'], parts]);
  const { put } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown) {
    if (JSON.stringify(value).includes('b (copy)')) throw new DOMException('full', 'QuotaExceededError');
    return put.call(this, value);
  });
  await project.take(parts);
  expect(project.problem?.what).toMatch(/no room/);
  expect(datasets.list.map(({ name }) => name)).toEqual(['a', 'a (copy)', 'b']);
  expect([project.arriving === null, project.restored, project.busy, project.parts.length]).toEqual([
    ...[false, null, 'no'],
    4, // three datasets and the settings
  ]);
  vi.restoreAllMocks();
  await project.take(parts.slice(1));
  expect([project.problem, project.arriving, project.restored]).toEqual([null, null, { done: 1, problems: [] }]);
});
