import { afterEach, describe, expect, test } from 'vitest';
import { textOf } from '../../../../src/core/errorTexts.ts';
import { runJob } from '../../../../src/llm/job/run.ts';
import type { JobOutcome } from '../../../../src/llm/job/types.ts';
import { httpTeacher, listModels } from '../../../../src/llm/providers/httpTeacher.ts';
import type { HttpProviderId, Reply } from '../../../../src/llm/providers/provider.ts';
import { faultKey } from '../../../support/faultBodies.ts';
import {
  startFaultServer,
  type Fault,
  type FaultServer,
  type FaultServerOptions,
} from '../../../support/faultServer.ts';
import { jobEnv, memoryStore, nodeNetwork, question, questions, settings, spec } from '../../../support/job.ts';

const ids: readonly HttpProviderId[] = ['openai', 'anthropic', 'gemini'];
let server: FaultServer;
afterEach(() => server.close());

function teacherOf(provider: HttpProviderId, key = faultKey, timeoutMs = 10_000) {
  return httpTeacher(
    provider,
    { settings: settings({ endpoint: server.endpoint(provider) }), key, timeoutMs },
    nodeNetwork(),
  );
}

async function ask(provider: HttpProviderId, fault: Fault, key = faultKey): Promise<Reply> {
  server = await startFaultServer({ fault: () => fault });
  return teacherOf(provider, key).ask(question('U', '1'), new AbortController().signal);
}

/** Three questions, two at a time, of which the server treats the first so. */
async function jobWith(provider: HttpProviderId, options: FaultServerOptions, { count = 3, timeoutMs = 10_000 } = {}) {
  server = await startFaultServer(options);
  const store = memoryStore();
  const env = jobEnv(teacherOf(provider, faultKey, timeoutMs), store);
  const limits = { concurrency: 2, requestsPerMinute: null, timeoutMs, attempts: 2 };
  const job = spec({ provider, settings: settings({ endpoint: server.endpoint(provider) }), limits });
  const outcome = await runJob(
    { spec: job, questions: questions(count), again: { failed: false, uncertain: false } },
    env,
  );
  return { outcome, env, store };
}

/** Only what hangs is to run into the limit of time, however busy the machine is. */
const limitFor = (fault: Fault) => (fault === 'hang' || fault === 'drip' ? { timeoutMs: 300 } : {});

const failureOf = (outcome: JobOutcome) => (outcome.kind === 'halted' ? outcome.failure : null);

