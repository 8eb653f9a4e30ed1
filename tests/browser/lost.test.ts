import { deleteDB } from 'idb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { saveCheckpointFiles } from '../../src/storage/checkpoints.ts';
import { openDatabase, type Database } from '../../src/storage/database.ts';
import { keepWeightsSetting } from '../../src/storage/keepWeights.ts';
import { loadModel } from '../../src/storage/models.ts';
import { loadRun } from '../../src/storage/runs.ts';
import { saveSetting } from '../../src/storage/settings.ts';
import { createClient } from '../../src/worker/client.ts';
import { lastingTrain } from '../../src/worker/lastingTrain.ts';
import type { DeviceName, Note, PageTrainEvent } from '../../src/worker/protocol.ts';
import { tinyCheckpoint } from '../support/tinyCheckpoint.ts';
import { tinyConfig, tinyRequest } from '../support/tinyData.ts';
import { env } from './support/webgpu.ts';

const url = `${location.origin}/tiny/`;
const appVersion = '0.0.0-test';
let database: Database;

beforeEach(async () => {
  await deleteDB('vermeil');
  database = await openDatabase();
  await saveSetting(database, keepWeightsSetting, 'all'); // runs of one seed are held against each other by their weights
  const files = [...tinyCheckpoint()].map(([file, bytes]) => ({ url, file, appVersion, bytes }));
  const absent = ['tokenizer.json', 'special_tokens_map.json', 'vermeil.json'];
  await saveCheckpointFiles(database, [...files, ...absent.map((file) => ({ url, file, appVersion, bytes: null }))]);
});
afterEach(() => {
  database.close();
});

function openClient(onWorker: (worker: Worker) => void = () => undefined) {
  return createClient({
    createWorker: () => {
      const worker = new Worker(new URL('./support/breakingWorker.ts', import.meta.url), { type: 'module' });
      onWorker(worker);
      return worker;
    },
    wasmPath: location.origin + env.wasmPath,
    appVersion,
    locks: navigator.locks,
  });
}

const weightsOf = async (runId: string) => (await loadModel(database, runId))!.files.get('model.safetensors')!;

/** Trains `steps` steps; each time that one of `breaks` is reached, something is broken. */
async function train(runId: string, device: DeviceName, steps: number, breaks: readonly number[], how: string) {
  let worker: Worker | null = null;
  const client = openClient((started) => (worker = started));
  const left = [...breaks];
  const events: PageTrainEvent[] = [];
  const request = tinyRequest(runId, url, { device, config: { ...tinyConfig, steps } });
  const outcome = await lastingTrain(client.train)(request, (event) => {
    events.push(event);
    if (event.kind !== 'steps' || left.length === 0 || event.points.at(-1)!.step < left[0]!) return;
    left.shift();
    worker?.postMessage(how);
  }).done;
  client.close();
  expect(outcome.kind).toBe('finished');
  expect(left).toEqual([]);
  return {
    lost: events.flatMap((event) => (event.kind === 'note' && event.note.what === 'lost' ? [event.note] : [])),
    starts: events.flatMap((event) => (event.kind === 'started' ? [event.resumedAt] : [])),
    record: (await loadRun(database, runId))!.record!,
    weights: await weightsOf(runId),
  };
}

/** More for the figures of the log; each takes seconds, in which shaders are compiled anew. */
const losses = Number(import.meta.env['VITE_LOSSES'] ?? 3);

it('the GPU device is destroyed at random steps, and the run ends as one that was not disturbed', async () => {
  const steps = 10 * losses + 10;
  const random = createRandom(7, 'breaks');
  // One in each ten steps: losses are read eight steps at a time, and a run that gets no further is given up.
  const breaks = Array.from({ length: losses }, (_, i) => 10 * i + 1 + random.below(10));
  const whole = await train('whole', 'webgpu', steps, [], '');
  const broken = await train('broken', 'webgpu', steps, breaks, 'break');
  expect(broken.lost.map(({ code }) => code)).toEqual(Array.from({ length: losses }, () => 'device-lost'));
  expect(broken.record.curve.map(({ step }) => step)).toEqual(whole.record.curve.map(({ step }) => step));
  broken.record.curve.forEach(({ loss }, i) => {
    expect(Math.abs(loss - whole.record.curve[i]!.loss) / whole.record.curve[i]!.loss).toBeLessThan(1e-3);
  });
});

it('a worker that breaks, and one that ends without a word, are followed by others, to the same bits', async () => {
  const whole = await train('whole', 'wasm', 120, [], '');
  for (const how of ['throw', 'close']) {
    const broken = await train(how, 'wasm', 120, [20, 70], how);
    expect(broken.lost.map(({ code }) => code)).toEqual(['worker-failed', 'worker-failed']);
    expect(broken.starts[0]).toBe(0);
    expect(broken.record.curve).toEqual(whole.record.curve);
    expect(broken.weights).toEqual(whole.weights);
  }
});

it('snapshots whose bytes have changed on the disk are not believed: the one before is used, or none', async () => {
  const whole = await train('whole', 'wasm', 400, [], '');
  for (const [runId, damaged] of [
    ['newest', 1],
    ['both', 2],
  ] as const) {
    const config = { ...tinyConfig, steps: 400 };
    const client = openClient();
    let saves = 0;
    const first = client.train(tinyRequest(runId, url, { device: 'wasm', config }), (event) => {
      if (event.kind === 'steps' && saves === 0) first.pause(); // saves; so does a single step, and the stop
      if (event.kind === 'saved' && ++saves === 1) first.step();
      else if (saves === 2) first.stop();
    });
    expect((await first.done).kind).toBe('stopped');
    const snapshots = await database.connection.getAllFromIndex('snapshots', 'runId', runId);
    expect(snapshots).toHaveLength(2);
    for (const snapshot of snapshots.slice(-damaged)) {
      const bytes = snapshot.bytes.slice();
      bytes[bytes.length - 50]! ^= 16; // one bit of a moment: it can be read, and is wrong
      await database.connection.put('snapshots', { ...snapshot, bytes });
    }
    const notes: Note[] = [];
    const again = client.train(tinyRequest(runId, url, { device: 'wasm', config, resume: true }), (event) => {
      if (event.kind === 'note') notes.push(event.note);
    });
    expect((await again.done).kind).toBe('finished');
    client.close();
    const older = { what: 'older-snapshot', step: snapshots[0]!.step };
    expect(notes).toEqual([damaged === 1 ? older : { what: 'no-snapshot', damaged: 2 }]);
    expect(await weightsOf(runId)).toEqual(whole.weights);
  }
});
