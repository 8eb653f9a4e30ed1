import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Contender } from '../../../../src/engine/bench/contenders.ts';
import { median, timeInTurn, timeStep } from '../../../../src/engine/bench/measure.ts';
import { rowOf } from '../../../../src/engine/bench/rows.ts';
import type { BenchBatch } from '../../../../src/engine/bench/workload.ts';
import { AppError } from '../../../../src/core/errors.ts';
import type { Device } from '../../../../src/engine/device.ts';
import { openNodeDevice } from '../../../support/nodeDevices.ts';

const batchOf = (tokens: number): BenchBatch => ({ full: [], compact: [], tokens });

/** Takes one second of a made clock for every token, times `slowness`; notes what it was given. */
function contender(name: string, slowness: number, clock: { ms: number }, log: string[], loss = 1): Contender {
  return {
    name,
    step: ({ tokens }) => {
      log.push(`${name} ${String(tokens)}`);
      clock.ms += 1000 * tokens * slowness;
      return tf.scalar(loss);
    },
    dispose: () => undefined,
  };
}

let device: Device;
beforeAll(async () => {
  device = await openNodeDevice('cpu');
});

describe('timing in turn', () => {
  it('gives each batch to each contender before the next, after one step that does not count', async () => {
    const clock = { ms: 0 };
    const log: string[] = [];
    const both = [contender('a', 1, clock, log), contender('b', 4, clock, log)];
    const times = await timeInTurn(both, [batchOf(2), batchOf(3)], { device, now: () => clock.ms });
    expect(log).toEqual(['a 2', 'b 2', 'a 2', 'b 2', 'a 3', 'b 3']);
    expect(times.map((one) => one.map(({ totalMs }) => totalMs))).toEqual([
      [2000, 3000],
      [8000, 12000],
    ]);
  });
  it('leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    await timeInTurn([contender('a', 1, { ms: 0 }, [])], [batchOf(1)], { device, now: () => 0 });
    expect(tf.memory().numTensors).toBe(before);
  });
  it('refuses a step whose loss is no number, and a device that failed', async () => {
    const watch = { device, now: () => 0 };
    const wrong = contender('a', 1, { ms: 0 }, [], NaN);
    await expect(timeStep(wrong, batchOf(1), watch)).rejects.toMatchObject({ code: 'not-finite' });
    const lost = { ...device, failure: () => new AppError('device-lost', 'gone') };
    const right = contender('a', 1, { ms: 0 }, []);
    await expect(timeStep(right, batchOf(1), { ...watch, device: lost })).rejects.toMatchObject({
      code: 'device-lost',
    });
  });
});

describe('a row', () => {
  it('has medians and bests of its steps', () => {
    const step = (tokens: number, totalMs: number) => ({
      sequences: 4,
      tokens,
      flops: { linear: 3e6 * totalMs, attention: 1e6 * totalMs, total: 4e6 * totalMs },
      time: { issueMs: totalMs / 2, totalMs },
    });
    const where = { what: 'training step', layers: 2, hidden: 8 } as const;
    expect(rowOf(where, [step(100, 1000), step(300, 1500), step(200, 4000)])).toMatchObject({
      batch: 4,
      tokens: 200,
      repeats: 3,
      tokensPerSecond: 100,
      bestTokensPerSecond: 200,
      stepMs: 1500,
      minStepMs: 1000,
      issueMs: 750,
      gflops: 4,
      attentionShare: 0.25,
    });
  });
  it('takes the middle of an even count as the mean of two', () => {
    expect([median([5, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 2.5]);
  });
});