describe.each(ids)('%s', (provider) => {
  test('an answer with its text, its tokens and its model; thinking is no part of it', async () => {
    expect(await ask(provider, 'ok')).toEqual({
      ok: true,
      answer: { text: '{"entities": []}', finish: 'complete', model: 'm-2025', inputTokens: 100, outputTokens: 20 },
    });
  });

  test.each([
    ['empty', 'empty', ''],
    ['refusal', 'refused', provider === 'openai' ? 'I cannot help with that.' : ''],
    ['cut-off', 'cut-off', '{"entities": [{"te'],
  ] as const)('%s is an answer that arrived, and costs', async (fault, finish, text) => {
    expect(await ask(provider, fault)).toMatchObject({ ok: true, answer: { finish, text, inputTokens: 100 } });
  });

  test('models are listed, sorted, and those that answer no questions are left out', async () => {
    server = await startFaultServer();
    const list = (key: string) =>
      listModels(provider, { endpoint: server.endpoint(provider), key }, nodeNetwork(), new AbortController().signal);
    expect(await list(faultKey)).toEqual(['m1', 'm2']);
    await expect(list('another-key')).rejects.toMatchObject({ code: 'teacher-key' });
  });

  // What ends the job at once: nothing else would fare better, and nothing was charged.
  const halting: readonly (readonly [Fault, string, RegExp])[] = [
    ['bad-key', 'teacher-key', /^The provider does not accept the key\. It says: “/],
    ['forbidden', 'teacher-forbidden', /^The key may not be used for this\. It says: “/],
    [
      'not-found',
      'teacher-not-found',
      /^There is no model “m” at http:\/\/127\.0\.0\.1:\d+, or the address is wrong\./,
    ],
    ['quota', 'teacher-quota', /^The account has no credit or quota left\. It says: “Your? /],
    [
      'parameter',
      'teacher-parameter',
      /^This model does not take the setting “(max_tokens|temperature|generation_config\.temperature)” as it is\./,
    ],
    ['redirect', 'teacher-not-found', /or the address is wrong\. It says: “the address sends on to another”\.$/],
  ];
  test.each(halting)(
    '%s halts the job with its sentence, and its question is asked again later',
    async (fault, code, what) => {
      const { outcome, store } = await jobWith(provider, { fault: () => fault });
      const failure = failureOf(outcome);
      expect(failure?.code).toBe(code);
      expect(textOf(failure!.code, failure!.detail).what).toMatch(what);
      expect(server.received.length).toBeLessThanOrEqual(2); // those that were in flight
      expect(outcome.progress).toMatchObject({ answered: 0, failed: 0, uncertain: 0, inFlight: 0 });
      expect([...store.records.values()].every(({ status }) => status === 'open')).toBe(true);
    },
  );

  // What a second try mends.
  const passing: readonly (readonly [Fault, string])[] = [
    ['rate-with-wait', 'teacher-rate'],
    ['rate-without-wait', 'teacher-rate'],
    ['server-error', 'teacher-server'],
    ['overloaded', 'teacher-busy'],
    ['hang', 'teacher-timeout'],
    ['cut', 'teacher-cut'],
    ['drip', 'teacher-timeout'],
  ];
  test.each(passing)('%s once is tried again, and the job finishes', async (fault, code) => {
    const { outcome, env } = await jobWith(provider, { fault: (n) => (n === 0 ? fault : 'ok') }, limitFor(fault));
    expect(outcome).toMatchObject({ kind: 'finished', progress: { total: 3, answered: 3, failed: 0 } });
    expect(server.received).toHaveLength(4);
    const held = env.events.filter((event) => event.kind === 'held');
    expect(held.map(({ failure }) => failure.code)).toEqual([code]);
    // 20 ms: from Retry-After, from the provider's own words, and else 5 ms by our own rule.
    const asked = fault === 'rate-with-wait' || (fault === 'rate-without-wait' && provider !== 'anthropic');
    expect(held[0]!.ms).toBe(asked ? 20 : 5);
  });

  test.each([
    ['rate-without-wait', 'teacher-rate', 'open', /did not let one through after 2 tries/],
    ['overloaded', 'teacher-busy', 'open', /too much to do just now/],
  ] as const)(
    '%s for ever halts the job, and what was turned away stays to be asked',
    async (fault, code, status, what) => {
      const { outcome, store } = await jobWith(provider, { fault: () => fault });
      const failure = failureOf(outcome);
      expect(failure?.code).toBe(code);
      expect(textOf(failure!.code, failure!.detail).what).toMatch(what);
      expect([...store.records.values()].map((record) => record.status)).toContain(status);
      expect(outcome.progress.failed).toBe(0);
    },
  );

  // One sentence's trouble: it fails, the others go on.
  const single: readonly (readonly [Fault, string, RegExp])[] = [
    ['server-error', 'teacher-server', /^The provider’s server failed \(status 500\)\. It says: “/],
    ['hang', 'teacher-timeout', /^No answer came within 0\.3 seconds\.$/],
    ['drip', 'teacher-timeout', /^No answer came within 0\.3 seconds\.$/],
    ['cut', 'teacher-cut', /^The connection broke in the middle of an answer\.$/],
    ['too-long', 'teacher-request', /^The provider cannot do anything with the request \(status 4\d\d\)\./],
    [
      'truncated',
      'teacher-unreadable',
      /not an answer of this kind of provider, but JSON that breaks off, or no JSON\.$/,
    ],
    ['html', 'teacher-unreadable', /not an answer of this kind of provider, but a web page\.$/],
  ];
  test.each(single)('%s for one sentence fails that one', async (fault, code, what) => {
    const { outcome, store } = await jobWith(
      provider,
      {
        fault: (_n, body) => (body.includes('sentence 1') ? fault : 'ok'),
      },
      limitFor(fault),
    );
    expect(outcome).toMatchObject({ kind: 'finished', progress: { answered: 2, failed: 1 } });
    const failed = [...store.records.values()].find(({ sentenceId }) => sentenceId === '1')!;
    expect(failed).toMatchObject({ status: 'failed', failure: { code } });
    expect(textOf(failed.failure!.code, failed.failure!.detail).what).toMatch(what);
  });

  test('five failures in a row end the job', async () => {
    const { outcome } = await jobWith(provider, { fault: () => 'html' }, { count: 30 });
    expect(failureOf(outcome)?.code).toBe('teacher-unreadable');
    expect(outcome.progress.failed).toBeGreaterThanOrEqual(5);
    expect(server.received.length).toBeLessThanOrEqual(6);
  });

  test('answers in another order than the questions go to their own sentences', async () => {
    const { outcome, store, env } = await jobWith(provider, {
      delayMs: (n) => (n === 0 ? 60 : 5),
      answer: (body) => `about ${/sentence \d/.exec(body)![0]}`,
    });
    expect(outcome.kind).toBe('finished');
    const order = env.events.flatMap((event) => (event.kind === 'answers' ? event.records : []));
    expect(order.map(({ sentenceId }) => sentenceId)).not.toEqual(['0', '1', '2']);
    for (const { sentenceId, text } of store.records.values()) expect(text).toBe(`about sentence ${sentenceId}`);
  });

  test('nobody at the address', async () => {
    server = await startFaultServer();
    const gone = await startFaultServer();
    await gone.close();
    const teacher = httpTeacher(
      provider,
      { settings: settings({ endpoint: gone.endpoint(provider) }), key: faultKey, timeoutMs: 500 },
      nodeNetwork(),
    );
    const reply = await teacher.ask(question('U', '1'), new AbortController().signal);
    if (reply.ok) throw new Error('it should have failed');
    expect(reply.failure).toMatchObject({
      code: 'teacher-unreachable',
      mayBeCharged: false,
      detail: { cause: 'refused' },
    });
    expect(textOf(reply.failure.code, reply.failure.detail).what).toMatch(
      /^Nothing answers at http:\/\/127\.0\.0\.1:\d+: the connection was refused\.$/,
    );
  });

  test('no fault lets the key out: not in failures, not in what is stored, not in addresses', async () => {
    const faults: readonly Fault[] = ['ok', 'bad-key', 'not-found', 'quota', 'parameter', 'html', 'redirect', 'cut'];
    for (const fault of faults) {
      const { outcome, store, env } = await jobWith(provider, {
        fault: () => fault,
        answer: () => `you sent ${faultKey}`,
      });
      const seen = JSON.stringify([
        outcome,
        [...store.records],
        store.writes,
        env.events,
        server.received.map(({ url }) => url),
      ]);
      expect(seen).not.toContain(faultKey);
      expect(server.received.length).toBeGreaterThan(0);
      await server.close();
    }
  });
});

test('a wrong key in the message of a provider is hidden, shortened or not', async () => {
  server = await startFaultServer({ fault: () => 'bad-key' });
  const reply = await teacherOf('openai', 'wrong-key-of-mine').ask(question('U', '1'), new AbortController().signal);
  expect(reply).toMatchObject({ ok: false, failure: { detail: { said: 'Incorrect API key provided: •••.' } } });
});

test('an aborted request throws, and is not told as a failure', async () => {
  server = await startFaultServer({ fault: () => 'hang' });
  const abort = new AbortController();
  const asked = teacherOf('openai').ask(question('U', '1'), abort.signal);
  setTimeout(() => abort.abort(), 20);
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
});
