import { beforeEach, describe, expect, test } from 'vitest';
import { defaultConfig } from '../../../src/run/config.ts';
import { Job } from '../../../src/state/job.svelte.ts';
import type { PageTrainEvent, TrainRequest } from '../../../src/worker/protocol.ts';

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
  heldBytes: 1000 * at.length,
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
    expect(job.heldBytes).toBe(0);
    job.take(steps(1, 2, 3));
    expect([job.status, job.step, job.progress, job.stage?.name]).toEqual(['running', 3, 0.3, 'silver']);
    expect(job.heldBytes).toBe(3000);
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
