import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { defaultConfig } from '../../../src/run/config.ts';
import type { RunRecord } from '../../../src/run/events.ts';
import { Notices } from '../../../src/state/notices.svelte.ts';
import { withQueueLock } from '../../../src/state/queueLock.ts';
import { QueueState } from '../../../src/state/queue.svelte.ts';
import { RunsState } from '../../../src/state/runs.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { sharedStage, stageKeyOf } from '../../../src/state/sharedStages.ts';
import { createTrainRequests } from '../../../src/state/trainRequests.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { deleteRun, loadRun, updateRun, type StoredRun } from '../../../src/storage/runs.ts';
import { saveStage } from '../../../src/storage/stages.ts';
import type { Client } from '../../../src/worker/client.ts';
import type { TrainOutcome, TrainRequest } from '../../../src/worker/protocol.ts';
import { createTabs } from '../../../src/worker/tabs.ts';
import { fakeLocks } from '../../support/fakeLocks.ts';

let database: Database;
let locks: LockManager;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  locks = fakeLocks();
});

const datasets = { silver: ['s'], gold: ['g'], dev: [], test: [] };
const request = (runId: string, change: Partial<TrainRequest> = {}): TrainRequest => ({
  ...{ runId, name: runId, config: defaultConfig, checkpointUrl: 'x/', datasets, notice: '', device: null },
  data: { silver: [], gold: [], dev: [], test: [] },
  resume: false,
  ...change,
});
const finished = {
  kind: 'finished',
  record: { curve: [], dev: [] } as unknown as RunRecord,
} satisfies TrainOutcome;

/** Runs that the test ends; `end` also stores what a worker stores of them. */
interface Running {
  readonly request: TrainRequest;
  finish(): Promise<void>;
  fail(code?: 'not-finite' | 'device-lost'): void;
}

let number = 0;
/** A tab with its queue; the browser's locks and storage are those of all tabs. */
function openTab(channel = new BroadcastChannel(`queue ${String(number++)}`)) {
  const running: Running[] = [];
  const train: Client['train'] = (asked) => {
    const { runId } = asked;
    let end: (outcome: TrainOutcome) => void = () => undefined;
    let reject: (error: AppError) => void = () => undefined;
    const done = new Promise<TrainOutcome>((resolve, refuse) => {
      end = resolve;
      reject = refuse;
    });
    running.push({
      request: asked,
      async finish() {
        await updateRun(database, runId, { status: 'finished', record: finished.record });
        end(finished);
      },
      fail: (code = 'not-finite') => reject(new AppError(code, code)),
    });
    void updateRun(database, runId, { status: 'running' });
    const stop = () =>
      void updateRun(database, runId, { status: 'stopped' }).then(() => end({ kind: 'stopped', step: 1 }));
    const nothing = () => undefined;
    return { runId, pause: nothing, continue: nothing, step: nothing, stop, done };
  };
  const services = {
    ...{ client: { train }, database, locks, tabs: createTabs(channel, '1'), now: () => 1000 },
    newId: () => `experiment ${String(number++)}`,
    checkpoint: { url: 'x/' },
  } as unknown as Services;
  const notices = new Notices();
  const sets = { list: [], dataOf: () => ({ silver: [1, 2], gold: [1], dev: [], test: [] }) };
  const requests = createTrainRequests(services, sets as never, { reports: [], asked: null } as never);
  const ended: string[] = [];
  const runs = new RunsState(services, () => undefined);
  const queue = new QueueState({
    ...{ services, notices, requests, runs },
    onEnd: (job) => {
      ended.push(`${job.name} ${job.status}`);
      return Promise.resolve();
    },
  });
  const tried = () => running.map((run) => run.request.runId);
  const waits = () => queue.waiting.map(({ run }) => run.id);
  return { queue, runs, running, ended, notices, tried, waits, tabs: services.tabs };
}

const soon = (value: () => unknown) => expect.poll(value, { timeout: 5000, interval: 5 });

