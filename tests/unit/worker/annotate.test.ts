import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AnswerRecord, JobEvent } from '../../../src/llm/job/types.ts';
import { createRandom } from '../../../src/core/random.ts';
import { answersOfJob } from '../../../src/storage/answers.ts';
import { openDatabase, type Database } from '../../../src/storage/database.ts';
import { loadJob } from '../../../src/storage/jobs.ts';
import type { AnnotateRequest } from '../../../src/worker/annotateProtocol.ts';
import { jobLock } from '../../../src/worker/jobLock.ts';
import { localSettings, type TeacherSource } from '../../../src/llm/providers/teacherOf.ts';
import { simulationPresets } from '../../../src/llm/simulate/presets.ts';
import { faultKey } from '../../support/faultBodies.ts';
import { startFaultServer, type FaultServer, type FaultServerOptions } from '../../support/faultServer.ts';
import { nodeNetwork, questions, settings, spec } from '../../support/job.ts';
import { tinySentences } from '../../support/tinyData.ts';
import { createHarness } from '../../support/workerHarness.ts';

let database: Database;
let server: FaultServer | null = null;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  database = await openDatabase();
});
afterEach(async () => {
  database.close();
  await server?.close();
  server = null;
});

async function start(options: FaultServerOptions = {}): Promise<FaultServer> {
  server = await startFaultServer({ answer: (body) => `about ${/sentence \d+/.exec(body)![0]}`, ...options });
  return server;
}

function request(count: number, change: Partial<AnnotateRequest> = {}): AnnotateRequest {
  return {
    spec: spec({ settings: settings({ endpoint: server!.endpoint('openai') }) }),
    questions: questions(count),
    again: { failed: false, uncertain: false },
    source: { datasetId: 'd', recipe: { prompt: 'standard' } },
    teacher: { provider: 'openai', key: faultKey },
    ...change,
  };
}

const textsOf = (records: readonly AnswerRecord[]) =>
  new Map(records.filter(({ status }) => status === 'answered').map(({ sentenceId, text }) => [sentenceId, text]));

test('a job in the worker: its progress, its answers, and what is stored of it', async () => {
  await start();
  const { client } = createHarness();
  const events: JobEvent[] = [];
  const handle = client.annotate(request(9), (event) => events.push(event));
  expect(handle.jobId).toBe('job');
  const outcome = await handle.done;
  expect(outcome).toMatchObject({ kind: 'finished', progress: { total: 9, answered: 9 } });
  const told = events.flatMap((event) => (event.kind === 'answers' ? event.records : []));
  expect(textsOf(told).get('7')).toBe('about sentence 7');
  expect(events.at(-1)).toEqual({ kind: 'progress', progress: outcome.progress });
  expect(await loadJob(database, 'job')).toMatchObject({
    status: 'finished',
    failure: null,
    progress: outcome.progress,
    source: { datasetId: 'd', recipe: { prompt: 'standard' } },
  });
  expect(textsOf(await answersOfJob(database, 'job'))).toEqual(textsOf(told));
  client.close();
});

test('the key is in no store, no message of the worker and no address', async () => {
  await start({ fault: (n) => (n % 3 === 1 ? 'html' : 'ok'), answer: () => `I was told ${faultKey}` });
  const { client } = createHarness();
  const events: JobEvent[] = [];
  const outcome = await client.annotate(request(6), (event) => events.push(event)).done;
  const stored: unknown[] = [];
  for (const name of database.connection.objectStoreNames) stored.push(await database.connection.getAll(name));
  expect(JSON.stringify([outcome, events, stored, server!.received.map(({ url }) => url)])).not.toContain(faultKey);
  expect(JSON.stringify(stored)).toContain('I was told •••');
  client.close();
});

test('a halted job is stored with its reason, and a wrong setting is refused before anything is stored', async () => {
  await start();
  const { client } = createHarness();
  const halted = await client.annotate(
    request(3, { teacher: { provider: 'openai', key: 'another-key' } }),
    () => undefined,
  ).done;
  expect(halted).toMatchObject({ kind: 'halted', failure: { code: 'teacher-key' } });
  expect(await loadJob(database, 'job')).toMatchObject({ status: 'halted', failure: { code: 'teacher-key' } });
  const wrong = request(3, { spec: spec({ id: 'wrong', settings: settings({ model: '' }) }) });
  await expect(client.annotate(wrong, () => undefined).done).rejects.toMatchObject({ code: 'config-invalid' });
  expect(await loadJob(database, 'wrong')).toBeNull();
  const resumed = await client.annotate(request(3), () => undefined).done;
  expect(resumed).toMatchObject({ kind: 'finished', progress: { answered: 3 } });
  client.close();
});

