import 'fake-indexeddb/auto';
import { deleteDB } from 'idb';
import { zipSync } from 'fflate';
import { beforeEach, expect, it } from 'vitest';
import { loadCheckpointFile } from '../../../src/storage/checkpoints.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { fetchOf, tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyRequest } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

const url = 'picked:model/';
const files = [...tinyCheckpoint()];
const blobOf = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);
const zipOf = (folder: string) =>
  blobOf(zipSync(Object.fromEntries(files.map(([name, bytes]) => [folder + name, bytes]))));

beforeEach(async () => {
  await deleteDB('vermeil');
});

async function kept(file: string, appVersion: string): Promise<Uint8Array | null | undefined> {
  const database = await openDatabase();
  const found = await loadCheckpointFile(database, { url, file, appVersion });
  database.close();
  return found?.bytes;
}

it.each([
  ['files of a folder', files.map(([name, bytes]) => ({ path: `some/tiny/${name}`, blob: blobOf(bytes) }))],
  ['single files', files.map(([path, bytes]) => ({ path, blob: blobOf(bytes) }))],
  ['a zip', [{ path: 'Tiny.ZIP', blob: zipOf('') }]],
  ['a zip with a folder', [{ path: 'tiny.zip', blob: zipOf('a/tiny/') }]],
])('a model brought as %s trains without a request, whatever version of the app follows', async (_how, brought) => {
  const { client, asked } = createHarness();
  await client.keepCheckpoint(url, brought);
  for (const [name, bytes] of files) expect(await kept(name, ''), name).toEqual(bytes);
  const later = createHarness({ appVersion: '9.9.9' });
  const request = tinyRequest('r', url);
  await later.client.train({ ...request, config: { ...request.config, steps: 2 } }, () => undefined).done;
  expect([...asked, ...later.asked]).toEqual([]);
});

it('what is no sound model is refused, and what was kept before stays', async () => {
  const { client } = createHarness();
  const weights = files.find(([name]) => name === 'model.safetensors')![1];
  await client.keepCheckpoint(url, [{ path: 'tiny.zip', blob: zipOf('') }]);
  const cut = files.map(([path, bytes]) => ({
    path,
    blob: blobOf(path === 'model.safetensors' ? bytes.subarray(0, bytes.length - 8) : bytes),
  }));
  await expect(client.keepCheckpoint(url, cut)).rejects.toMatchObject({ name: 'AppError' });
  await expect(client.keepCheckpoint(url, [])).rejects.toMatchObject({
    code: 'file-missing',
    detail: { file: 'config.json' },
  });
  await expect(client.keepCheckpoint(url, [{ path: 'a.zip', blob: blobOf(weights) }])).rejects.toMatchObject({
    code: 'file-unreadable',
  });
  expect(await kept('model.safetensors', '')).toEqual(weights);
});

it('the model beside the page is fetched once and kept for this version of the app', async () => {
  const { client, asked } = createHarness();
  await client.keepCheckpoint(tinyUrl, null);
  const first = asked.length;
  expect(first).toBeGreaterThan(3);
  await client.keepCheckpoint(tinyUrl, null);
  expect(asked).toHaveLength(first);
});

it('a run that begins while the model is being fetched waits for it, and nothing is fetched twice', async () => {
  const { client, asked } = createHarness();
  const keeping = client.keepCheckpoint(tinyUrl, null);
  const request = tinyRequest('r', tinyUrl);
  const told: [number, number][] = [];
  const run = client.train({ ...request, config: { ...request.config, steps: 2 } }, (event) => {
    if (event.kind === 'loading' && event.what === 'checkpoint') told.push([event.done, event.total]);
  });
  await Promise.all([keeping, run.done]);
  expect(asked).toHaveLength(new Set(asked).size);
  const sizeBytes = files.find(([name]) => name === 'model.safetensors')![1].length;
  expect(told).toContainEqual([sizeBytes, sizeBytes]);
});

it('a run that waits for the model can be stopped, and the model is kept all the same', async () => {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const files = fetchOf(tinyUrl, tinyCheckpoint());
  const { client } = createHarness({
    fetch: async (...asked) => {
      await answered;
      return files.fetch(...asked);
    },
  });
  const keeping = client.keepCheckpoint(tinyUrl, null);
  const run = client.train(tinyRequest('r', tinyUrl), (event) => {
    if (event.kind === 'loading') run.stop();
  });
  expect(await run.done).toEqual({ kind: 'stopped', step: 0 });
  answer();
  await keeping;
  await client.keepCheckpoint(tinyUrl, null);
  expect(files.asked).toHaveLength(new Set(files.asked).size);
});
