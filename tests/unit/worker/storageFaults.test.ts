import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { loadPredictions } from '../../../src/storage/predictions.ts';
import { loadRun } from '../../../src/storage/runs.ts';
import type { PageTrainEvent } from '../../../src/worker/protocol.ts';
import { liveRuns, withRunLock } from '../../../src/worker/runLock.ts';
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
  const note = { kind: 'note', note: { what: 'snapshot-not-saved', code: 'storage-full' } };
  expect(notes(events)).toEqual([note, note]); // one at the end of each stage
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
    { kind: 'note', note: { what: 'model-not-saved', code: 'storage-full' } },
  ]);
  const run = await loadRun(database, 'r');
  expect(run).toMatchObject({ status: 'finished', modelKept: false });
  expect(run?.record?.steps).toBe(7);
  expect((await loadPredictions(database, 'r'))?.sentences).toHaveLength(tinyData.test.length);
  expect(await client.predictSentences('r', tinyData.test)).toHaveLength(tinyData.test.length);
  expect((await client.exportModel('r')).zip.length).toBeGreaterThan(1000);
  client.close();
});

test('a run that cannot even be entered fails with the reason', async () => {
  fillUp('runs');
  const { client } = createHarness();
  const { done } = client.train(tinyRequest('r', tinyUrl), () => undefined);
  await expect(done).rejects.toMatchObject({ code: 'storage-full' });
  client.close();
});

/** Web Locks of two tabs, as far as they are used here. */
function fakeLocks(): LockManager {
  const held = new Map<string, Promise<unknown>>();
  const manager = {
    async request(name: string, { signal }: { signal: AbortSignal }, body: () => Promise<unknown>) {
      const before = held.get(name);
      const refused = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      if (before !== undefined) await Promise.race([before, refused]);
      const done = body().finally(() => held.delete(name));
      held.set(name, done);
      return done;
    },
    query: () => Promise.resolve({ held: [...held.keys()].map((name) => ({ name })), pending: [] }),
  };
  return manager as unknown as LockManager;
}

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
