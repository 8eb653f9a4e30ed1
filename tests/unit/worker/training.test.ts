import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { unzipSync } from 'fflate';
import { beforeEach, expect, test } from 'vitest';
import { scoresOf } from '../../../src/eval/scores.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { keepWeightsSetting } from '../../../src/storage/keepWeights.ts';
import { loadModel } from '../../../src/storage/models.ts';
import { loadPredictions } from '../../../src/storage/predictions.ts';
import { loadRun, updateRun } from '../../../src/storage/runs.ts';
import { saveSetting } from '../../../src/storage/settings.ts';
import type { PageTrainEvent, TrainOutcome } from '../../../src/worker/protocol.ts';
import type { RunConfig } from '../../../src/run/config.ts';
import { tinyConfig, tinyData, tinyRequest } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

let database: Database;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
  await saveSetting(database, keepWeightsSetting, 'all'); // runs here are held against each other by their weights
});

function recordOf(outcome: TrainOutcome) {
  if (outcome.kind !== 'finished') throw new Error(outcome.kind);
  return outcome.record;
}

test('a run tells what happens in order, loses no point, and is stored with its model', async () => {
  const { client, asked } = createHarness();
  const events: PageTrainEvent[] = [];
  const record = recordOf(await client.train(tinyRequest('r', tinyUrl), (event) => events.push(event)).done);

  const kinds = events.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind !== 'steps' && kind !== 'loading')).toEqual([
    'device',
    'started',
    'stage',
    'dev', // after the silver pass
    'saved', // at the end of the silver stage
    'stage',
    'dev',
    'dev',
    'saved',
    'finished',
  ]);
  const loading = events.flatMap((event) => (event.kind === 'loading' ? [event.what] : []));
  expect([...new Set(loading)]).toEqual(['checkpoint', 'device', 'encoding', 'scoring']);
  const points = events.flatMap((event) => (event.kind === 'steps' ? event.points : []));
  expect(points.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(points).toEqual(record.curve);
  expect(points.map(({ silverShare }) => silverShare)).toEqual([1, 1, 1, 0, 0, 0, 0]);
  const tokens = events.reduce((sum, event) => sum + (event.kind === 'steps' ? event.tokens : 0), 0);
  expect(tokens).toBe(record.tokens);

  const run = await loadRun(database, 'r');
  expect(run).toMatchObject({ status: 'finished', steps: 7, step: 7, modelKept: true, error: null, record });
  const predictions = await loadPredictions(database, 'r');
  const tags = (numbers: readonly number[]) => numbers.map((tag) => predictions!.tags[tag]!);
  expect(
    scoresOf(
      predictions!.sentences.map(({ gold }) => tags(gold)),
      predictions!.sentences.map(({ predicted }) => tags(predicted)),
    ),
  ).toEqual(record.scores.test);
  expect(run?.device?.name).toBe('cpu');
  expect(run?.log.map(({ what, step, detail }) => [what, step, detail])).toEqual([
    ['begun', 0, 'Vermeil 0.0.0-test, test'],
    ['finished', 7, ''],
  ]);
  expect(record.scores.test?.default.micro.support).toBeGreaterThan(0);
  expect(await database.connection.count('snapshots')).toBe(0);
  expect([...((await loadModel(database, 'r'))?.files.keys() ?? [])].sort()).toEqual([
    'README.md',
    'config.json',
    'model.safetensors',
    'tokenizer_config.json',
    'vermeil.json',
    'vocab.txt',
  ]);

  const fetched = asked.length;
  await client.train(tinyRequest('again', tinyUrl), () => undefined).done;
  expect(asked.length).toBe(fetched); // the checkpoint came out of the database
  client.close();
});

test('a model predicts and is taken home after a reload, as it was in memory', async () => {
  const first = createHarness();
  await first.client.train(tinyRequest('r', tinyUrl), () => undefined).done;
  const inMemory = await first.client.predictSentences('r', tinyData.test);
  first.client.close();

  const { client } = createHarness();
  expect(await client.predictSentences('r', tinyData.test)).toEqual(inMemory);
  const [found] = await client.predict('r', [tinyData.test[0]!.text]);
  expect(found!.sentence.words).toEqual(tinyData.test[0]!.words);
  expect(found!.spans).toEqual(inMemory[0]);
  const { fileName, zip } = await client.exportModel('r');
  expect(fileName).toBe('run-r.zip');
  const files = unzipSync(zip);
  expect(Object.keys(files)).toContain('model.safetensors');
  expect(new TextDecoder().decode(files['README.md'])).toContain('Nobody labelled this.');
  await expect(client.predict('unknown', ['x'])).rejects.toMatchObject({ code: 'file-missing' });
  await expect(client.exportModel('unknown')).rejects.toMatchObject({ code: 'file-missing' });
  client.close();
});

test('a run that repeats another takes what its engine had chosen, and ends with its bits', async () => {
  const { client } = createHarness();
  await client.train(tinyRequest('r', tinyUrl), () => undefined).done;
  const record = (await loadRun(database, 'r'))!.record!;
  const engine = { ...record.engine, microBatchTokens: 20 };
  await updateRun(database, 'r', { record: { ...record, engine } });
  const weights = async (runId: string) => (await loadModel(database, runId))?.files.get('model.safetensors');
  for (const runId of ['again', 'and again']) {
    await client.train(tinyRequest(runId, tinyUrl, { repeats: 'r' }), () => undefined).done;
    expect((await loadRun(database, runId))!.record!.engine).toEqual(engine);
  }
  expect(await weights('again')).toEqual(await weights('and again'));
  expect(await weights('again')).not.toEqual(await weights('r'));
  const { done } = client.train(tinyRequest('own', tinyUrl, { repeats: 'nobody' }), () => undefined);
  expect((await done).kind).toBe('finished');
  client.close();
});

