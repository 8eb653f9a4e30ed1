import { expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { dataDigest, sourceDigests } from '../../../src/run/dataDigest.ts';
import { RepeatState } from '../../../src/state/repeat.svelte.ts';
import type { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import type { DeviceState } from '../../../src/state/device.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import type { StoredRun } from '../../../src/storage/runs.ts';
import type { DigestRequest, RunData, RunDatasets } from '../../../src/worker/protocol.ts';
import { finishedRun } from '../../support/finishedRuns.ts';
import { tinyData } from '../../support/tinyData.ts';

const own: RunDatasets = { silver: ['s'], gold: ['g'], dev: ['d'], test: ['t'] };
const digests = { data: dataDigest(tinyData), checkpoint: 'c', sources: sourceDigests(tinyData) };
const run = {
  id: 'r',
  name: 'Simple mix',
  datasets: own,
  ...finishedRun({}, 1, 1, { digests, device: { name: 'wasm', adapter: 'x' } }),
} as unknown as StoredRun;

/** A page that holds the datasets of these ids, and in their roles now those of `now`. */
function page(here: readonly string[], data: RunData = tinyData, now: RunDatasets = own) {
  const started: RunDatasets[] = [];
  const reports = [{ name: 'wasm', adapter: 'x', usable: true }];
  const services = {
    appVersion: '0',
    checkpoint: { url: 'm/' },
    client: {
      digest: (request: DigestRequest) =>
        Promise.resolve({ data: dataDigest(request.data), checkpoint: 'c', sources: sourceDigests(request.data) }),
    },
  };
  const datasets = {
    find: (id: string) => (here.includes(id) ? { id } : undefined),
    runDatasets: now,
    dataOf: () => data,
  };
  const repeat = new RepeatState(
    services as unknown as Services,
    datasets as unknown as DatasetsState,
    { reports, used: reports[0] } as unknown as DeviceState,
    (_run, used) => {
      started.push(used);
      return Promise.resolve();
    },
  );
  return { repeat, started, services };
}

test('where all is as it was, the run starts at once on its own datasets', async () => {
  const { repeat, started } = page(['s', 'g', 'd', 't']);
  await repeat.again(run);
  expect([started, repeat.found, repeat.checking]).toEqual([[own], null, '']);
});

test('other data start nothing before the person has read what differs', async () => {
  const { repeat, started } = page(['s', 'g', 'd', 't'], { ...tinyData, dev: [] });
  await repeat.again(run);
  expect(started).toEqual([]);
  expect(repeat.found).toMatchObject({
    runId: 'r',
    departures: [{ part: 'dev', text: 'Dev: 4 sentences then, none here.' }],
  });
  await repeat.anyway(run);
  expect([started, repeat.found]).toEqual([[own], null]);
});

test('a run out of a bundle without its datasets is held against those that have the roles now', async () => {
  const now = { ...own, gold: ['other'] };
  const { repeat, started } = page(['s', 'd', 't'], tinyData, now);
  await repeat.again(run);
  expect(started).toEqual([now]);
});

test('what cannot be found out is told, and training anyway stays possible', async () => {
  const { repeat, started, services } = page(['s', 'g', 'd', 't']);
  services.client.digest = () => Promise.reject(new AppError('file-missing', 'x', { file: 'model.safetensors' }));
  await repeat.again(run);
  expect([started, repeat.problem?.what, repeat.checking]).toEqual([[], 'model.safetensors is not there.', '']);
  await repeat.anyway(run);
  expect([started, repeat.problem]).toEqual([[own], null]);
});
