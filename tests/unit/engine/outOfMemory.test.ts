import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../../src/engine/device.ts';
import { OutOfMemory } from '../../../src/engine/outOfMemory.ts';
import { heapOf } from '../../../src/engine/wasm/heap.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../../support/collectRun.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData, tinySentences } from '../../support/tinyData.ts';

let device: Device;
let checkpoint: Checkpoint;
let memory: WebAssembly.Memory;

beforeAll(async () => {
  device = await openNodeDevice('wasm');
  checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
  ({ memory } = heapOf(tf.backend()));
});
afterEach(() => {
  delete (memory as { grow?: unknown }).grow;
});

/** From now on the heap does not grow, as on a device that has given all it has. */
function stopGrowth(): void {
  Object.defineProperty(memory, 'grow', {
    configurable: true,
    value: () => {
      throw new RangeError('no more memory');
    },
  });
}

/** Fills the heap with tensors of `bytes` until nothing more goes in. */
function fill(bytes: number): tf.Tensor[] {
  const filling: tf.Tensor[] = [];
  try {
    for (;;) filling.push(tf.zeros([bytes / 4]));
  } catch (error) {
    if (!(error instanceof OutOfMemory)) throw error;
  }
  return filling;
}

/** Leaves about `bytes` of the heap to what comes, in pieces no larger than a page. */
function leave(bytes: number): tf.Tensor[] {
  stopGrowth();
  const filling = [...fill(65_536), ...fill(1024)];
  const [large, rest] = [filling.slice(0, Math.ceil(bytes / 65_536)), filling.slice(Math.ceil(bytes / 65_536))];
  tf.dispose(large);
  return rest;
}

function run(batchSize: number, beforeStep?: (step: number) => Promise<void>) {
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const data = { ...tinyData, silver: tinySentences(0, 192), gold: tinySentences(192, 96), dev: tinySentences(0, 96) };
  const config = { ...tinyConfig, batchSize, epochsGold: 1, keepBest: false };
  const input = { config, checkpoint, tokenizer, data, device, appVersion: '0' };
  return collectRun(input, beforeStep === undefined ? {} : { beforeStep });
}

describe('a heap that cannot grow', () => {
  it('makes tfjs throw where it would write over its own data', () => {
    stopGrowth();
    const before = tf.memory().numTensors;
    const filling = fill(65_536);
    expect(() => tf.zeros([65_536])).toThrow(OutOfMemory);
    tf.dispose(filling);
    expect(tf.memory().numTensors).toBe(before);
    expect([...tf.add(tf.ones([2]), 1).dataSync()]).toEqual([2, 2]);
  });

  it('makes a run take smaller portions, with the same losses to 1e-5, and says so once for each change', async () => {
    const whole = await run(96);
    const tensors = tf.memory().numTensors;
    const filling = leave(1_000_000);
    const short = await run(96);
    tf.dispose(filling);
    expect(short.error).toBeNull();
    const told = short.events.filter((event) => event.kind === 'smaller-portions');
    expect(told.length).toBeGreaterThan(0);
    expect(short.record!.engine.microBatchTokens).toBe(told.at(-1).microBatchTokens);
    expect(short.record!.engine.microBatchTokens).toBeLessThan(whole.record!.engine.microBatchTokens / 2);
    expect(short.record!.curve).toHaveLength(3);
    // Scoring dev and test and looking at gold want more room at once than the portions; they are halved too.
    expect(short.record!.dev.length).toBe(whole.record!.dev.length);
    expect(short.record!.why!.points.length).toBe(whole.record!.why!.points.length);
    for (const [i, { loss, gradNorm }] of short.record!.curve.entries()) {
      const wanted = whole.record!.curve[i]!;
      expect(Math.abs(loss / wanted.loss - 1)).toBeLessThan(1e-5);
      expect(Math.abs(gradNorm / wanted.gradNorm - 1)).toBeLessThan(1e-4);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    expect(whole.record!.peakBytes).toBe(memory.buffer.byteLength);
  });

  it('ends a run with a word where not even one sentence fits', async () => {
    const tensors = tf.memory().numTensors;
    const filling: tf.Tensor[] = [];
    const { error, events } = await run(96, (step) => {
      if (step === 1) filling.push(...leave(0));
      return Promise.resolve();
    });
    tf.dispose(filling);
    expect(events.some(({ kind }) => kind === 'step')).toBe(true);
    expect(error).toMatchObject({ code: 'out-of-memory' });
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