test('what a run would be trained with has the digests of the run that was', async () => {
  const { client } = createHarness();
  const request = tinyRequest('r', tinyUrl);
  const { digests } = recordOf(await client.train(request, () => undefined).done);
  expect(await client.digest(request)).toEqual(digests);
  const data = { ...tinyData, gold: tinyData.gold.slice(1) };
  const other = await client.digest({ ...request, data });
  expect(other.data).not.toBe(digests.data);
  expect(other.checkpoint).toBe(digests.checkpoint);
  expect(other.sources).toMatchObject({ gold: { sentences: 7 }, silver: digests.sources?.silver });
});

test('a second run waits for the first', async () => {
  const { client } = createHarness();
  const order: string[] = [];
  const follow = (name: string) => (event: PageTrainEvent) => {
    if (['waiting', 'started', 'finished'].includes(event.kind)) order.push(`${name} ${event.kind}`);
  };
  const one = client.train(tinyRequest('1', tinyUrl), follow('1'));
  const two = client.train(tinyRequest('2', tinyUrl), follow('2'));
  await Promise.all([one.done, two.done]);
  expect(order).toEqual(['2 waiting', '1 started', '1 finished', '2 started', '2 finished']);
  const three = client.train(tinyRequest('3', tinyUrl), () => undefined);
  three.stop();
  expect(await three.done).toEqual({ kind: 'stopped', step: 0 });
  expect(await loadRun(database, '3')).toMatchObject({ status: 'stopped', step: 0 });
  client.close();
});

test('a first stage that runs share is trained once, outlives the worker, and the others end as if they had trained it', async () => {
  const weights = async (runId: string) => (await loadModel(database, runId))?.files.get('model.safetensors');
  const train = async (runId: string, regimen: RunConfig['regimen'], keep: boolean | null, change = {}) => {
    const { client } = createHarness(); // a new worker each time, as after a reload
    const events: PageTrainEvent[] = [];
    const shared = keep === null ? {} : { shared: { key: 'silver', keep } };
    const request = tinyRequest(runId, tinyUrl, { config: { ...tinyConfig, regimen, ...change }, ...shared });
    await client.train(request, (event) => events.push(event)).done;
    client.close();
    return events.flatMap((event) => (event.kind === 'note' ? [event.note] : []));
  };
  const taken = [{ what: 'first-stage-shared', step: 3 }];
  const regimens = ['silver-only', 'simple-mix', 'silver-then-both'] as const;
  for (const regimen of regimens) expect(await train(`${regimen} alone`, regimen, null)).toEqual([]);
  expect(await train('silver-only', 'silver-only', true)).toEqual([]);
  expect(await database.connection.getAllKeys('stages')).toEqual(['silver']);
  expect(await train('simple-mix', 'simple-mix', true)).toEqual(taken);
  expect(await train('silver-then-both', 'silver-then-both', false)).toEqual(taken);
  for (const regimen of regimens) {
    expect(await weights(regimen), regimen).toEqual(await weights(`${regimen} alone`));
    const [shared, own] = [await loadRun(database, regimen), await loadRun(database, `${regimen} alone`)];
    expect(shared?.record?.curve).toEqual(own?.record?.curve);
    expect(shared?.record?.scores).toEqual(own?.record?.scores);
  }
  // What the key does not tell apart the engine does: the stage is trained again.
  expect(await train('other seed', 'simple-mix', false, { seed: 1 })).toEqual([]);
});

test('a shared first stage for which there is no room is trained by each run', async () => {
  const { client } = createHarness({
    database: async () => {
      const { connection } = database;
      const full = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
      const refusing = new Proxy(connection, {
        get: (target, name) =>
          name === 'transaction'
            ? (stores: never, mode: never) =>
                [stores].flat().includes('stages' as never) ? full() : target.transaction(stores, mode)
            : Reflect.get(target, name, target),
      });
      return Promise.resolve({ ...database, live: () => Promise.resolve(refusing) });
    },
  });
  const request = tinyRequest('r', tinyUrl, { shared: { key: 'silver', keep: true } });
  expect((await client.train(request, () => undefined).done).kind).toBe('finished');
  expect(await database.connection.count('stages')).toBe(0);
  client.close();
});

test('what is wrong with the request fails the run with its code', async () => {
  const { client } = createHarness();
  const fail = async (runId: string, url: string, layers: number) => {
    const request = tinyRequest(runId, url);
    return client.train({ ...request, config: { ...request.config, layers } }, () => undefined).done;
  };
  await expect(fail('a', 'https://here.test/models/none/', 2)).rejects.toMatchObject({ code: 'file-missing' });
  await expect(fail('b', tinyUrl, 5)).rejects.toMatchObject({ code: 'checkpoint-sizes' });
  expect(await loadRun(database, 'a')).toMatchObject({ status: 'failed', error: { code: 'file-missing' } });
  expect(await database.connection.count('checkpoints')).toBe(0); // nothing unsound is kept
  client.close();
});
