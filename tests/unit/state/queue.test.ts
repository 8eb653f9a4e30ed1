import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { defaultConfig } from '../../../src/run/config.ts';
import type { RunRecord } from '../../../src/run/events.ts';
import { Job } from '../../../src/state/job.svelte.ts';
import { QueueState } from '../../../src/state/queue.svelte.ts';
import type { Client } from '../../../src/worker/client.ts';
import type { PageTrainEvent, TrainOutcome, TrainRequest } from '../../../src/worker/protocol.ts';

const request = (runId: string): TrainRequest => ({
  runId,
  name: runId,
  config: defaultConfig,
  checkpointUrl: 'x/',
  data: { silver: [], gold: [], dev: [], test: [] },
  datasets: { silver: [], gold: [], dev: [], test: [] },
  notice: '',
  device: null,
  resume: false,
});

const stages = [
  { name: 'silver', source: 'silver', firstStep: 0, endStep: 6 },
  { name: 'gold', source: 'gold', firstStep: 6, endStep: 10 },
] as const;
const started = {
  kind: 'started',
  steps: 10,
  stages,
  resumedAt: 0,
  tags: ['O'],
  parameters: 1,
  vocabUsed: 1,
  curve: [],
  dev: [],
} as const;
const point = (step: number) => ({ step, loss: 1 / step, learningRate: 1e-4, gradNorm: 1, silverShare: 1 });
const steps = (...at: number[]): PageTrainEvent => ({
  kind: 'steps',
  points: at.map(point),
  tokens: 9,
  tokensPerSecond: 100,
  secondsLeft: 5,
});

describe('a job follows the events of its run', () => {
  let job: Job;
  beforeEach(() => {
    job = new Job(request('a'));
  });

  test('from loading to the end, with stage and progress', () => {
    job.take({ kind: 'loading', what: 'checkpoint', done: 1, total: 2 });
    expect(job.status).toBe('loading');
    job.take(started);
    job.take(steps(1, 2, 3));
    expect([job.status, job.step, job.progress, job.stage?.name]).toEqual(['running', 3, 0.3, 'silver']);
    job.take(steps(4, 5, 6));
    expect(job.stage?.name).toBe('gold');
    job.take({ kind: 'dev', point: { step: 6, f1: 0.5, best: true }, scores: {} as never });
    job.take({ kind: 'dev', point: { step: 8, f1: 0.4, best: false }, scores: {} as never });
    expect([job.lastDev?.f1, job.bestDev?.f1]).toEqual([0.4, 0.5]);
    job.end({ kind: 'stopped', step: 6 });
    expect([job.status, job.ended]).toEqual(['stopped', true]);
  });

  test('gone on with, it begins where the snapshot was', () => {
    job.take({ ...started, resumedAt: 4, curve: [1, 2, 3, 4].map(point) });
    expect(job.step).toBe(4);
    job.take(steps(5));
    expect(job.curve.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  });

  test('once it was asked to stop it says so until it has', () => {
    job.take(started);
    job.stop();
    job.take({ kind: 'paused', paused: false });
    job.take({ kind: 'loading', what: 'scoring', done: 0, total: 0 });
    expect(job.status).toBe('stopping');
  });
});

/** A client whose runs end when the test says so. */
function fakeClient() {
  const running: {
    id: string;
    end: (outcome: TrainOutcome) => void;
    fail: (error: AppError) => void;
    stopped: boolean;
  }[] = [];
  const train: Client['train'] = (asked, onEvent) => {
    onEvent(started);
    let entry: (typeof running)[number];
    const done = new Promise<TrainOutcome>((end, fail) => {
      entry = { id: asked.runId, end, fail, stopped: false };
      running.push(entry);
    });
    const stop = () => {
      entry.stopped = true;
      entry.end({ kind: 'stopped', step: 1 });
    };
    const nothing = () => undefined;
    return { runId: asked.runId, pause: nothing, continue: nothing, step: nothing, stop, done };
  };
  return { client: { train } as unknown as Client, running };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const finished: TrainOutcome = { kind: 'finished', record: { curve: [], dev: [] } as unknown as RunRecord };

describe('the queue', () => {
  test('runs go one after the other, and each end is told', async () => {
    const { client, running } = fakeClient();
    const ended: string[] = [];
    const queue = new QueueState(client, (job) => {
      ended.push(`${job.name} ${job.status}`);
      return Promise.resolve();
    });
    queue.add([request('a'), request('b')]);
    expect(running.map(({ id }) => id)).toEqual(['a']);
    expect(queue.waiting.map(({ runId }) => runId)).toEqual(['b']);
    running[0]?.end(finished);
    await settled();
    expect(running.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(queue.active?.name).toBe('b');
    running[1]?.end(finished);
    await settled();
    expect(ended).toEqual(['a finished', 'b finished']);
    expect(queue.active).toBeNull();
    expect(queue.ended.map(({ name }) => name)).toEqual(['a']);
  });

  test('after a failure the others wait until the person says so', async () => {
    const { client, running } = fakeClient();
    const queue = new QueueState(client, () => Promise.resolve());
    queue.add([request('a'), request('b')]);
    running[0]?.fail(new AppError('device-lost', 'lost', { reason: 'lost' }));
    await settled();
    expect([queue.job?.status, queue.waiting.length]).toEqual(['failed', 1]);
    expect(queue.job?.problem?.what).not.toBe('');
    queue.goOn();
    expect(running.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('stopping all ends the present run and starts no other', async () => {
    const { client, running } = fakeClient();
    const queue = new QueueState(client, () => Promise.resolve());
    queue.add([request('a'), request('b'), request('c')]);
    queue.drop('b');
    expect(queue.waiting.map(({ runId }) => runId)).toEqual(['c']);
    queue.stopAll();
    await settled();
    expect(running.map(({ id, stopped }) => [id, stopped])).toEqual([['a', true]]);
    expect([queue.job?.status, queue.waiting.length]).toEqual(['stopped', 0]);
  });
});