test('runs go one after the other, and each end is told', async () => {
  const { queue, running, ended, tried, waits } = openTab();
  await queue.add('both', 'free', [request('a'), request('b')]);
  await soon(tried).toEqual(['a']);
  expect([queue.active?.name, ...waits()]).toEqual(['a', 'b']);
  await running[0]!.finish();
  await soon(tried).toEqual(['a', 'b']);
  await running[1]!.finish();
  await soon(() => ended).toEqual(['a finished', 'b finished']);
  expect([queue.active, queue.open]).toEqual([null, []]);
  expect(queue.experiments.map(({ name, runs }) => [name, runs.length])).toEqual([['both', 2]]);
});

test('a closed page loses nothing: the next one goes on with the run that was cut short, then with the others', async () => {
  const first = openTab();
  await first.queue.add('both', 'equal-steps', [request('a', { repeats: 'before' }), request('b')]);
  await soon(first.tried).toEqual(['a']);
  expect(first.running[0]!.request).toMatchObject({ resume: false, repeats: 'before' });
  await updateRun(database, 'a', { step: 7 });

  locks = fakeLocks(); // the page is gone, and its locks with it
  const { queue, running, tried } = openTab();
  await queue.follow();
  await soon(tried).toEqual(['a']);
  expect(running[0]!.request).toMatchObject({ runId: 'a', resume: true, repeats: 'before' });
  await running[0]!.finish();
  await soon(tried).toEqual(['a', 'b']);
  expect(queue.experiments[0]?.budget).toBe('equal-steps');
});

test('what the person has paused waits for the person, after a reload too', async () => {
  const first = openTab();
  await first.queue.add('two', 'free', [request('a'), request('b')]);
  await soon(first.tried).toEqual(['a']);
  await first.queue.pause();
  await first.running[0]!.finish();
  await soon(() => first.queue.active).toBeNull();
  expect(first.tried()).toEqual(['a']);

  locks = fakeLocks();
  const { queue, tried, waits } = openTab();
  await queue.follow();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([tried(), waits(), queue.paused]).toEqual([[], ['b'], true]);
  await queue.goOn();
  await soon(tried).toEqual(['b']);
  expect(queue.paused).toBe(false);
});

test('a run that fails is tried once more, and then the others go on', async () => {
  const { queue, running, tried, notices } = openTab();
  await queue.add('two', 'free', [request('a'), request('b')]);
  await soon(tried).toEqual(['a']);
  running[0]!.fail();
  await soon(tried).toEqual(['a', 'a']);
  expect(notices.list.at(-1)?.what).toMatch(/^“a” failed: .* It is tried once more\.$/);
  running[1]!.fail();
  await soon(tried).toEqual(['a', 'a', 'b']);
  expect(await loadRun(database, 'a')).toMatchObject({ status: 'failed', error: { code: 'not-finite' } });
  expect(notices.list.at(-1)?.what).toMatch(/^“a” failed: .* The other runs go on\.$/);
  await queue.goOn((await loadRun(database, 'a'))!);
  await running[2]!.finish();
  await soon(tried).toEqual(['a', 'a', 'b', 'a']);
});

test('a failure that all runs would meet pauses the queue, and nothing is taken off it', async () => {
  const { queue, running, tried, waits } = openTab();
  await queue.add('two', 'free', [request('a'), request('b')]);
  await soon(tried).toEqual(['a']);
  running[0]!.fail('device-lost');
  await soon(() => queue.paused).toBe(true);
  await soon(() => queue.active).toBeNull();
  expect([tried(), waits()]).toEqual([['a'], ['b']]);
  await queue.goOn((await loadRun(database, 'a'))!);
  await soon(tried).toEqual(['a', 'a']);
});

test('pages that break at the same step again and again do not go on for ever', async () => {
  const asked: string[] = [];
  for (let page = 0; page < 7; page++) {
    locks = fakeLocks();
    const { queue, tried, notices } = openTab();
    if (page === 0) await queue.add('one', 'free', [request('a')]);
    else await queue.follow();
    await soon(() => tried().length + notices.list.length + Number(queue.paused)).toBeGreaterThan(0);
    asked.push(...tried());
  }
  expect(asked).toEqual(['a', 'a', 'a', 'a', 'a']);
});

