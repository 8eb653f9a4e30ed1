import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultConfig } from '../../../src/run/config.ts';
import { RunsState } from '../../../src/state/runs.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { waitingRun } from '../../../src/state/waitingRun.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { saveRun } from '../../../src/storage/runs.ts';
import type { TrainRequest } from '../../../src/worker/protocol.ts';

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

const stateWith = (locks: LockManager | undefined) => new RunsState({ database, locks } as Services);
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
  page.follow('b');
  expect(ids(page.waiting)).toEqual(['a', 'c']);
});

test('what another tab trains or has in its queue is not offered, until that tab is gone', async () => {
  const { held, locks } = sharedLocks();
  const run = waitingRun(request('waits'), 1);
  await saveRun(database, run);
  await saveRun(database, { ...run, id: 'trains', status: 'running' });
  const [here, there] = [stateWith(locks), stateWith(locks)];
  there.follow('waits');
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
