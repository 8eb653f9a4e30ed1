import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sentenceOf } from '../../../src/core/errorTexts.ts';
import { defaultConfig } from '../../../src/run/config.ts';
import { RunsState } from '../../../src/state/runs.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { waitingRun } from '../../../src/state/waitingRun.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { listRuns, saveRun, updateRun } from '../../../src/storage/runs.ts';
import type { TrainRequest } from '../../../src/worker/protocol.ts';
import { RunKeeper } from '../../../src/worker/runKeeper.ts';

let database: Database;
let number = 0;
beforeEach(async () => {
  database = await openDatabase({ name: `runs ${String(number++)}` });
});
afterEach(() => database.close());

/** The locks that two tabs share, as far as runs use them. */
function sharedLocks() {
  const held = new Set<string>();
  const locks = {
    request: async (name: string, body: () => Promise<void>) => {
      held.add(name);
      await body();
      held.delete(name);
    },
    query: () => Promise.resolve({ held: [...held].map((name) => ({ name })), pending: [] }),
  };
  return { held, locks: locks as unknown as LockManager };
}

const told: unknown[] = [];
const stateWith = (locks: LockManager | undefined, others: readonly string[] = [], onDeleted?: () => Promise<void>) =>
  new RunsState(
    { database, locks, tabs: { others: () => new Set(others) } } as unknown as Services,
    (error) => told.push(error),
    onDeleted,
  );
const ids = (runs: readonly { readonly id: string }[]) => runs.map(({ id }) => id);
const empty = { silver: [], gold: [], dev: [], test: [] };

function request(runId: string): TrainRequest {
  const facts = { name: runId, config: defaultConfig, checkpointUrl: 'x/', notice: '', resume: false };
  return { ...facts, device: 'wasm', runId, data: empty, datasets: { ...empty, gold: ['d'] } };
}

test('runs that wait stand in storage, and after a reload they are there in their order', async () => {
  for (const [i, id] of ['b', 'a', 'c'].entries()) await saveRun(database, waitingRun(request(id), 1000 + i));
  const page = stateWith(undefined);
  await page.load();
  expect(ids(page.waiting)).toEqual(['b', 'a', 'c']);
  expect(ids(page.unfinished)).toEqual([]); // there is nothing yet to go on from
  expect(page.waiting[0]).toMatchObject({ datasets: { gold: ['d'] }, device: { name: 'wasm' }, status: 'queued' });
  page.followAll(['b']);
  expect(ids(page.waiting)).toEqual(['a', 'c']);
});

test('without locks, what another tab tells that it trains is not offered', async () => {
  await saveRun(database, { ...waitingRun(request('trains'), 1), status: 'running' });
  await saveRun(database, { ...waitingRun(request('cut'), 2), status: 'running' });
  const here = stateWith(undefined, ['trains']);
  await here.load();
  expect([here.elsewhere, ids(here.unfinished)]).toEqual([['trains'], ['cut']]);
});

test('what another tab trains or has in its queue is not offered, until that tab is gone', async () => {
  const { held, locks } = sharedLocks();
  const run = waitingRun(request('waits'), 1);
  await saveRun(database, run);
  await saveRun(database, { ...run, id: 'trains', status: 'running' });
  const [here, there] = [stateWith(locks), stateWith(locks)];
  there.followAll(['waits']);
  held.add('vermeil/run/trains'); // as its worker does
  await here.load();
  expect([ids(here.waiting), ids(here.unfinished)]).toEqual([[], []]);
  expect(here.elsewhere).toEqual(['trains', 'waits']);
  await there.load();
  expect(there.elsewhere).toEqual(['trains']);

  held.clear(); // the tab was closed; nobody tells this one, it looks by itself
  await expect.poll(() => ids(here.waiting), { timeout: 5000 }).toEqual(['waits']);
  expect(ids(here.unfinished)).toEqual(['trains']);
});

test('what a person says of a run is kept, and what cannot be kept is not shown', async () => {
  await saveRun(database, waitingRun(request('a'), 1));
  const page = stateWith(undefined);
  await page.load();
  await page.mark('a', { name: 'The first', tags: ['paper', 'draft'], notes: 'so far\nso good', pinned: true });
  const again = stateWith(undefined);
  await again.load();
  for (const { list, tags } of [page, again]) {
    expect(list[0]).toMatchObject({ name: 'The first', notes: 'so far\nso good', pinned: true, status: 'queued' });
    expect(tags).toEqual(['draft', 'paper']);
  }
  database.close();
  await expect(page.mark('a', { notes: 'lost' })).rejects.toMatchObject({ code: 'storage-failed' });
  expect(page.list[0]?.notes).toBe('so far\nso good');
});

