import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadCheckpoint } from '../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../src/engine/checkpoint/sources.ts';
import { deviceBytes } from '../../src/engine/deviceBytes.ts';
import { precisions } from '../../src/run/config.ts';
import { estimateMemory } from '../../src/run/memory.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../support/collectRun.ts';
import { memoryShapes, openShape, type MemoryShape } from '../support/memoryCases.ts';
import { heldAlong } from '../support/steadyRun.ts';
import { tinyCheckpoint } from '../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../support/tinyData.ts';
import { gpuDevice, openSwiftShader } from './support/webgpu.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the estimate of memory on webgpu', () => {
  const names = Object.keys(memoryShapes) as MemoryShape[];
  for (const [name, precision] of names.flatMap((shape) => precisions.map((each) => [shape, each] as const))) {
    it(`${name} in ${precision}: within 10 % of what two steps allocate`, async () => {
      const device = await openSwiftShader();
      const before = deviceBytes();
      const shape = openShape(name, 'webgpu', false, precision);
      for (const step of [1, 2]) {
        const loss = shape.step();
        expect((await loss.data())[0], `step ${String(step)}`).toBeGreaterThan(0);
        loss.dispose();
      }
      const measured = deviceBytes() - before;
      const { total } = estimateMemory(shape.input);
      expect(Math.abs(total / measured - 1)).toBeLessThan(0.1);
      shape.dispose();
      expect(device.failure()).toBeNull();
    });
  }
});

it('a run of 500 steps holds no more at its end than at step 50', async () => {
  const [early, late] = await heldAlong(await openSwiftShader());
  expect(early.bytes).toBeGreaterThan(0);
  expect(late).toEqual(early);
});

/**
 * From the call on, every buffer above `bytes` comes without memory, as Dawn gives it where the device has none: it is invalid,
 * and the innermost scope for such errors is told. SwiftShader itself takes all that the machine has before it says so.
 */
function refuseBuffersAbove(bytes: number): { refused: number } {
  const device = gpuDevice();
  const told = { refused: 0 };
  const scopes: { filter: GPUErrorFilter; short: boolean }[] = [];
  const create = device.createBuffer.bind(device);
  const [push, pop] = [device.pushErrorScope.bind(device), device.popErrorScope.bind(device)];
  vi.spyOn(device, 'pushErrorScope').mockImplementation((filter) => {
    scopes.push({ filter, short: false });
    push(filter);
  });
  vi.spyOn(device, 'popErrorScope').mockImplementation(async () => {
    const scope = scopes.pop();
    const found = await pop();
    return scope?.short === true ? new GPUOutOfMemoryError('no memory') : found;
  });
  vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
    if (descriptor.size <= bytes || descriptor.label === 'uniforms') return create(descriptor);
    const scope = scopes.findLast(({ filter }) => filter === 'out-of-memory');
    if (scope === undefined) return create(descriptor);
    scope.short = true;
    told.refused++;
    const buffer = create(descriptor);
    buffer.destroy(); // submitting anything that uses it is an error
    return buffer;
  });
  return told;
}

it('a failed allocation makes the step go through in smaller portions, with the same losses to 1e-5', async () => {
  const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  // AdamW's first step is all sign: with a high rate it makes much of the rounding of gradients near 0.
  const config = { ...tinyConfig, batchSize: 12, steps: 2, keepBest: false, learningRate: 1e-4 };
  const data = { ...tinyData, dev: [], test: [] };
  const runOn = async () => {
    const device = await openSwiftShader();
    return {
      device,
      start: (beforeStep?: () => Promise<void>) =>
        collectRun(
          { config, checkpoint, tokenizer, data, device, appVersion: '0' },
          beforeStep === undefined ? {} : { beforeStep },
        ),
    };
  };
  const whole = await (await runOn()).start();
  expect(whole.error).toBeNull();
  const { device, start } = await runOn();
  const tensors = tf.memory().numTensors;
  // Rows × feed-forward of a batch of more than 64 rows.
  const told = refuseBuffersAbove(64 * 32 * 4);
  const short = await start();
  expect(short.error).toBeNull();
  expect(told.refused).toBeGreaterThan(0);
  const notes = short.events.filter((event) => event.kind === 'smaller-portions');
  expect(notes.length).toBeGreaterThan(0);
  expect(short.record!.engine.microBatchTokens).toBeLessThanOrEqual(64);
  for (const [i, { loss }] of short.record!.curve.entries()) {
    expect(Math.abs(loss / whole.record!.curve[i]!.loss - 1)).toBeLessThan(1e-5);
  }
  expect(short.record!.peakBytes).toBeGreaterThan(0);
  expect(device.failure()).toBeNull();
  expect(tf.memory().numTensors).toBe(tensors);
});
