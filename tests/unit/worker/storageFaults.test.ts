import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { loadPredictions } from '../../../src/storage/predictions.ts';
import { loadRun, saveRun } from '../../../src/storage/runs.ts';
import type { PageTrainEvent } from '../../../src/worker/protocol.ts';
import { nextMessageTask } from '../../../src/worker/env.ts';
import { liveRuns, withRunLock } from '../../../src/worker/runLock.ts';
import { fakeLocks } from '../../support/fakeLocks.ts';
import { forceClose } from '../../support/forceClose.ts';
import { tinyData, tinyRequest } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

let database: Database;
const { put, add } = IDBObjectStore.prototype;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});
afterEach(() => {
  Object.assign(IDBObjectStore.prototype, { put, add });
});

/** From now on writing to one of `stores` fails as on a full disk. */
function fillUp(...stores: string[]): void {
  for (const [name, method] of Object.entries({ put, add })) {
    IDBObjectStore.prototype[name as 'put' | 'add'] = function (this: IDBObjectStore, ...args) {
      if (stores.includes(this.name)) throw new DOMException('no room', 'QuotaExceededError');
      return method.apply(this, args);
    };
  }
}

const notes = (events: readonly PageTrainEvent[]) => events.filter(({ kind }) => kind === 'note');

test('a disk too full for snapshots does not end the run, and each loss is told', async () => {
  fillUp('snapshots');
  const { client } = createHarness();
  const events: PageTrainEvent[] = [];
  const outcome = await client.train(tinyRequest('r', tinyUrl), (event) => events.push(event)).done;
  expect(outcome.kind).toBe('finished');
  // Once, though the snapshot at the end of the second stage found no room either.
  expect(notes(events)).toEqual([{ kind: 'note', note: { what: 'snapshot-not-saved', code: 'storage-full' } }]);
  expect(events.some(({ kind }) => kind === 'saved')).toBe(false);
  client.close();
});

test('a model that finds no room is still there to use and to take home, and its record is kept', async () => {
  fillUp('models', 'checkpoints');
  const { client } = createHarness();
  const events: PageTrainEvent[] = [];
  await client.train(tinyRequest('r', tinyUrl), (event) => events.push(event)).done;
  expect(notes(events)).toEqual([
    { kind: 'note', note: { what: 'checkpoint-not-cached', code: 'storage-full' } },
    { kind: 'note', note: { what: 'model-not-saved', code: 'storage-full', recordKept: true } },
  ]);
  const run = await loadRun(database, 'r');
  expect(run).toMatchObject({ status: 'finished', modelKept: false });
  expect(run?.record?.steps).toBe(7);
  expect(run?.log.map(({ what }) => what)).toEqual(['begun', 'checkpoint-not-cached', 'finished', 'model-not-saved']);
  expect(await database.connection.count('snapshots')).toBe(0);
  expect((await loadPredictions(database, 'r'))?.sentences).toHaveLength(tinyData.test.length);
  expect(await client.predictSentences('r', tinyData.test)).toHaveLength(tinyData.test.length);
  expect((await client.exportModel('r')).zip.length).toBeGreaterThan(1000);
  // Other models that are used meanwhile do not drive it out.
  Object.assign(IDBObjectStore.prototype, { put, add });
  await client.train(tinyRequest('other', tinyUrl), () => undefined).done;
  expect(await client.predictSentences('other', tinyData.test)).toHaveLength(tinyData.test.length);
  expect(await client.predictSentences('r', tinyData.test)).toHaveLength(tinyData.test.length);
  client.close();
});

test('weights that have room only where the snapshots were are kept in their place', async () => {
  fillUp('models');
  const failing = IDBObjectStore.prototype.put;
  const { delete: remove } = IDBObjectStore.prototype;
  let freed = false;
  Object.assign(IDBObjectStore.prototype, {
    put(this: IDBObjectStore, ...args: Parameters<typeof put>) {
      return (freed ? put : failing).apply(this, args);
    },
    delete(this: IDBObjectStore, ...args: Parameters<typeof remove>) {
      freed ||= this.name === 'snapshots' && started;
      return remove.apply(this, args);
    },
  });
  const { client } = createHarness();
  const events: PageTrainEvent[] = [];
  let started = false;
  const handle = client.train(tinyRequest('r', tinyUrl), (event) => {
    events.push(event);
    started ||= event.kind === 'loading' && event.what === 'scoring';
  });
  await handle.done;
  Object.assign(IDBObjectStore.prototype, { delete: remove });
  expect([freed, notes(events)]).toEqual([true, []]);
  expect((await loadRun(database, 'r'))?.modelKept).toBe(true);
  expect(await database.connection.count('models')).toBe(1);
  expect(await database.connection.count('snapshots')).toBe(0);
  client.close();
});

