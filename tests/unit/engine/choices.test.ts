import * as v from 'valibot';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../../src/engine/device.ts';
import { presentVariants, useVariants, type GpuVariants } from '../../../src/engine/gpu/variants.ts';
import { choicesFile, choose } from '../../../src/engine/train/choices.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../../support/collectRun.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../../support/tinyData.ts';

const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
const gpu = (adapter: string): Device => ({ name: 'webgpu', adapter, software: false, failure: () => null });
const own: GpuVariants = { software: false, matmul: {} };
const tuned: GpuVariants = {
  software: false,
  matmul: { 'nn/64/384/384': { variant: { kind: 'tiles', perThread: 4 }, parts: 2 } },
};
const before = { adapter: 'one', microBatchTokens: 128, shaders: tuned };
const variantsBefore = presentVariants();

afterAll(() => {
  useVariants(variantsBefore);
});

describe('what the engine chooses for a run', () => {
  it('is what the run before it chose, shader variants on the same adapter only', () => {
    useVariants(own);
    expect(choose(checkpoint.config, 16, gpu('two'), before)).toEqual({ ...before, adapter: 'two', shaders: own });
    expect(presentVariants()).toEqual(own);
    expect(choose(checkpoint.config, 16, gpu('one'), before)).toEqual(before);
    expect(presentVariants()).toEqual(tuned);
    const wasm: Device = { ...gpu('1 thread'), name: 'wasm' };
    expect(choose(checkpoint.config, 16, wasm, before)).toMatchObject({ microBatchTokens: 128, shaders: null });
    expect(choose(checkpoint.config, 16, wasm, null).microBatchTokens).toBeGreaterThan(1024);
  });

  it('comes back from JSON, and is refused where it is something else', () => {
    expect(v.parse(choicesFile, JSON.parse(JSON.stringify(before)))).toEqual(before);
    for (const change of [{ microBatchTokens: 0 }, { shaders: { software: 1, matmul: {} } }, { adapter: null }]) {
      expect(v.safeParse(choicesFile, { ...before, ...change }).success).toBe(false);
    }
  });
});

describe('a run in micro-batches', () => {
  it('is the run in whole batches but for rounding, says so, and goes on in them', async () => {
    const device = await openNodeDevice('cpu');
    const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
    const input = { config: tinyConfig, checkpoint, tokenizer, data: tinyData, device, appVersion: '0' };
    const choices = { adapter: device.adapter, microBatchTokens: 20, shaders: null };
    const whole = await collectRun(input);
    const cut = await collectRun({ ...input, choices });
    expect(cut.record!.engine).toEqual(choices);
    expect(whole.record!.engine.microBatchTokens).toBeGreaterThan(1024);
    expect(cut.model!.weights).not.toEqual(whole.model!.weights);
    for (const [i, { loss }] of cut.record!.curve.entries()) {
      expect(Math.abs(loss / whole.record!.curve[i]!.loss - 1)).toBeLessThan(1e-5);
    }
    const stopped = await collectRun({ ...input, choices }, { stopAt: 3 });
    const resumed = await collectRun({ ...input, snapshot: stopped.snapshots.at(-1)!.bytes });
    expect(resumed.record!.engine).toEqual(choices);
    expect(resumed.model!.weights).toEqual(cut.model!.weights);
  });
});