test('runs can be put first, held back, taken off and put back', async () => {
  const { queue, running, tried, waits } = openTab();
  await queue.add(
    'four',
    'free',
    ['a', 'b', 'c', 'd'].map((id) => request(id)),
  );
  await soon(tried).toEqual(['a']);
  const item = (id: string) => queue.waiting.find(({ run }) => run.id === id)!;
  await queue.first(item('d'));
  expect(waits()).toEqual(['d', 'b', 'c']);
  await queue.hold(item('d'), true);
  const putBack = await queue.takeOff([item('b')]);
  expect(waits()).toEqual(['d', 'c']);
  expect(await loadRun(database, 'b')).toBeNull();
  await running[0]!.finish();
  await soon(tried).toEqual(['a', 'c']);
  await putBack();
  expect(waits()).toEqual(['d', 'b']);
  await running[1]!.finish();
  await soon(tried).toEqual(['a', 'c', 'b']);
  await running[2]!.finish();
  await soon(() => queue.active).toBeNull();
  await queue.hold(item('d'), false);
  await soon(tried).toEqual(['a', 'c', 'b', 'd']);
});

test('stopping all ends the present run, keeps it and the others, and begins none', async () => {
  const { queue, tried, waits, ended } = openTab();
  await queue.add(
    'three',
    'free',
    ['a', 'b', 'c'].map((id) => request(id)),
  );
  await soon(tried).toEqual(['a']);
  await queue.stopAll();
  await soon(() => ended).toEqual(['a stopped']);
  expect([tried(), waits()]).toEqual([['a'], ['a', 'b', 'c']]);
  await queue.goOn();
  await soon(tried).toEqual(['a', 'a']);
});

test('a run that is stopped alone waits for nobody, and the next begins', async () => {
  const { queue, tried, waits } = openTab();
  await queue.add('two', 'free', [request('a'), request('b')]);
  await soon(tried).toEqual(['a']);
  queue.job?.stop();
  await soon(tried).toEqual(['a', 'b']);
  expect(waits()).toEqual([]);
});

test('one tab works off the queue, another adds to it and is told', async () => {
  const name = `tabs ${String(number++)}`;
  const [here, there] = [openTab(new BroadcastChannel(name)), openTab(new BroadcastChannel(name))];
  await here.queue.add('one', 'free', [request('a')]);
  await soon(here.tried).toEqual(['a']);
  await there.queue.add('another', 'free', [request('b')]);
  await soon(() => there.queue.elsewhere).toBe(true);
  expect(there.tried()).toEqual([]);
  await soon(here.waits).toEqual(['b']);
  await here.running[0]!.finish();
  await soon(here.tried).toEqual(['a', 'b']);
  expect(there.tried()).toEqual([]);
});

test('a tab that watches holds the queue of another, and lets it go on', async () => {
  const channel = `shared ${String(number++)}`;
  const here = openTab(new BroadcastChannel(channel));
  const there = openTab(new BroadcastChannel(channel));
  await here.queue.add('three', 'free', [request('a'), request('b'), request('c')]);
  await soon(here.tried).toEqual(['a']);
  await there.queue.follow();
  await there.queue.pause();
  await soon(() => here.queue.paused).toBe(true);
  await here.running[0]!.finish();
  await soon(() => here.ended).toEqual(['a finished']);
  expect([here.tried(), there.tried()]).toEqual([['a'], []]);
  await there.queue.goOn();
  await soon(() => [...here.tried(), ...there.tried()]).toEqual(['a', 'b']);
});