/** The clock stands, but for the time for undoing, which `task` lets go by. */
async function withClock(task: (pass: () => Promise<void>) => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await task(async () => {
      await vi.advanceTimersByTimeAsync(21_000);
    });
  } finally {
    vi.useRealTimers();
    vi.restoreAllMocks();
  }
}

/** Waits by the clock of the system, which the fake one leaves alone. */
async function until(check: () => Promise<void> | void): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await check();
      return;
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test('a removed run is deleted after the time for undoing, not before', async () => {
  for (const id of ['a', 'b', 'c']) await saveRun(database, waitingRun(request(id), 1));
  const deleted = vi.fn(() => Promise.resolve());
  const page = stateWith(undefined, [], deleted);
  await page.load();
  const marked = async () => ids((await listRuns(database)).filter(({ removed }) => removed)).sort();
  await withClock(async (pass) => {
    const putBack = page.remove('a');
    page.remove('b');
    expect(ids(page.list)).toEqual(['c']);
    await until(async () => expect(await marked()).toEqual(['a', 'b'])); // workers and other tabs see it
    await page.load(); // as after a run has ended
    expect(ids(page.list)).toEqual(['c']);
    putBack();
    await until(() => expect(ids(page.list).sort()).toEqual(['a', 'c']));
    expect(await marked()).toEqual(['b']);
    expect(ids(await listRuns(database)).sort()).toEqual(['a', 'b', 'c']);
    await pass();
    expect(deleted).not.toHaveBeenCalled();
    await until(async () => expect(ids(await listRuns(database)).sort()).toEqual(['a', 'c']));
    await until(() => expect(deleted).toHaveBeenCalledOnce());
  });
});

test('a removed run that another tab goes on with meanwhile is not deleted: it is on the list again, with a word', async () => {
  for (const id of ['taken', 'free']) await saveRun(database, waitingRun(request(id), 1));
  const { held, locks } = sharedLocks();
  const page = stateWith(locks);
  await page.load();
  told.length = 0;
  await withClock(async (pass) => {
    page.remove('taken', 'free');
    held.add('vermeil/run/taken');
    await pass();
    await until(async () => expect(ids(await listRuns(database))).toEqual(['taken']));
    await until(() => expect(ids(page.list)).toEqual(['taken']));
  });
  expect(told.map(sentenceOf)).toMatchObject([
    { what: '“taken” was not removed: it goes on in another tab or window.' },
  ]);
});

test('a removed run that another tab has begun and finished within that time is not deleted', async () => {
  await saveRun(database, waitingRun(request('quick'), 1));
  const page = stateWith(undefined); // nothing but storage tells of the other tab
  await page.load();
  told.length = 0;
  await withClock(async (pass) => {
    page.remove('quick');
    await until(async () => expect((await listRuns(database))[0]?.removed).toBe(true));
    await RunKeeper.begin(database, () => 2, request('quick'), 'another tab');
    await updateRun(database, 'quick', { status: 'finished' });
    await pass();
    await until(() => expect(page.list).toMatchObject([{ id: 'quick', status: 'finished' }]));
  });
  expect(told).toMatchObject([{ code: 'run-elsewhere' }]);
});

test('a run that cannot be deleted when its time has come is on the list again, and why is told', async () => {
  await saveRun(database, waitingRun(request('a'), 1));
  const page = stateWith(undefined);
  await page.load();
  told.length = 0;
  await withClock(async (pass) => {
    vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(() => {
      throw new DOMException('broken', 'UnknownError');
    });
    page.remove('a');
    await pass();
    await until(() => expect(ids(page.list)).toEqual(['a']));
    expect(told).toMatchObject([{ code: 'storage-failed' }]);
  });
});

test('whose weights stay is a setting that is kept', async () => {
  const page = stateWith(undefined);
  await page.load();
  expect(page.keepAll).toBe(false);
  await page.setKeepAll(true);
  const again = stateWith(undefined);
  await again.load();
  expect([page.keepAll, again.keepAll]).toEqual([true, true]);
});