test('a run whose database the browser closes in the middle goes on saving', async () => {
  let [tasks, open]: [number, Database | null] = [0, null];
  const { client } = createHarness({
    database: async () => (open ??= await openDatabase()),
    now: () => tasks * 25_000, // a snapshot is due after each step
    nextTask: async () => {
      tasks++;
      await nextMessageTask();
    },
  });
  const events: PageTrainEvent[] = [];
  const { done } = client.train(tinyRequest('r', tinyUrl), (event) => {
    events.push(event);
    if (event.kind === 'saved' && event.step < 3) forceClose(open!);
  });
  expect((await done).kind).toBe('finished');
  expect(notes(events)).toEqual([]);
  expect(events.flatMap((event) => (event.kind === 'saved' ? [event.step] : []))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(await loadRun(database, 'r')).toMatchObject({ status: 'finished', modelKept: true });
  client.close();
});

test('a run that cannot even be entered fails with the reason', async () => {
  fillUp('runs');
  const { client } = createHarness();
  const { done } = client.train(tinyRequest('r', tinyUrl), () => undefined);
  await expect(done).rejects.toMatchObject({ code: 'storage-full' });
  client.close();
});

test('a lock that is let go of in time is waited for', async () => {
  const locks = fakeLocks();
  let end: () => void = () => undefined;
  const first = withRunLock(locks, 'r', () => new Promise<void>((resolve) => (end = resolve)));
  const order: string[] = [];
  const second = withRunLock(locks, 'r', () => Promise.resolve(order.push('second')));
  await expect(withRunLock(locks, 'r', () => Promise.resolve(), 20)).rejects.toMatchObject({ code: 'run-elsewhere' });
  order.push('first');
  end();
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

test('a run goes on in one tab only, and other tabs can see that it lives', async () => {
  const locks = fakeLocks();
  const [here, there] = [createHarness({ locks }), createHarness({ locks })];
  const first = here.client.train(tinyRequest('r', tinyUrl), () => undefined);
  first.pause();
  await expect.poll(() => liveRuns(locks)).toEqual(new Set(['r']));
  const second = there.client.train(tinyRequest('r', tinyUrl, { resume: true }), () => undefined);
  await expect(second.done).rejects.toMatchObject({ code: 'run-elsewhere' });
  first.continue();
  expect((await first.done).kind).toBe('finished');
  expect(await loadRun(database, 'r')).toMatchObject({ status: 'finished' }); // the other tab did not touch it
  expect(await liveRuns(locks)).toEqual(new Set());
  expect(await liveRuns(undefined)).toBeNull();
  here.client.close();
  there.client.close();
});

test('one tab trains at a time: the run of another waits, says so, and begins when the first has ended', async () => {
  const locks = fakeLocks();
  const [here, there] = [createHarness({ locks }), createHarness({ locks })];
  const first = here.client.train(tinyRequest('1', tinyUrl), () => undefined);
  first.pause();
  await expect.poll(() => liveRuns(locks)).toEqual(new Set(['1']));
  const told: PageTrainEvent[] = [];
  const second = there.client.train(tinyRequest('2', tinyUrl), (event) => told.push(event));
  await expect.poll(() => told).toEqual([{ kind: 'waiting', elsewhere: true }]);
  const third = there.client.train(tinyRequest('3', tinyUrl), () => undefined);
  third.stop();
  first.continue();
  await first.done;
  expect((await second.done).kind).toBe('finished');
  expect(told.map(({ kind }) => kind).slice(0, 2)).toEqual(['waiting', 'loading']);
  expect(await third.done).toEqual({ kind: 'stopped', step: 0 });

  // A run that waits can be stopped, and is no longer in anybody's way.
  const again = here.client.train(tinyRequest('4', tinyUrl), () => undefined);
  again.pause();
  await expect.poll(() => liveRuns(locks)).toEqual(new Set(['4']));
  await saveRun(database, { ...(await loadRun(database, '3'))!, id: '5', status: 'queued' });
  const waits = there.client.train(tinyRequest('5', tinyUrl), (event) => told.push(event));
  await expect.poll(() => told.at(-1)).toEqual({ kind: 'waiting', elsewhere: true });
  waits.stop();
  expect(await waits.done).toEqual({ kind: 'stopped', step: 0 });
  expect((await loadRun(database, '5'))?.status).toBe('stopped');
  again.stop();
  await again.done;
  expect(await liveRuns(locks)).toEqual(new Set());
  here.client.close();
  there.client.close();
});
