import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { loadModel } from '../../../src/storage/models.ts';
import { loadRun } from '../../../src/storage/runs.ts';
import { newestSnapshot } from '../../../src/storage/snapshots.ts';
import type { TrainHandle } from '../../../src/worker/client.ts';
import type { Note, PageTrainEvent, TrainRequest } from '../../../src/worker/protocol.ts';
import { nextMessageTask } from '../../../src/worker/env.ts';
import { tinyRequest } from '../../support/tinyData.ts';
import { cpuDevices, createHarness, tinyUrl, type Harness } from '../../support/workerHarness.ts';

let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});

/**
 * A clock that moves by 25 s before each step and at no other time, so that a snapshot is due after each. `onStep` is told
 * which step comes next.
 */
function slowSteps(onStep: (step: number) => void = () => undefined) {
  let tasks = 0; // one before encoding, then one before each step
  return {
    now: () => tasks * 25_000,
    nextTask: () => {
      onStep(tasks++);
      return nextMessageTask();
    },
  };
}

/** Starts a run and does something at its events; resolves to its end. */
function follow(
  harness: Harness,
  request: TrainRequest,
  onEvent: (event: PageTrainEvent, handle: TrainHandle) => void,
) {
  const handle: TrainHandle = harness.client.train(request, (event) => onEvent(event, handle));
  return handle;
}

function stepsOf(events: readonly PageTrainEvent[]): number[] {
  return events.flatMap((event) => (event.kind === 'steps' ? event.points.map(({ step }) => step) : []));
}

function notesOf(events: readonly PageTrainEvent[]): Note[] {
  return events.flatMap((event) => (event.kind === 'note' ? [event.note] : []));
}

const pauseMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function weightsOf(runId: string): Promise<Uint8Array | undefined> {
  return (await loadModel(database, runId))?.files.get('model.safetensors');
}

/** Trains `runId` without a break, for comparison. */
async function trainWhole(runId: string) {
  const { client } = createHarness();
  const outcome = await client.train(tinyRequest(runId, tinyUrl), () => undefined).done;
  client.close();
  return { outcome, weights: await weightsOf(runId) };
}

