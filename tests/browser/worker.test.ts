import { deleteDB } from 'idb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/storage/database.ts';
import { saveCheckpointFiles } from '../../src/storage/checkpoints.ts';
import { loadRun } from '../../src/storage/runs.ts';
import { createClient, type Client, type TrainHandle } from '../../src/worker/client.ts';
import type { DeviceName, PageTrainEvent } from '../../src/worker/protocol.ts';
import { liveRuns } from '../../src/worker/runLock.ts';
import { tinyCheckpoint } from '../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData, tinyRequest } from '../support/tinyData.ts';
import { env } from './support/webgpu.ts';

const url = `${location.origin}/tiny/`;
const appVersion = '0.0.0-test';
let database: Database;
let client: Client;

function openClient(): Client {
  return createClient({
    createWorker: () => new Worker(new URL('../../src/worker/entry.ts', import.meta.url), { type: 'module' }),
    wasmPath: location.origin + env.wasmPath,
    appVersion,
  });
}

beforeEach(async () => {
  await deleteDB('vermeil');
  database = await openDatabase();
  const files = [...tinyCheckpoint()].map(([file, bytes]) => ({ url, file, appVersion, bytes }));
  const absent = ['tokenizer.json', 'special_tokens_map.json', 'vermeil.json'];
  await saveCheckpointFiles(database, [...files, ...absent.map((file) => ({ url, file, appVersion, bytes: null }))]);
  client = openClient();
});
afterEach(() => {
  client.close();
  database.close();
});

/** Trains on a device; `steps` in all. */
function train(runId: string, device: DeviceName, steps: number, events: PageTrainEvent[]): TrainHandle {
  const request = tinyRequest(runId, url, { device, config: { ...tinyConfig, steps } });
  return client.train(request, (event) => events.push(event));
}

const pointsOf = (events: readonly PageTrainEvent[]) =>
  events.flatMap((event) => (event.kind === 'steps' ? event.points : []));
const deviceOf = (events: readonly PageTrainEvent[]) =>
  events.flatMap((event) => (event.kind === 'device' ? [event.device] : []))[0];

it('the worker trains, predicts and exports on wasm; a new worker still has the model', async () => {
  const events: PageTrainEvent[] = [];
  const outcome = await train('r', 'wasm', 40, events).done;
  expect(outcome.kind).toBe('finished');
  expect(deviceOf(events)?.name).toBe('wasm');
  const losses = pointsOf(events).map(({ loss }) => loss);
  expect(losses).toHaveLength(40);
  expect(Math.min(...losses.slice(-5))).toBeLessThan(0.6 * losses[0]!);
  expect(await loadRun(database, 'r')).toMatchObject({ status: 'finished', modelKept: true });
  const spans = await client.predictSentences('r', tinyData.test);
  expect(spans.flat().length).toBeGreaterThan(0);
  client.close();
  client = openClient();
  expect((await client.exportModel('r')).zip.length).toBeGreaterThan(10_000);
});

it('pause, one step and stop reach a run whose steps never wait, and a new worker goes on with it', async () => {
  const events: PageTrainEvent[] = [];
  const handle = train('r', 'wasm', 2000, events);
  await expect.poll(() => pointsOf(events).length, { timeout: 30_000 }).toBeGreaterThan(0);
  handle.pause();
  await expect.poll(() => events.at(-1), { timeout: 10_000 }).toEqual({ kind: 'paused', paused: true });
  expect(await liveRuns(navigator.locks)).toEqual(new Set(['r']));
  const before = pointsOf(events).length;
  expect(before).toBeLessThan(2000);
  const elsewhere = openClient(); // as another tab would
  const again = elsewhere.train(tinyRequest('r', url, { device: 'wasm', resume: true }), () => undefined);
  await expect(again.done).rejects.toMatchObject({ code: 'run-elsewhere' });
  elsewhere.close();
  handle.step();
  await expect.poll(() => pointsOf(events).length).toBe(before + 1);
  handle.stop();
  expect(await handle.done).toEqual({ kind: 'stopped', step: before + 1 });
  client.close();
  await expect.poll(() => liveRuns(navigator.locks)).toEqual(new Set());

  client = openClient();
  const after: PageTrainEvent[] = [];
  const request = tinyRequest('r', url, { device: 'wasm', config: { ...tinyConfig, steps: 2000 }, resume: true });
  const resumed = client.train(request, (event) => after.push(event));
  await expect.poll(() => pointsOf(after).length, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(after.find((event) => event.kind === 'started')).toMatchObject({ resumedAt: before + 1 });
  expect(pointsOf(after)[0]!.step).toBe(before + 2);
  resumed.stop();
  await resumed.done;
});

// In one test, since the self-test takes seconds on SwiftShader and is done once in a worker's life.
it('the worker finds SwiftShader, does not choose it, trains on it when asked, much as on wasm, step by step', async () => {
  const { devices, chosen } = await client.diagnose();
  expect(devices.map(({ name, problem }) => [name, problem])).toEqual([
    ['wasm', ''],
    ['webgpu', ''],
  ]);
  expect(devices[1]).toMatchObject({ adapter: 'google swiftshader', software: true, selfTestMs: null });
  expect(chosen).toBe('wasm');

  const [gpu, wasm]: [PageTrainEvent[], PageTrainEvent[]] = [[], []];
  expect((await train('gpu', 'webgpu', 7, gpu).done).kind).toBe('finished');
  expect(deviceOf(gpu)).toEqual({ name: 'webgpu', adapter: 'google swiftshader', software: true });

  const events: PageTrainEvent[] = [];
  const handle = train('steps', 'webgpu', 1000, events);
  await expect.poll(() => pointsOf(events).length, { timeout: 60_000 }).toBeGreaterThan(0);
  handle.pause();
  await expect.poll(() => events.at(-1), { timeout: 10_000 }).toEqual({ kind: 'paused', paused: true });
  const shown = () => pointsOf(events).length;
  const read = shown(); // losses are read several at a time; those of single steps at once
  handle.step();
  await expect.poll(shown).toBeGreaterThan(read);
  const after = shown();
  handle.step();
  await expect.poll(shown).toBe(after + 1);
  handle.stop();
  expect(await handle.done).toEqual({ kind: 'stopped', step: after + 1 });

  await train('wasm', 'wasm', 7, wasm).done;
  const expected = pointsOf(wasm).map(({ loss }) => loss);
  const found = pointsOf(gpu).map(({ loss }) => loss);
  expect(found).toHaveLength(7);
  found.forEach((loss, i) => {
    expect(Math.abs(loss - expected[i]!) / expected[i]!).toBeLessThan(1e-3);
  });
});

it('a worker that cannot start fails the request with a reason', async () => {
  const broken = createClient({
    createWorker: () => new Worker('/no-such-worker.js', { type: 'module' }),
    wasmPath: '/',
    appVersion,
  });
  await expect(broken.diagnose()).rejects.toMatchObject({ code: 'worker-failed' });
});
