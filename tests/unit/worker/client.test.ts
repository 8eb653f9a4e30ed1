import { expect, test } from 'vitest';
import { createClient } from '../../../src/worker/client.ts';
import type { WorkerLike } from '../../../src/worker/channel.ts';
import type { Reply, Request } from '../../../src/worker/protocol.ts';
import { tinyRequest } from '../../support/tinyData.ts';

/** A worker that does nothing by itself: the test reads what it got and says what it answers. */
class PuppetWorker implements WorkerLike {
  readonly got: unknown[] = [];
  terminated = false;
  readonly #listeners = new Map<string, (event: { data: unknown; message: string }) => void>();

  postMessage(message: unknown): void {
    this.got.push(structuredClone(message));
  }

  terminate(): void {
    this.terminated = true;
  }

  addEventListener(type: string, listener: (event: { data: unknown; message: string }) => void): void {
    this.#listeners.set(type, listener);
  }

  say(reply: Reply): void {
    this.#listeners.get('message')?.({ data: reply, message: '' });
  }

  die(message: string): void {
    this.#listeners.get('error')?.({ data: null, message });
  }

  /** The requests, without the setup. */
  requests(): Request[] {
    return this.got.slice(1) as Request[];
  }
}

function open() {
  const workers: PuppetWorker[] = [];
  const client = createClient({
    createWorker: () => {
      const worker = new PuppetWorker();
      workers.push(worker);
      return worker;
    },
    wasmPath: '/wasm/',
    appVersion: '1.2.3',
  });
  return { client, workers };
}

const diagnosis = { devices: [], chosen: 'wasm' as const };

test('one worker is made at the first request and told first what only the page knows', async () => {
  const { client, workers } = open();
  expect(workers).toHaveLength(0);
  const answers = [client.diagnose(), client.diagnose()];
  expect(workers).toHaveLength(1);
  const [worker] = workers;
  expect(worker!.got[0]).toEqual({ kind: 'setup', wasmPath: '/wasm/', appVersion: '1.2.3', life: '' });
  const [first, second] = worker!.requests();
  worker!.say({ id: second!.id, kind: 'diagnosed', diagnosis: { devices: [], chosen: null } });
  worker!.say({ id: first!.id, kind: 'diagnosed', diagnosis });
  expect((await Promise.all(answers)).map(({ chosen }) => chosen)).toEqual(['wasm', null]);
});

test('events reach their own run, and nothing reaches one that has ended', async () => {
  const { client, workers } = open();
  const [one, two]: [string[], string[]] = [[], []];
  const first = client.train(tinyRequest('1', '/'), ({ kind }) => one.push(kind));
  client.train(tinyRequest('2', '/'), ({ kind }) => two.push(kind)).done.catch(() => undefined);
  const worker = workers[0]!;
  const [a, b] = worker.requests();
  worker.say({ id: b!.id, kind: 'event', event: { kind: 'waiting', elsewhere: false } });
  worker.say({ id: a!.id, kind: 'event', event: { kind: 'saved', step: 1 } });
  worker.say({ id: a!.id, kind: 'trained', outcome: { kind: 'stopped', step: 1 } });
  worker.say({ id: a!.id, kind: 'event', event: { kind: 'saved', step: 2 } });
  worker.say({ id: a!.id, kind: 'trained', outcome: { kind: 'stopped', step: 2 } });
  worker.say({ id: 99, kind: 'trained', outcome: { kind: 'stopped', step: 9 } });
  expect(await first.done).toEqual({ kind: 'stopped', step: 1 });
  expect([one, two]).toEqual([['saved'], ['waiting']]);
  const sent = worker.got.length;
  first.pause();
  expect(worker.got).toHaveLength(sent);
  client.close();
});

test('a failure comes back as the AppError it was', async () => {
  const { client, workers } = open();
  const answer = client.exportModel('r');
  const [request] = workers[0]!.requests();
  workers[0]!.say({ id: request!.id, kind: 'failed', code: 'storage-full', message: 'm', detail: { reason: 'x' } });
  await expect(answer).rejects.toMatchObject({
    name: 'AppError',
    code: 'storage-full',
    message: 'm',
    detail: { reason: 'x' },
  });
});

test('a dead worker fails every open request, and the next one gets a new worker', async () => {
  const { client, workers } = open();
  const lost = [client.diagnose(), client.train(tinyRequest('r', '/'), () => undefined).done];
  const [old] = workers;
  const [stale] = old!.requests();
  old!.die('out of memory');
  const fatal = { code: 'worker-failed', detail: { reason: 'out of memory' } };
  for (const answer of lost) await expect(answer).rejects.toMatchObject(fatal);
  expect(old!.terminated).toBe(true);

  const next = client.diagnose();
  expect(workers).toHaveLength(2);
  old!.die('again'); // what is left of the old worker harms nobody
  old!.say({ id: stale!.id, kind: 'diagnosed', diagnosis: { devices: [], chosen: null } });
  const [request] = workers[1]!.requests();
  expect(request!.id).not.toBe(stale!.id);
  workers[1]!.say({ id: request!.id, kind: 'diagnosed', diagnosis });
  expect(await next).toEqual(diagnosis);
});

test('what cannot be sent, and what does not fit, is told', async () => {
  const { client, workers } = open();
  const unsendable = { ...tinyRequest('r', '/'), name: (() => 'x') as unknown as string };
  await expect(client.train(unsendable, () => undefined).done).rejects.toMatchObject({ code: 'worker-failed' });
  const answer = client.diagnose();
  const request = workers[0]!.requests().at(-1);
  workers[0]!.say({ id: request.id, kind: 'trained', outcome: { kind: 'stopped', step: 0 } });
  await expect(answer).rejects.toMatchObject({ code: 'worker-failed' });
});

test('closing ends the worker and what it was doing', async () => {
  const { client, workers } = open();
  const answer = client.diagnose();
  client.close();
  await expect(answer).rejects.toMatchObject({ code: 'stopped' });
  expect(workers[0]!.terminated).toBe(true);
});
