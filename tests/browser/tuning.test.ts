import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../src/engine/device.ts';
import { hasRoomFor, shapeClass, useWorkgroupBytes, type ProductShape } from '../../src/engine/gpu/variants.ts';
import { pack } from '../../src/engine/model/batch.ts';
import { lossAndGradients } from '../../src/engine/train/step.ts';
import { tunedInMemory, type Tuned, type TunedStore } from '../../src/engine/tune/memory.ts';
import { candidatesFor, tuneShaders } from '../../src/engine/tune/shaders.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../support/collectRun.ts';
import { loadTiny, withModel } from '../support/goldenModel.ts';
import { tinyCheckpoint } from '../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../support/tinyData.ts';
import { openSwiftShader, readGolden } from './support/webgpu.ts';

let device: Device;

beforeAll(async () => {
  device = await openSwiftShader();
});

afterAll(() => {
  expect(device.failure()).toBeNull();
});

describe('the tuner of matrix products', () => {
  const shapes: readonly ProductShape[] = [
    { layout: 'nn', m: 64, n: 64, k: 64, half: false },
    { layout: 'tn', m: 64, n: 68, k: 512, half: false },
    { layout: 'nt', m: 60, n: 64, k: 64, half: false },
  ];

  it('leaves out what the adapter has no room for', () => {
    const large = { kind: 'tiles', perThread: 8 } as const;
    try {
      useWorkgroupBytes(16_384);
      expect([hasRoomFor(large, 'tn', false), hasRoomFor(large, 'nt', false)]).toEqual([true, false]);
      expect(hasRoomFor(large, 'nt', true)).toBe(true); // panels of half precision are half as large
      const [, , nt] = shapes;
      expect(candidatesFor(nt!).some(({ variant }) => 'perThread' in variant && variant.perThread === 8)).toBe(false);
    } finally {
      useWorkgroupBytes(32_768);
    }
  });

  it('chooses for every class the one that the clock says is fastest, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const found = await tuneShaders(shapes, { mostMs: Infinity, now: () => performance.now() });
    expect(Object.keys(found).sort()).toEqual(shapes.map(shapeClass).sort());
    // Barriers are dear on SwiftShader: whatever it chose, it is one of the candidates.
    for (const shape of shapes) expect(candidatesFor(shape)).toContainEqual(found[shapeClass(shape)]);
    // A clock that runs by calls: the second candidate of each shape is the only quick one.
    let [time, call] = [0, 0];
    const many = candidatesFor(shapes[0]!).length;
    const now = () => {
      // Four readings a candidate: before and after compiling it, before and after timing it; one more for the limit.
      const candidate = Math.floor((call - 1) / 5) % many;
      time += call++ === 0 ? 0 : candidate === 1 ? 1 : 100;
      return time;
    };
    const quick = await tuneShaders([shapes[0]!], { mostMs: Infinity, now });
    expect(quick[shapeClass(shapes[0]!)]).toEqual(candidatesFor(shapes[0]!)[1]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps nothing of a class that it had no time for', async () => {
    let time = 0;
    expect(await tuneShaders(shapes, { mostMs: 5, now: () => (time += 10) })).toEqual({});
  });

  it('is asked once for an adapter, and a run that repeats another takes its choices, bit for bit', async () => {
    const asGpu: Device = { ...device, software: false };
    const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
    const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
    const kept = tunedInMemory();
    const saved: Tuned[] = [];
    const tuned: TunedStore = {
      load: (adapter) => kept.load(adapter),
      save(adapter, found) {
        saved.push(found);
        return kept.save(adapter, found);
      },
    };
    const config = { ...tinyConfig, steps: 3 };
    const input = { config, checkpoint, tokenizer, data: tinyData, device: asGpu, appVersion: '0', tuned };
    let time = 0;
    const now = () => (time += 1); // the budget of 800 is enough for a few classes, the rest goes by rule
    const first = await collectRun(input, { now });
    expect(first.error).toBeNull();
    const { engine } = first.record!;
    expect(Object.keys(engine.shaders!.matmul).length).toBeGreaterThan(0);
    expect(saved).toHaveLength(1);
    const second = await collectRun({ ...input, tuned: tunedInMemory(), choices: engine }, { now });
    expect(second.record!.engine).toEqual(engine);
    expect(second.model!.weights).toEqual(first.model!.weights);
    const stopped = await collectRun(input, { now, stopAt: 2 });
    const resumed = await collectRun({ ...input, snapshot: stopped.snapshots.at(-1)!.bytes }, { now });
    expect(resumed.record!.engine).toEqual(engine);
    expect(resumed.model!.weights).toEqual(first.model!.weights);
  });
});

it('micro-batches on webgpu give the loss and the gradients of the whole batch, dropout on', async () => {
  const { checkpoint, sequences } = await loadTiny(readGolden, 'l2-h32');
  const batch = pack(sequences);
  const config = { ...checkpoint.config, dropout: 0.1, attentionDropout: 0.1 };
  await withModel({ ...checkpoint, config }, async (model) => {
    const stepOf = async (most = Infinity) => {
      const { loss, gradients } = lossAndGradients(model, batch, { seed: 3, step: 5 }, { microBatchTokens: most });
      const all = [['loss', loss] as const, ...gradients];
      const values = new Map<string, Float32Array>();
      for (const [name, tensor] of all) values.set(name, Float32Array.from(await tensor.data()));
      tf.dispose(all.map(([, tensor]) => tensor));
      return values;
    };
    const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    const whole = await stepOf();
    const global = norm(Float32Array.from([...whole.values()].map(norm)));
    for (const most of [1, Math.ceil(batch.tokens / 2)]) {
      const parts = await stepOf(most);
      expect(parts.size).toBe(whole.size);
      for (const [name, wanted] of whole) {
        const apart = norm(wanted.map((value, i) => value - parts.get(name)![i]!));
        expect(apart, name).toBeLessThan(1e-5 * norm(wanted) + 1e-6 * global);
      }
    }
  });
});