test('pause holds, one step is one step, and continue goes on', async () => {
  const harness = createHarness();
  const events: PageTrainEvent[] = [];
  const handle = follow(harness, tinyRequest('r', tinyUrl), (event, { pause }) => {
    events.push(event);
    if (event.kind === 'stage' && event.index === 0) pause();
  });
  await expect.poll(() => events.at(-1)).toEqual({ kind: 'paused', paused: true });
  const before = stepsOf(events).length;
  await pauseMs(100);
  expect(stepsOf(events)).toHaveLength(before);
  await expect.poll(async () => (await loadRun(database, 'r'))?.status).toBe('paused');
  // What was trained is stored before the run says that it holds: a tab closed now loses nothing.
  expect((await newestSnapshot(database, 'r')).good?.step).toBe(before);
  handle.step();
  await expect.poll(() => stepsOf(events).length).toBe(before + 1);
  await expect.poll(async () => (await newestSnapshot(database, 'r')).good?.step).toBe(before + 1);
  await pauseMs(100);
  expect(stepsOf(events)).toHaveLength(before + 1);
  handle.continue();
  expect((await handle.done).kind).toBe('finished');
  expect(stepsOf(events)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(events.filter(({ kind }) => kind === 'paused')).toEqual([
    { kind: 'paused', paused: true },
    { kind: 'paused', paused: false },
  ]);
  handle.pause(); // of a run that has ended: nothing happens
  harness.client.close();
});

test('each of several single steps is shown at once, however fast they follow', async () => {
  const harness = createHarness({ now: () => 0 }); // no time passes: nothing would be sent for being old enough
  const events: PageTrainEvent[] = [];
  const handle = follow(harness, tinyRequest('r', tinyUrl), (event, { pause }) => {
    events.push(event);
    if (event.kind === 'stage' && event.index === 0) pause();
  });
  await expect.poll(() => events.at(-1)).toEqual({ kind: 'paused', paused: true });
  for (const more of [1, 2]) {
    const before = stepsOf(events).length;
    handle.step();
    await expect.poll(() => stepsOf(events).length, { message: `single step ${String(more)}` }).toBe(before + 1);
  }
  handle.stop();
  await handle.done;
  harness.client.close();
});

test('one step pauses a run that goes on', async () => {
  const harness = createHarness();
  const events: PageTrainEvent[] = [];
  const handle = follow(harness, tinyRequest('r', tinyUrl), (event, { step }) => {
    events.push(event);
    if (event.kind === 'stage' && event.index === 0) step();
  });
  await expect.poll(() => events.at(-1)).toEqual({ kind: 'paused', paused: true });
  handle.stop();
  expect(await handle.done).toEqual({ kind: 'stopped', step: stepsOf(events).length });
  harness.client.close();
});

test('stopped and gone on with in another worker gives what an unbroken run gives, bit for bit', async () => {
  const whole = await trainWhole('whole');
  const first = createHarness();
  const before: PageTrainEvent[] = [];
  const stopped = await follow(first, tinyRequest('r', tinyUrl), (event, { stop }) => {
    before.push(event);
    if (event.kind === 'stage' && event.index === 1) stop(); // with a best model kept from the first stage
  }).done;
  first.client.close();
  if (stopped.kind !== 'stopped') throw new Error('it should have been stopped');
  expect(stopped.step).toBeGreaterThanOrEqual(3);
  expect(stopped.step).toBeLessThan(7);
  expect(await loadRun(database, 'r')).toMatchObject({ status: 'stopped', step: stopped.step });
  expect((await loadRun(database, 'r'))?.curve).toHaveLength(stopped.step);

  const second = createHarness();
  const after: PageTrainEvent[] = [];
  const request = tinyRequest('r', tinyUrl, { resume: true });
  const finished = await follow(second, request, (event) => after.push(event)).done;
  second.client.close();
  const started = after.find((event) => event.kind === 'started');
  expect(started).toMatchObject({ resumedAt: stopped.step });
  expect(started?.curve.map(({ step }) => step)).toEqual(stepsOf(before));
  expect([...stepsOf(before), ...stepsOf(after)]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  if (finished.kind !== 'finished' || whole.outcome.kind !== 'finished') throw new Error('both should have finished');
  expect(finished.record.curve).toEqual(whole.outcome.record.curve);
  expect(finished.record.dev).toEqual(whole.outcome.record.dev);
  expect(finished.record.scores).toEqual(whole.outcome.record.scores);
  expect(await weightsOf('r')).toEqual(whole.weights);
});

test('a damaged snapshot is passed over with a note, and the run still ends the same', async () => {
  const whole = await trainWhole('whole');
  const failed = new AppError('gpu-error', 'broken', { reason: 'broken' });
  let failure: AppError | null = null;
  const clock = slowSteps((step) => {
    if (step === 6) failure = failed;
  });
  const first = createHarness({ ...clock, devices: cpuDevices(() => failure) });
  await expect(first.client.train(tinyRequest('r', tinyUrl), () => undefined).done).rejects.toEqual(failed);
  first.client.close();
  const [older, newest] = await database.connection.getAllFromIndex('snapshots', 'runId', 'r');
  expect([older!.step, newest!.step]).toEqual([4, 5]);
  const bytes = newest!.bytes.slice();
  bytes[bytes.length - 100]! ^= 1; // one bit of one weight: it can be read, and must not be believed
  await database.connection.put('snapshots', { ...newest!, bytes });

  const second = createHarness();
  const events: PageTrainEvent[] = [];
  await follow(second, tinyRequest('r', tinyUrl, { resume: true }), (event) => events.push(event)).done;
  second.client.close();
  expect(notesOf(events)).toEqual([{ what: 'older-snapshot', step: older!.step }]);
  const started = events.find((event) => event.kind === 'started');
  expect(started?.resumedAt).toBe(older!.step);
  expect(started?.curve).toHaveLength(older!.step); // the points after it are trained again
  expect(await weightsOf('r')).toEqual(whole.weights);
});

test('without a snapshot a resumed run begins anew and says so', async () => {
  const { client } = createHarness();
  const events: PageTrainEvent[] = [];
  await client.train(tinyRequest('r', tinyUrl, { resume: true }), (event) => events.push(event)).done;
  client.close();
  expect(notesOf(events)).toEqual([{ what: 'no-snapshot', damaged: 0 }]);
  expect(stepsOf(events)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a run is not gone on with under other settings', async () => {
  const first = createHarness();
  await follow(first, tinyRequest('r', tinyUrl), (event, { stop }) => {
    if (event.kind === 'saved') stop();
  }).done;
  first.client.close();
  const { client } = createHarness();
  const request = tinyRequest('r', tinyUrl, { resume: true });
  const other = { ...request, config: { ...request.config, learningRate: 1e-4 } };
  await expect(client.train(other, () => undefined).done).rejects.toMatchObject({
    code: 'snapshot-mismatch',
    detail: { part: 'config' },
  });
  expect(await loadRun(database, 'r')).toMatchObject({ status: 'failed', error: { code: 'snapshot-mismatch' } });
  client.close();
});

test('a GPU error fails the run with its code, and the last snapshot stays to go on from', async () => {
  const whole = await trainWhole('whole');
  let failure: AppError | null = null;
  const clock = slowSteps((step) => {
    if (step === 5) failure = new AppError('device-lost', 'gone', { reason: 'gone' });
  });
  const failing = createHarness({ ...clock, devices: cpuDevices(() => failure) });
  const { done } = failing.client.train(tinyRequest('r', tinyUrl), () => undefined);
  await expect(done).rejects.toMatchObject({ code: 'device-lost', detail: { reason: 'gone' } });
  failing.client.close();
  const run = await loadRun(database, 'r');
  expect(run).toMatchObject({ status: 'failed', error: { code: 'device-lost', detail: { reason: 'gone' } } });
  expect(run!.curve).toHaveLength(4);

  const { client } = createHarness();
  const events: PageTrainEvent[] = [];
  await client.train(tinyRequest('r', tinyUrl, { resume: true }), (event) => events.push(event)).done;
  client.close();
  expect(events.find((event) => event.kind === 'started')?.resumedAt).toBe(4);
  expect(await weightsOf('r')).toEqual(whole.weights);
});
