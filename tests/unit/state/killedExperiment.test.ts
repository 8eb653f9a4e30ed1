import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { planExperiment } from '../../../src/run/experiment/experiment.ts';
import { runName } from '../../../src/run/experiment/variant.ts';
import type { RunConfig } from '../../../src/run/config.ts';
import { Notices } from '../../../src/state/notices.svelte.ts';
import { QueueState } from '../../../src/state/queue.svelte.ts';
import { RunsState } from '../../../src/state/runs.svelte.ts';
import type { Services } from '../../../src/state/services.ts';
import { createTrainRequests } from '../../../src/state/trainRequests.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { loadModel } from '../../../src/storage/models.ts';
import { listRuns } from '../../../src/storage/runs.ts';
import { nextMessageTask } from '../../../src/worker/env.ts';
import type { TrainRequest } from '../../../src/worker/protocol.ts';
import { createTabs } from '../../../src/worker/tabs.ts';
import { fakeLocks } from '../../support/fakeLocks.ts';
import { tinyConfig, tinyData } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const datasets = { silver: ['s'], gold: ['g'], dev: ['d'], test: ['t'] };
const variants = [{ regimen: 'silver-only' }, { regimen: 'simple-mix' }, { regimen: 'silver-then-both' }] as const;
const spec = { base: tinyConfig, variants, goldSizes: [null], seeds: [0, 1], budget: 'free' } as const;
const { configs } = planExperiment(spec, { silver: tinyData.silver.length, gold: tinyData.gold.length });

let ids = 0;
/** A page with its worker on the cpu device, and locks that go with it. `onStep` is told of every step that it trains. */
async function openPage(onStep: () => void) {
  const dead = { yes: false };
  const database = await openDatabase();
  const { client } = createHarness({
    // A worker that is killed computes nothing more and stores nothing more.
    nextTask: () => (dead.yes ? new Promise(() => undefined) : nextMessageTask()),
  });
  const services = {
    ...{
      database,
      locks: fakeLocks(),
      now: () => ids,
      newId: () => `id ${String(ids++)}`,
      checkpoint: { url: tinyUrl },
    },
    tabs: createTabs(new BroadcastChannel(`killed ${String(ids++)}`), '1'),
    client: {
      ...client,
      train(request: TrainRequest, onEvent: Parameters<typeof client.train>[1]) {
        const handle = client.train(request, (event) => {
          if (dead.yes) return; // nobody is there to hear it
          onEvent(event);
          if (event.kind === 'steps') event.points.forEach(onStep);
        });
        const unheard = new Promise<never>(() => undefined);
        return { ...handle, done: handle.done.then((outcome) => (dead.yes ? unheard : outcome)) };
      },
    },
  } as unknown as Services;
  const sets = { list: [], dataOf: () => tinyData };
  const requests = createTrainRequests(services, sets as never, { reports: [], asked: null } as never);
  const notices = new Notices();
  const runs = new RunsState(services, () => undefined);
  const queue = new QueueState({ services, notices, requests, runs, onEnd: () => Promise.resolve() });
  const kill = () => {
    dead.yes = true;
  };
  return {
    queue,
    notices,
    kill,
    isDead: () => dead.yes,
    requestOf: (config: RunConfig) => requests.of(config, datasets),
  };
}

/** Trains the experiment; the page is killed at the n-th step that it trains, for each n, and opened again. */
async function table(kills: readonly number[]) {
  let page: Awaited<ReturnType<typeof openPage>>;
  for (let i = 0; i <= kills.length; i++) {
    let steps = 0;
    page = await openPage(() => {
      if (++steps === kills[i]) page.kill();
    });
    const { queue } = page;
    if (i === 0) await queue.add('killed', 'free', configs.map(page.requestOf));
    else await queue.follow();
    const isOver = () => page.isDead() || queue.open.length === 0;
    await expect.poll(isOver, { timeout: 20_000, interval: 5 }).toBe(true);
    expect(page.notices.list).toEqual([]);
  }
  const database = await openDatabase();
  const rows = await Promise.all(
    (await listRuns(database)).map(async ({ id, config, record, status }) => ({
      ...{ name: runName(config), status, curve: record?.curve, scores: record?.scores },
      weights: (await loadModel(database, id))?.files.get('model.safetensors'),
    })),
  );
  const left = await database.connection.count('stages');
  database.close();
  return { rows: rows.sort((a, b) => (a.name < b.name ? -1 : 1)), left };
}

test('an experiment whose page is killed again and again ends with the same models, bit for bit', async () => {
  const whole = await table([]);
  expect(whole.rows.map(({ name, status }) => `${name}: ${status}`)).toEqual([
    'Silver only, seed 0: finished',
    'Silver only, seed 1: finished',
    'Silver, then both, seed 0: finished',
    'Silver, then both, seed 1: finished',
    'Simple mix, seed 0: finished',
    'Simple mix, seed 1: finished',
  ]);
  expect(whole.left).toBe(0); // shared first stages are dropped with the last run that wants them
  globalThis.indexedDB = new IDBFactory();
  const random = createRandom(7, 'kills');
  const kills = Array.from({ length: 6 }, () => 1 + Math.floor(random.next() * 8));
  expect(await table(kills)).toEqual(whole);
});