test('without locks a tab begins nothing while another tells that it trains, and can when that one is gone', async () => {
  locks = undefined as unknown as LockManager; // as in insecure contexts
  const name = `tabs ${String(number++)}`;
  const other = createTabs(new BroadcastChannel(name), '1');
  const train = other.told((asked) => ({ runId: asked.runId, done: new Promise(() => undefined) }) as never);
  const here = openTab(new BroadcastChannel(name));
  train(request('theirs'), () => undefined);
  await soon(() => here.tabs.others().size).toBe(1);
  await here.queue.add('mine', 'free', [request('a')]);
  await soon(() => here.queue.elsewhere).toBe(true);
  expect(here.tried()).toEqual([]);
  other.leave();
  await soon(() => here.tabs.others().size).toBe(0);
  await here.queue.goOn();
  await soon(here.tried).toEqual(['a']);
  expect(here.queue.elsewhere).toBe(false);
});

test('a tab that waits lets one that is reloaded go first, and takes over where it does not come back', async () => {
  const order: string[] = [];
  const body = (name: string, until: Promise<void>) => () => {
    order.push(name);
    return until;
  };
  let close: () => void = () => undefined;
  let reloaded: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const grace = new Promise<void>((resolve) => (reloaded = resolve));
  const first = withQueueLock(locks, body('first', closed));
  const waits: string[] = [];
  const wait = () => {
    waits.push('waits');
    return waits.length === 1 ? grace : Promise.resolve();
  };
  const second = withQueueLock(locks, body('second', Promise.resolve()), () => order.push('second waits'), wait);
  await soon(() => order).toEqual(['first', 'second waits']);
  close();
  await first;
  await soon(() => waits.length).toBe(1);
  await withQueueLock(locks, body('first, reloaded', Promise.resolve()));
  reloaded();
  await second;
  expect(order).toEqual(['first', 'second waits', 'first, reloaded', 'second']);
});

test('a first stage is kept while a run wants it, and dropped with the last', async () => {
  const { queue, running, tried } = openTab();
  const of = (regimen: 'silver-only' | 'simple-mix' | 'gold-only') =>
    request(regimen, { config: { ...defaultConfig, regimen } });
  await queue.add('three', 'free', [of('silver-only'), of('gold-only'), of('simple-mix')]);
  await soon(tried).toHaveLength(1);
  const shared = running[0]!.request.shared!;
  expect(shared.keep).toBe(true);
  const stage = { bytes: Uint8Array.of(1), curve: [], dev: [], device: { name: 'cpu', adapter: '' } };
  await saveStage(database, { ...stage, key: shared.key });
  const kept = () => database.connection.getAllKeys('stages');
  await running[0]!.finish();
  await soon(tried).toHaveLength(2);
  expect(await kept()).toEqual([shared.key]);
  expect(running[1]!.request.shared).toMatchObject({ keep: false });
  await running[1]!.finish();
  await soon(tried).toHaveLength(3);
  expect(running[2]!.request.shared).toEqual({ key: shared.key, keep: false });
  await running[2]!.finish();
  await soon(kept).toEqual([]);
});

test('a first stage goes with the last run that wants it and is taken off, and not before', async () => {
  const { queue, running, tried } = openTab();
  const of = (runId: string, regimen: 'silver-only' | 'simple-mix') =>
    request(runId, { config: { ...defaultConfig, regimen } });
  await queue.add('three', 'free', [of('a', 'silver-only'), of('b', 'simple-mix'), of('c', 'simple-mix')]);
  await soon(tried).toEqual(['a']);
  const { key } = running[0]!.request.shared!;
  await saveStage(database, { bytes: Uint8Array.of(1), curve: [], dev: [], device: { name: 'cpu', adapter: '' }, key });
  const kept = () => database.connection.getAllKeys('stages');
  await queue.pause();
  await running[0]!.finish();
  await soon(() => queue.open.map(({ run }) => run.id)).toEqual(['b', 'c']);
  await queue.takeOff(queue.waiting.slice(0, 1));
  expect(await kept()).toEqual([key]);
  await queue.takeOff(queue.waiting);
  expect(await kept()).toEqual([]);
});

