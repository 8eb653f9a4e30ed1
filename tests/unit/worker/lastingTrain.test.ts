import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/core/errors.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { keepWeightsSetting } from '../../../src/storage/keepWeights.ts';
import { loadModel } from '../../../src/storage/models.ts';
import { loadRun } from '../../../src/storage/runs.ts';
import { saveSetting } from '../../../src/storage/settings.ts';
import type { Client, TrainHandle } from '../../../src/worker/client.ts';
import { lastingTrain } from '../../../src/worker/lastingTrain.ts';
import type { PageTrainEvent, TrainRequest } from '../../../src/worker/protocol.ts';
import { nextMessageTask } from '../../../src/worker/env.ts';
import { tinyRequest } from '../../support/tinyData.ts';
import { cpuDevices, createHarness, tinyUrl } from '../../support/workerHarness.ts';

let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  await saveSetting(database, keepWeightsSetting, 'all'); // runs of one seed are held against each other by their weights
});

const point = (step: number) => ({ step, loss: 1, learningRate: 1, gradNorm: 1, silverShare: 1 });

/** Attempts that come to some step each and then fail; the one after the last finishes. Tells what each was asked. */
function attempts(...ends: readonly { readonly at: number; readonly code: ErrorCode }[]) {
  const asked: TrainRequest[] = [];
  const waits: number[] = [];
  const train: Client['train'] = (request, onEvent) => {
    const end = ends[asked.length];
    asked.push(request);
    const run = async () => {
      await Promise.resolve();
      if (end?.at !== -1) onEvent({ kind: 'device', device: { name: 'webgpu', adapter: 'a', software: false } });
      if (end !== undefined && end.at > 0)
        onEvent({
          kind: 'steps',
          points: [point(end.at)],
          tokens: 1,
          tokensPerSecond: 1,
          secondsLeft: 1,
          heldBytes: 0,
        });
      if (end !== undefined && end.at > 1) onEvent({ kind: 'saved', step: end.at - 1 });
      if (end !== undefined) throw new AppError(end.code, 'broken', { reason: 'broken' });
      return { kind: 'stopped' as const, step: 99 };
    };
    return { runId: request.runId, stop: () => undefined, done: run() } as TrainHandle;
  };
  const lasting = lastingTrain(train, (ms) => Promise.resolve(void waits.push(ms)));
  return { lasting, asked, waits };
}

const request = tinyRequest('r', '/');

test('a run goes on as often as it gets further, on the device that it began on', async () => {
  const losses = [3, 5, 8, 9].map((at) => ({ at, code: 'device-lost' as const }));
  const { lasting, asked, waits } = attempts(...losses, { at: 12, code: 'worker-failed' });
  const events: PageTrainEvent[] = [];
  await expect(lasting(request, (event) => events.push(event)).done).resolves.toMatchObject({ step: 99 });
  expect(asked.map(({ device, resume }) => [device, resume])).toEqual([
    [null, false],
    ...Array.from({ length: 5 }, () => ['webgpu', true]),
  ]);
  expect(waits).toEqual([0, 0, 0, 0, 0]);
  expect(events.flatMap((event) => (event.kind === 'note' ? [event.note] : []))).toEqual([
    ...losses.map(({ at, code }) => ({ what: 'lost', step: at, code })),
    { what: 'lost', step: 12, code: 'worker-failed' },
  ]);
});

test('one that gets no further is tried three times more, with growing breaks, and then its failure is told', async () => {
  const same = { at: 4, code: 'worker-failed' as const };
  const { lasting, asked, waits } = attempts(same, same, same, same, same);
  await expect(lasting(request, () => undefined).done).rejects.toMatchObject({
    code: 'worker-failed',
    detail: { reason: 'broken', saved: 3 },
  });
  expect(asked).toHaveLength(4);
  expect(waits).toEqual([0, 1000, 3000]);
});

test('one lost before its first step begins again', async () => {
  const { lasting, asked } = attempts({ at: 0, code: 'device-lost' });
  await lasting(request, () => undefined).done;
  expect(asked.map(({ resume }) => resume)).toEqual([false, false]);
});

test('a device that does not come back is waited for, then told as gone', async () => {
  const gone = { at: -1, code: 'device-unavailable' as const };
  const { lasting, asked, waits } = attempts({ at: 6, code: 'device-lost' }, gone, gone, gone);
  const notes: PageTrainEvent[] = [];
  const onEvent = (event: PageTrainEvent) => {
    if (event.kind === 'note') notes.push(event);
  };
  await expect(lasting(request, onEvent).done).rejects.toMatchObject({
    code: 'device-lost',
    detail: { gone: 'yes', saved: 5 },
  });
  expect(notes).toHaveLength(1); // one loss is told once, however often the device is asked for
  expect([asked.length, waits]).toEqual([4, [0, 1000, 3000]]);
  const back = attempts({ at: 6, code: 'device-lost' }, gone);
  await expect(back.lasting(request, () => undefined).done).resolves.toMatchObject({ step: 99 });
});

test('what is wrong with the run itself is not tried again', async () => {
  for (const code of ['not-finite', 'snapshot-mismatch', 'storage-full', 'device-unavailable'] as const) {
    const { lasting, asked } = attempts({ at: 2, code });
    await expect(lasting(request, () => undefined).done).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(1);
  }
});

test('a stop between two attempts ends the run', async () => {
  const { lasting, asked } = attempts({ at: 4, code: 'device-lost' });
  const handle = lasting(request, (event) => {
    if (event.kind === 'note') handle.stop();
  });
  expect(await handle.done).toEqual({ kind: 'stopped', step: 4 });
  expect(asked).toHaveLength(1);
});

test('lost again and again, it ends with the bits of a run that was never lost', async () => {
  const whole = createHarness();
  await whole.client.train(tinyRequest('whole', tinyUrl), () => undefined).done;
  whole.client.close();

  // The clock makes a snapshot due after each step; the device breaks at steps 2, 4 and 6 and is sound when opened anew.
  let [tasks, failure]: [number, AppError | null] = [0, null];
  const breaks = new Set([2, 4, 6]);
  let reached = 0;
  const harness = createHarness({
    now: () => tasks * 25_000,
    nextTask: () => {
      tasks++;
      if (breaks.delete(reached)) failure = new AppError('device-lost', 'gone', { reason: 'gone' });
      return nextMessageTask();
    },
    devices: cpuDevices(() => failure),
  });
  const events: PageTrainEvent[] = [];
  const lasting = lastingTrain(harness.client.train, () => Promise.resolve(void (failure = null)));
  const outcome = await lasting(tinyRequest('r', tinyUrl), (event) => {
    events.push(event);
    if (event.kind === 'steps') reached = event.points.at(-1)!.step;
  }).done;
  harness.client.close();
  expect(outcome.kind).toBe('finished');
  expect(events.filter(({ kind }) => kind === 'started')).toHaveLength(4);
  const weights = async (id: string) => (await loadModel(database, id))?.files.get('model.safetensors');
  expect(await weights('r')).toEqual(await weights('whole'));
  const [lost, undisturbed] = [await loadRun(database, 'r'), await loadRun(database, 'whole')];
  expect(lost?.record?.curve).toEqual(undisturbed?.record?.curve);
  expect(lost?.record?.scores).toEqual(undisturbed?.record?.scores);
  expect(lost).toMatchObject({ status: 'finished', error: null });
});