test('pause holds what is not yet sent, continue goes on, stop waits for what is in flight', async () => {
  await start({ delayMs: () => 5 });
  const { client } = createHarness();
  const events: JobEvent[] = [];
  // Both are asked for at the first answers: a busy machine has then no time to finish the job before.
  let goingOn = false;
  const handle = client.annotate(request(200), (event) => {
    events.push(event);
    if (event.kind !== 'answers') return;
    if (goingOn) {
      goingOn = false; // a second stop would end what is in flight
      handle.stop();
    } else if (!events.some(({ kind }) => kind === 'paused')) {
      handle.pause();
    }
  });
  await expect.poll(() => events.find(({ kind }) => kind === 'paused')).toEqual({ kind: 'paused', paused: true });
  await expect.poll(() => events.findLast((event) => event.kind === 'progress')?.progress.inFlight).toBe(0);
  const asked = server!.received.length;
  expect(asked).toBeLessThan(200);
  expect((await loadJob(database, 'job'))?.status).toBe('paused');
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(server!.received).toHaveLength(asked);
  goingOn = true;
  handle.continue();
  const outcome = await handle.done;
  expect(server!.received.length).toBeGreaterThan(asked);
  expect(outcome).toMatchObject({ kind: 'stopped', progress: { uncertain: 0, inFlight: 0, failed: 0 } });
  expect(outcome.progress.answered).toBe(server!.received.length);
  expect((await loadJob(database, 'job'))?.status).toBe('stopped');
  client.close();
});

test('a second stop ends what hangs', async () => {
  await start({ fault: () => 'hang' });
  const { client } = createHarness();
  const slow = spec({ settings: settings({ endpoint: server!.endpoint('openai') }) });
  const limits = { ...slow.limits, timeoutMs: 60_000 };
  const handle = client.annotate(request(6, { spec: { ...slow, limits } }), () => undefined);
  await expect.poll(() => server!.received.length).toBe(limits.concurrency);
  handle.stop();
  handle.stop();
  expect(await handle.done).toMatchObject({ kind: 'stopped', progress: { uncertain: limits.concurrency } });
  client.close();
});

test('teachers without a network: recorded and simulated, each with settings of its own', async () => {
  await start();
  const { client } = createHarness();
  const [recording, simulation]: readonly Exclude<TeacherSource, { key: string }>[] = [
    { provider: 'recorded', answers: [{ id: '1', response: 'one', line: 1 }] },
    { provider: 'simulated', gold: tinySentences(0, 2), preset: simulationPresets[0]!, seed: 1 },
  ];
  const ask = (id: string, teacher: Exclude<TeacherSource, { key: string }>) => {
    const job = spec({ id, provider: teacher.provider, settings: localSettings(teacher) });
    return client.annotate(request(2, { spec: job, teacher }), () => undefined).done;
  };
  expect((await ask('r', recording!)).progress).toMatchObject({ answered: 1, failed: 1 });
  expect(textsOf(await answersOfJob(database, 'r'))).toEqual(new Map([['1', 'one']]));
  expect((await ask('s', simulation!)).progress).toMatchObject({ answered: 2, reused: 0 });
  const [answer] = await answersOfJob(database, 's');
  expect(answer).toMatchObject({ provider: 'simulated', model: 'simulated: sample-standard', settings: { seed: 1 } });
  expect((await ask('t', { ...simulation!, seed: 2 } as typeof simulation & object)).progress.reused).toBe(0);
  expect(server!.received).toHaveLength(0);
  client.close();
});

test('models are listed through the worker', async () => {
  await start();
  const { client } = createHarness();
  const endpoint = server!.endpoint('gemini');
  expect(await client.listModels({ provider: 'gemini', endpoint, key: faultKey })).toEqual(['m1', 'm2']);
  await expect(client.listModels({ provider: 'gemini', endpoint, key: 'no' })).rejects.toMatchObject({
    code: 'teacher-key',
  });
  client.close();
});

