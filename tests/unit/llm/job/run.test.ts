import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { createRandom } from '../../../../src/core/random.ts';
import { greatestUsd } from '../../../../src/llm/job/tokens.ts';
import { runJob, type JobEnv } from '../../../../src/llm/job/run.ts';
import { defaultLimits, type AnswerRecord, type JobSpec } from '../../../../src/llm/job/types.ts';
import type { Question, Reply, Teacher, TeacherFailure } from '../../../../src/llm/providers/provider.ts';
import { jobEnv, memoryStore, question, questions, settings, spec } from '../../../support/job.ts';

const none = { failed: false, uncertain: false };

function answer(text: string, inputTokens: number | null = 100, outputTokens: number | null = 20): Reply {
  return { ok: true, answer: { text, finish: 'complete', model: 'm-1', inputTokens, outputTokens } };
}

function failure(code: TeacherFailure['code'], change: Partial<TeacherFailure> = {}): Reply {
  return { ok: false, failure: { code, message: 'm', detail: {}, retryAfterMs: null, mayBeCharged: false, ...change } };
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A teacher that replies by `reply`, and what it was asked. */
function teacherWith(reply: (question: Question, n: number) => Reply | Promise<Reply>) {
  const asked: Question[] = [];
  const teacher: Teacher = {
    async ask(asking) {
      await later(1);
      asked.push(asking);
      return reply(asking, asked.length - 1);
    },
  };
  return { teacher, asked };
}

async function run(
  { teacher }: { teacher: Teacher },
  asked: readonly Question[],
  change: {
    spec?: Partial<JobSpec>;
    env?: Partial<JobEnv>;
    store?: ReturnType<typeof memoryStore>;
    again?: typeof none;
  } = {},
) {
  const store = change.store ?? memoryStore();
  const env = jobEnv(teacher, store, change.env);
  const outcome = await runJob({ spec: spec(change.spec), questions: asked, again: change.again ?? none }, env);
  return { outcome, env, store };
}

const records = (store: ReturnType<typeof memoryStore>) => [...store.records.values()];

describe('what is asked', () => {
  test('each question once; all is kept with its answer', async () => {
    const teacher = teacherWith(({ prompt }) => answer(`to ${prompt.user}`));
    const { outcome, store, env } = await run(teacher, questions(7));
    expect(outcome).toMatchObject({
      kind: 'finished',
      progress: { total: 7, answered: 7, reused: 0, inFlight: 0, inputTokens: 700, outputTokens: 140, spentUsd: null },
    });
    expect(teacher.asked.map(({ prompt }) => prompt.user).sort()).toEqual(
      questions(7).map(({ prompt }) => prompt.user),
    );
    expect(records(store).find(({ sentenceId }) => sentenceId === '3')).toMatchObject({
      status: 'answered',
      text: 'to sentence 3',
      promptHash: 'hash of sentence 3',
      jobId: 'job',
      model: 'm-1',
      settings: settings(),
      attempts: 1,
      finish: 'complete',
      costUsd: null,
    });
    expect(env.events.at(-1)).toEqual({ kind: 'progress', progress: outcome.progress });
  });

  test('a request is written down before it is sent', async () => {
    const store = memoryStore();
    const teacher = teacherWith(({ sentenceId }) => {
      expect(records(store).find((record) => record.sentenceId === sentenceId)?.status).toBe('sent');
      return answer('a');
    });
    const { outcome } = await run(teacher, questions(5), { store });
    expect(outcome.kind).toBe('finished');
    expect(store.writes.map(({ status }) => status).sort()).toEqual([
      ...Array<string>(5).fill('answered'),
      ...Array<string>(5).fill('sent'),
    ]);
  });

  test('identical questions are one request; samples of one question are several', async () => {
    const same = [question('A', '1'), question('A', '2'), question('B', '3'), question('B', '3', 1)];
    const teacher = teacherWith(() => answer('a'));
    const { outcome } = await run(teacher, same);
    expect(teacher.asked).toHaveLength(3);
    expect(outcome.progress).toMatchObject({ total: 4, answered: 4, reused: 1 });
  });

  test('answers of another job are taken; those to other settings are not', async () => {
    const store = memoryStore();
    const teacher = teacherWith(() => answer('a'));
    await run(teacher, questions(4), { store });
    const second = await run(teacher, questions(5), { store, spec: { id: 'second' } });
    expect(teacher.asked).toHaveLength(5);
    expect(second.outcome.progress).toMatchObject({ answered: 5, reused: 4 });
    const told = second.env.events.flatMap((event) => (event.kind === 'answers' ? event.records : []));
    expect(told.map(({ sentenceId }) => sentenceId).sort()).toEqual(['0', '1', '2', '3', '4']);
    for (const change of [{ temperature: 1 }, { model: 'n' }, { endpoint: 'http://127.0.0.1:2/v1' }]) {
      await run(teacher, questions(1), { store, spec: { settings: settings(change) } });
    }
    expect(teacher.asked).toHaveLength(8);
    await run(teacher, questions(1), { store, spec: { settings: settings({ endpoint: 'http://127.0.0.1:1/v1/' }) } });
    expect(teacher.asked).toHaveLength(8);
  });

  test('never more at a time than allowed, and no faster than allowed', async () => {
    let [now, most] = [0, 0];
    const teacher: Teacher = {
      async ask() {
        most = Math.max(most, ++now);
        await later(3);
        now--;
        return answer('a');
      },
    };
    await run({ teacher }, questions(9), { spec: { limits: { ...defaultLimits, concurrency: 3 } } });
    expect(most).toBe(3);
    let clock = 0;
    const sentAt: number[] = [];
    const spaced = teacherWith(() => answer('a'));
    await run(spaced, questions(4), {
      spec: { limits: { ...defaultLimits, requestsPerMinute: 6000 } },
      env: { now: () => (clock += 2), onEvent: () => undefined, today: () => sentAt.push(clock) },
    });
    // Sending and ending ask for the day: of each pair the first is the sending. 10 ms lie between two of them.
    const sends = sentAt.filter((_, i) => i % 2 === 0);
    for (const [i, at] of sends.slice(1).entries()) expect(at - sends[i]!).toBeGreaterThanOrEqual(10);
  });
});

describe('failures', () => {
  test('a try that may have been charged counts with the most it may cost', async () => {
    const price = { inputUsd: 1, outputUsd: 10 };
    const most = greatestUsd(questions(1)[0]!.prompt, settings(), price)!;
    expect(most).toBeCloseTo((`find namessentence 0`.length + 50 + 1000) / 1e6, 12);
    const teacher = teacherWith((_, n) => (n === 0 ? failure('teacher-timeout', { mayBeCharged: true }) : answer('a')));
    const { outcome, store } = await run(teacher, questions(1), { spec: { price } });
    expect(outcome.progress.spentUsd).toBeCloseTo(300 / 1e6, 12);
    expect(outcome.progress.uncertainUsd).toBeCloseTo(most, 12);
    expect(records(store)[0]).toMatchObject({ attempts: 2, uncertainUsd: most });
  });

  test('what failed is left alone, until the person wants it asked again', async () => {
    const store = memoryStore();
    const bad = teacherWith(({ sentenceId }) => (sentenceId === '1' ? failure('teacher-request') : answer('a')));
    expect((await run(bad, questions(3), { store })).outcome).toMatchObject({
      kind: 'finished',
      progress: { failed: 1 },
    });
    const good = teacherWith(() => answer('b'));
    expect((await run(good, questions(3), { store })).outcome.progress).toMatchObject({ answered: 2, failed: 1 });
    expect(good.asked).toHaveLength(0);
    const redone = await run(good, questions(3), { store, again: { failed: true, uncertain: false } });
    expect(redone.outcome.progress).toMatchObject({ answered: 3, failed: 0 });
    expect(good.asked.map(({ sentenceId }) => sentenceId)).toEqual(['1']);
  });

  test('one Retry-After holds all requests', async () => {
    const times: number[] = [];
    const teacher = teacherWith((_, n) => {
      times.push(performance.now());
      return n === 0 ? failure('teacher-rate', { retryAfterMs: 80 }) : answer('a');
    });
    const { outcome } = await run(teacher, questions(6), { spec: { limits: { ...defaultLimits, concurrency: 1 } } });
    expect(outcome.kind).toBe('finished');
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(75);
  });

  test('a longer wait than five minutes is not waited for', async () => {
    const teacher = teacherWith(() => failure('teacher-rate', { retryAfterMs: 3_600_000 }));
    const { outcome, store } = await run(teacher, questions(1));
    expect(outcome).toMatchObject({ kind: 'halted', failure: { code: 'teacher-rate' } });
    expect(records(store)[0]?.status).toBe('open');
  });

  test('a teacher that throws ends the job, and its request counts as sent', async () => {
    const teacher = teacherWith(() => {
      throw new Error('broken');
    });
    const { outcome } = await run(teacher, questions(1));
    expect(outcome).toMatchObject({ kind: 'halted', failure: { code: 'worker-failed' }, progress: { uncertain: 1 } });
  });

  test('a store that is full: nothing is sent unrecorded, and an answer that came is told', async () => {
    const full = new AppError('storage-full', 'no room', { reason: 'no room' });
    const teacher = teacherWith(() => answer('precious'));
    const closed = memoryStore();
    closed.save = () => Promise.reject(full);
    const unsent = await run(teacher, questions(3), { store: closed });
    expect(unsent.outcome).toMatchObject({
      kind: 'halted',
      failure: { code: 'storage-full' },
      progress: { answered: 0 },
    });
    expect(teacher.asked).toHaveLength(0);

    const filling = memoryStore();
    const { save } = filling;
    let failures = 1;
    filling.save = (record) => (record.status === 'answered' && failures-- > 0 ? Promise.reject(full) : save(record));
    const { outcome, env, store } = await run(teacher, questions(3), {
      store: filling,
      spec: { limits: { ...defaultLimits, concurrency: 1 } },
    });
    expect(outcome).toMatchObject({ kind: 'halted', failure: { code: 'storage-full' } });
    expect(env.events).toContainEqual({ kind: 'answers', records: [expect.objectContaining({ text: 'precious' })] });
    // Tried once more at the end, when there was room again.
    expect(records(store).map(({ text }) => text)).toEqual(['precious']);
  });
});

describe('budget', () => {
  const price = { inputUsd: 1, outputUsd: 10 };
  const most = (prompt = questions(1)[0]!.prompt) => greatestUsd(prompt, settings(), price)!;

  test('it stops before it could be overrun, what is in flight counted at its most', async () => {
    // Each answer costs as much as it can: 100 tokens out, and as many in as there are bytes.
    const { teacher, asked } = teacherWith(({ prompt }) => answer('a', (prompt.system + prompt.user).length + 50, 100));
    const budgetUsd = most() * 5.5;
    const { outcome } = await run({ teacher }, questions(9), { spec: { price, budgetUsd } });
    expect(outcome.kind).toBe('budget');
    expect(asked).toHaveLength(5);
    expect(outcome.progress.spentUsd).toBeCloseTo(most() * 5, 12);
  });

  test('answers that cost less than they might make room for more', async () => {
    const { teacher, asked } = teacherWith(() => answer('a', 10, 1));
    const budgetUsd = most() * 2;
    const { outcome } = await run({ teacher }, questions(40), { spec: { price, budgetUsd } });
    expect(outcome.kind).toBe('finished');
    expect(asked).toHaveLength(40);
    expect(outcome.progress.spentUsd).toBeLessThan(budgetUsd);
  });

  test('at no moment of random jobs is more committed than the budget, whatever fails', async () => {
    for (let seed = 0; seed < 15; seed++) {
      const random = createRandom(seed, 'budget');
      const budgetUsd = most() * (1 + 6 * random.next());
      let [paid, flying, worst] = [0, 0, 0];
      const { teacher } = {
        teacher: {
          async ask(): Promise<Reply> {
            flying++;
            worst = Math.max(worst, paid + flying * most());
            await later(random.below(3));
            flying--;
            if (random.next() < 0.25) {
              paid += most(); // for all that anybody knows
              return failure('teacher-timeout', { mayBeCharged: true });
            }
            const out = 1 + random.below(100);
            paid += (20 + out * 10) / 1e6;
            return answer('a', 20, out);
          },
        },
      };
      const { outcome } = await run({ teacher }, questions(10), { spec: { price, budgetUsd } });
      expect(worst).toBeLessThanOrEqual(budgetUsd * (1 + 1e-9));
      expect(outcome.progress.spentUsd! + outcome.progress.uncertainUsd!).toBeCloseTo(paid, 10);
    }
  });

  test('a budget goes on where the job before has left it', async () => {
    const store = memoryStore();
    const { teacher, asked } = teacherWith(({ prompt }) => answer('a', (prompt.system + prompt.user).length + 50, 100));
    const budgetUsd = most() * 3.5;
    await run({ teacher }, questions(9), { store, spec: { price, budgetUsd } });
    await run({ teacher }, questions(9), { store, spec: { price, budgetUsd } });
    expect(asked).toHaveLength(3);
    await run({ teacher }, questions(9), { store, spec: { price, budgetUsd: budgetUsd * 2 } });
    expect(asked).toHaveLength(7);
  });

  test.each([
    [{ price: null }, /price of the model/],
    [{ settings: settings({ maxTokens: null }) }, /most tokens of an answer/],
    [{ budgetUsd: -1 }, /a number from 0/],
  ])('a budget that cannot be kept is refused: %j', async (change, range) => {
    const { teacher } = teacherWith(() => answer('a'));
    const job = run({ teacher }, questions(1), { spec: { price, budgetUsd: 1, ...change } });
    await expect(job).rejects.toMatchObject({
      code: 'config-invalid',
      detail: { range: expect.stringMatching(range) },
    });
  });

  test('most tokens in the extra fields go before the setting', () => {
    const prompt = questions(1)[0]!.prompt;
    const at = (extra: Record<string, unknown>) => greatestUsd(prompt, settings({ extra }), price);
    const input = (prompt.system + prompt.user).length + 50;
    expect(at({ max_tokens: 200 })).toBeCloseTo((input + 2000) / 1e6, 12);
    expect(at({ n: 3 })).toBeCloseTo((input + 3000) / 1e6, 12);
    expect(at({ generationConfig: { maxOutputTokens: 7 } })).toBeCloseTo((input + 70) / 1e6, 12);
    expect(at({ generationConfig: {} })).toBeNull();
  });
});

describe('stopping', () => {
  test('a stop waits for what is in flight, and the rest is asked later', async () => {
    const stop = new AbortController();
    const store = memoryStore();
    const teacher = teacherWith(async (_, n) => {
      if (n === 2) stop.abort();
      await later(5);
      return answer('a');
    });
    const first = await run(teacher, questions(20), { store, env: { stop: stop.signal } });
    expect(first.outcome).toMatchObject({ kind: 'stopped', progress: { inFlight: 0, uncertain: 0, failed: 0 } });
    const { answered } = first.outcome.progress;
    expect(answered).toBe(teacher.asked.length);
    expect(answered).toBeLessThan(20);
    const second = await run(teacher, questions(20), { store });
    expect(second.outcome.progress).toMatchObject({ answered: 20, reused: 0 });
    expect(teacher.asked).toHaveLength(20);
  });

  test('an abort ends what is in flight too: it may be charged, and is asked again only on demand', async () => {
    const [stop, abort] = [new AbortController(), new AbortController()];
    const store = memoryStore();
    const price = { inputUsd: 1, outputUsd: 10 };
    const hanging: Teacher = {
      ask: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          setTimeout(() => {
            stop.abort();
            abort.abort();
          }, 5);
        }),
    };
    const env = { stop: stop.signal, abort: abort.signal };
    const limits = { ...defaultLimits, concurrency: 2 };
    const first = await run({ teacher: hanging }, questions(6), { store, env, spec: { price, limits } });
    expect(first.outcome).toMatchObject({ kind: 'stopped', progress: { uncertain: 2, answered: 0 } });
    const teacher = teacherWith(() => answer('a'));
    const second = await run(teacher, questions(6), { store, spec: { price } });
    expect(second.outcome).toMatchObject({ kind: 'finished', progress: { answered: 4, uncertain: 2 } });
    const most = greatestUsd(questions(1)[0]!.prompt, settings(), price)!;
    expect(second.outcome.progress.uncertainUsd).toBeCloseTo(2 * most, 12);
    const third = await run(teacher, questions(6), {
      store,
      spec: { price },
      again: { failed: false, uncertain: true },
    });
    expect(third.outcome.progress).toMatchObject({ answered: 6, uncertain: 0 });
    expect(third.outcome.progress.uncertainUsd).toBeCloseTo(2 * most, 12); // paid for twice, for all that is known
    const attempts = records(store).map((record: AnswerRecord) => record.attempts);
    expect(attempts.sort()).toEqual([1, 1, 1, 1, 2, 2]);
  });

  test('a stop while all wait for the provider does not wait', async () => {
    const stop = new AbortController();
    const teacher = teacherWith(() => {
      setTimeout(() => stop.abort(), 10);
      return failure('teacher-rate', { retryAfterMs: 200_000 });
    });
    const { outcome } = await run(teacher, questions(3), { env: { stop: stop.signal } });
    expect(outcome).toMatchObject({ kind: 'stopped', progress: { answered: 0, failed: 0 } });
  });

  test('the time left is told from what was done', async () => {
    let clock = 0;
    const teacher = teacherWith(() => {
      clock += 2000;
      return answer('a');
    });
    const { env } = await run(teacher, questions(4), {
      spec: { limits: { ...defaultLimits, concurrency: 1 } },
      env: { now: () => clock },
    });
    const lefts = env.events.flatMap((event) => (event.kind === 'progress' ? [event.progress.secondsLeft] : []));
    expect([...new Set(lefts)]).toEqual([null, 6, 4, 2, 0]);
  });
});
