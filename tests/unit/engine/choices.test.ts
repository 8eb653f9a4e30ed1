import * as v from 'valibot';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../../src/engine/device.ts';
import type { MatmulChoice } from '../../../src/engine/gpu/matmul.ts';
import {
  matmulChoice,
  presentVariants,
  shapeClass,
  useVariants,
  type GpuVariants,
} from '../../../src/engine/gpu/variants.ts';
import { choicesFile, choose } from '../../../src/engine/train/choices.ts';
import { tunedInMemory, type TunedStore } from '../../../src/engine/tune/memory.ts';
import { productsOf } from '../../../src/engine/tune/shapes.ts';
import type { EngineChoices } from '../../../src/run/events.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../../support/collectRun.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../../support/tinyData.ts';

const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
const gpu = (adapter: string): Device => ({ name: 'webgpu', adapter, software: false, failure: () => null });
const tuned: GpuVariants = {
  software: false,
  matmul: { 'nn/64/384/384': { variant: { kind: 'tiles', perThread: 4 }, parts: 2 } },
};
const before: EngineChoices = {
  adapter: 'one',
  microBatchTokens: 128,
  recompute: true,
  shaders: tuned,
};
const variantsBefore = presentVariants();

afterAll(() => {
  useVariants(variantsBefore);
});

/** Choices for a batch of 64 rows; nothing must be timed, for there is no GPU. */
function chooseOn(device: Device, earlier: typeof before | null, tuned: TunedStore = tunedInMemory()) {
  return choose(
    {
      bert: checkpoint.config,
      words: 20,
      tags: 5,
      maxPieces: 16,
      device,
      precision: 'f32',
      batchRows: 64,
      tuned,
      now: () => 0,
    },
    earlier,
  );
}

/** A store that knows a choice for every product of the tiny model at 64 rows and those around it. */
function knowing(adapter: string): TunedStore {
  const shapes = [64, 128].flatMap((rows) => productsOf(checkpoint.config, rows));
  const matmul = Object.fromEntries(
    shapes.map((shape): [string, MatmulChoice] => [shapeClass(shape), { variant: { kind: 'registers' }, parts: 1 }]),
  );
  const store = tunedInMemory();
  void store.save(adapter, { matmul });
  return store;
}

describe('what the engine chooses for a run', () => {
  it('is what the run before it chose, shader variants on the same adapter only', async () => {
    expect(await chooseOn(gpu('one'), before)).toEqual(before);
    expect(presentVariants()).toEqual(tuned);
    const other = await chooseOn(gpu('two'), before, knowing('webgpu two'));
    expect(other).toMatchObject({ adapter: 'two', microBatchTokens: 128 });
    expect(other.shaders).not.toEqual(tuned);
    expect(presentVariants()).toEqual(other.shaders);
    expect(matmulChoice({ layout: 'tn', m: 16, n: 32, k: 64, half: false }).variant.kind).toBe('registers');
    const cpu: Device = { ...gpu('loops'), name: 'cpu' };
    expect(await chooseOn(cpu, before)).toMatchObject({
      microBatchTokens: 128,
      recompute: true,
      shaders: null,
    });
    expect((await chooseOn(cpu, null)).microBatchTokens).toBeGreaterThan(1024);
  });

  it('is by rule where the processor imitates the GPU, whatever another run has left', async () => {
    useVariants(tuned);
    const imitated = await chooseOn({ ...gpu('swift'), software: true }, null);
    expect(imitated.shaders).toEqual({ software: true, matmul: {} });
    expect(presentVariants()).toEqual(imitated.shaders);
  });

  it('refuses half precision where there is no GPU', async () => {
    const config = { ...tinyConfig, precision: 'f16' } as const;
    for (const name of ['cpu', 'wasm'] as const) {
      const device = await openNodeDevice(name);
      const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
      const { error } = await collectRun({ config, checkpoint, tokenizer, data: tinyData, device, appVersion: '0' });
      expect(error).toMatchObject({ code: 'precision-unavailable', detail: { device: name } });
    }
  });

  it('comes back from JSON, from older files too, and is refused where it is something else', () => {
    expect(v.parse(choicesFile, JSON.parse(JSON.stringify(before)))).toEqual(before);
    expect(v.parse(choicesFile, { ...before, products: 'tfjs' })).toEqual(before);
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
    const choices = { adapter: device.adapter, microBatchTokens: 20, recompute: false, shaders: null };
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