test('a job goes on in one tab only', async () => {
  await start();
  const held: string[] = [];
  const locks = {
    request(name: string, _options: unknown, body: () => Promise<unknown>) {
      held.push(name);
      return body();
    },
  } as unknown as LockManager;
  const { client } = createHarness({ locks });
  await client.annotate(request(1), () => undefined).done;
  expect(held).toEqual([`vermeil/run/${jobLock('job')}`]);
  client.close();
});

/**
 * A worker that dies at its n-th act, be it a write, the end of a write, a request or the end of one: from then on nothing
 * it waits for ever comes, and nothing it says is heard, as when a tab is closed.
 */
function mortal(n: number) {
  let acts = 0;
  let sends = 0;
  let die: () => void = () => undefined;
  const death = new Promise<void>((resolve) => (die = resolve));
  const never = new Promise<never>(() => undefined);
  const act = () => {
    if (++acts >= n) die();
    return acts >= n ? never : Promise.resolve();
  };
  const network = nodeNetwork();
  const mortalFetch: typeof fetch = async (input, init) => {
    await act();
    sends++;
    const response = await network.fetch(input, init);
    const text = await response.text();
    await act();
    return new Response(text, { status: response.status, headers: response.headers });
  };
  const connection = new Proxy(database.connection, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (name !== 'transaction') return typeof found === 'function' ? (found.bind(target) as unknown) : found;
      return (...args: Parameters<typeof target.transaction>) => {
        if (acts >= n) throw new Error('dead');
        return target.transaction(...args);
      };
    },
  });
  const shown: Database = { ...database, live: () => Promise.resolve(connection) };
  const env = {
    network: { ...network, fetch: mortalFetch },
    database: async () => {
      await act();
      return shown;
    },
  };
  return { env, death, sends: () => sends };
}

test('killed at 20 random moments and gone on with: no answer is lost, and nothing is asked twice unless demanded', async () => {
  const random = createRandom(11, 'kills');
  const count = 25;
  for (let kill = 0; kill < 20; kill++) {
    globalThis.indexedDB = new IDBFactory();
    database.close();
    database = await openDatabase();
    const { received } = await start({ delayMs: () => random.below(3) });
    const { env, death, sends } = mortal(2 + random.below(2 * count));
    const dying = createHarness(env);
    const told: AnswerRecord[] = [];
    dying.client
      .annotate(request(count), (event) => {
        if (event.kind === 'answers') told.push(...event.records);
      })
      .done.catch(() => undefined);
    await death;
    dying.client.close();
    // What was on its way to the server gets there, also what had not arrived when the worker died.
    await expect.poll(() => [received.length, server!.openNow()]).toEqual([sends(), 0]);
    const stored = textsOf(await answersOfJob(database, 'job'));
    for (const [id, text] of textsOf(told)) expect(stored.get(id)).toBe(text);
    const askedBefore = received.length;

    const second = createHarness();
    const after = await second.client.annotate(request(count), () => undefined).done;
    const { answered, uncertain } = after.progress;
    expect([after.kind, answered + uncertain]).toEqual(['finished', count]);
    // One request a sentence, over both lives; only what was written down and not answered is left.
    const sentences = received.map(({ body }) => /sentence \d+/.exec(body)![0]);
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(received.length - askedBefore).toBe(answered - stored.size);
    const now = await answersOfJob(database, 'job');
    for (const [id, text] of stored) expect(textsOf(now).get(id)).toBe(text);
    expect(now.filter(({ status }) => status === 'sent')).toHaveLength(uncertain);
    expect(uncertain).toBeLessThanOrEqual(spec().limits.concurrency);

    const third = await second.client.annotate(
      request(count, { again: { failed: false, uncertain: true } }),
      () => undefined,
    ).done;
    expect(third).toMatchObject({ kind: 'finished', progress: { answered: count, uncertain: 0 } });
    expect(received.length - askedBefore).toBe(answered - stored.size + uncertain);
    for (const [id, text] of textsOf(await answersOfJob(database, 'job'))) expect(text).toBe(`about sentence ${id}`);
    second.client.close();
    await server!.close();
  }
});