test('a first stage goes with the last run that wants it and is deleted', async () => {
  const { queue, runs } = openTab();
  await queue.pause();
  const config = { ...defaultConfig, regimen: 'simple-mix' as const };
  await queue.add('two', 'free', [request('a', { config }), request('b', { config })]);
  await queue.pause();
  const key = stageKeyOf({ config, datasets, checkpointUrl: 'x/' }, { silver: 2, gold: 1 })!;
  await saveStage(database, { bytes: Uint8Array.of(1), curve: [], dev: [], device: { name: 'cpu', adapter: '' }, key });
  const kept = () => database.connection.getAllKeys('stages');
  for (const [id, left] of [
    ['a', [key]],
    ['b', []],
  ] as const) {
    await deleteRun(database, id);
    await runs.load();
    await queue.keepStages(); // as the app does when a removed run is gone for good
    expect(await kept()).toEqual(left);
  }
});

test('a first stage has one key for all that train it alike', () => {
  const run = (change: Partial<StoredRun['config']>, other: Partial<StoredRun> = {}) =>
    stageKeyOf({ config: { ...defaultConfig, ...change }, datasets, checkpointUrl: 'x/', ...other }, counts);
  const counts = { silver: 100, gold: 20 };
  const silver = run({ regimen: 'silver-only' });
  expect(silver).not.toBeNull();
  expect(run({ regimen: 'simple-mix' })).toBe(silver);
  expect(run({ regimen: 'silver-then-both' })).toBe(silver);
  for (const other of [
    run({ regimen: 'silver-only', seed: 1 }),
    run({ regimen: 'gold-only' }),
    run({ regimen: 'silver-only' }, { checkpointUrl: 'y/' }),
    run({ regimen: 'silver-only' }, { datasets: { ...datasets, silver: ['t'] } }),
  ])
    expect(other).not.toBe(silver);
  expect(run({ regimen: 'blend' })).toBeNull();
  expect(stageKeyOf({ config: defaultConfig, datasets, checkpointUrl: 'x/' }, { silver: 0, gold: 20 })).toBeNull();
  expect(sharedStage(null, new Set())).toEqual({});
});

test('a run that was stopped with the queue, and then alone, is stopped', async () => {
  const { queue, tried } = openTab();
  await queue.add('two', 'free', [request('a'), request('b')]);
  await soon(tried).toEqual(['a']);
  await queue.stopAll();
  await soon(() => queue.active).toBeNull();
  await queue.goOn();
  await soon(tried).toEqual(['a', 'a']);
  queue.job?.stop();
  await soon(tried).toEqual(['a', 'a', 'b']);
});

test('what another tab has begun meanwhile is not taken off by a page that has not heard of it', async () => {
  const here = openTab(); // the two share no channel: nothing is told
  const there = openTab();
  await here.queue.add('two', 'free', [request('a'), request('b')]);
  await soon(here.tried).toEqual(['a']);
  await there.queue.follow();
  const stale = there.queue.waiting;
  expect(there.waits()).toEqual(['b']);
  await here.running[0]!.finish();
  await soon(here.tried).toEqual(['a', 'b']);
  await soon(async () => (await loadRun(database, 'b'))?.status).toBe('running');
  await expect(there.queue.takeOff(stale)).rejects.toMatchObject({ code: 'run-elsewhere' });
  expect((await loadRun(database, 'b'))?.status).toBe('running');
});

test('putting a run back keeps what was said of it meanwhile, and begins none again that has gone on', async () => {
  const { queue, tried, waits } = openTab();
  await queue.add('one', 'free', [request('a')]);
  await soon(tried).toEqual(['a']);
  await queue.stopAll();
  await soon(() => queue.active).toBeNull();
  await updateRun(database, 'a', { step: 7 });
  const putBack = await queue.takeOff(queue.waiting);
  expect([waits(), (await loadRun(database, 'a'))?.status]).toEqual([[], 'stopped']);
  await updateRun(database, 'a', { notes: 'typed meanwhile', step: 7 });
  await putBack();
  expect(await loadRun(database, 'a')).toMatchObject({ notes: 'typed meanwhile', step: 7 });
  expect(waits()).toEqual(['a']);
  await updateRun(database, 'a', { status: 'finished', record: finished.record });
  await putBack();
  expect((await loadRun(database, 'a'))?.status).toBe('finished');
});
