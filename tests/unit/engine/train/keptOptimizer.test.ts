import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { loadCheckpoint, type Checkpoint } from '../../../../src/engine/checkpoint/load.ts';
import { readSafetensors, toFloat32 } from '../../../../src/engine/checkpoint/safetensors.ts';
import { filesSource } from '../../../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../../../src/engine/device.ts';
import { isLinearWeight, toTensors, transposed, type Tensor32 } from '../../../../src/engine/model/parameters.ts';
import { Optimizer } from '../../../../src/engine/train/optimizer.ts';
import { readSnapshot } from '../../../../src/engine/train/snapshot.ts';
import type { TrainInput } from '../../../../src/engine/train/train.ts';
import { defaultConfig, type RunConfig } from '../../../../src/run/config.ts';
import { learningRateAt, planOf } from '../../../../src/run/plan.ts';
import { createTokenizer } from '../../../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../../../support/collectRun.ts';
import { largestDifference } from '../../../support/goldenModel.ts';
import { openNodeDevice } from '../../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../../../support/tinyData.ts';

let device: Device;
let checkpoint: Checkpoint;
beforeAll(async () => {
  device = await openNodeDevice('cpu');
  checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
});

const golden = (name: string) =>
  readSafetensors(readFileSync(new URL(`../../../golden/training/${name}.safetensors`, import.meta.url)));

function group(file: ReturnType<typeof golden>, kind: string): Map<string, Tensor32> {
  const named = [...file.tensors].filter(([name]) => name.startsWith(`${kind}/`));
  return new Map(named.map(([name, t]) => [name.slice(kind.length + 1), { shape: t.shape, values: toFloat32(t) }]));
}

/** Two stages of five steps with the recorded gradients; the largest difference from PyTorch's values. */
async function difference(kind: 'kept' | 'new', keepOptimizer: boolean): Promise<number> {
  const [recorded, stages] = [golden('adamw'), golden('stages')];
  const set = JSON.parse(stages.metadata['settings']!) as Partial<RunConfig>;
  const config: RunConfig = { ...defaultConfig, ...set, steps: 10, stepsSecond: 5, keepOptimizer };
  const plan = planOf(config, { silver: 100, gold: 100 });
  const optimizer = Optimizer.fresh(toTensors(group(recorded, 'start')), config);
  for (let step = 0; step < 10; step++) {
    if (step === 5 && !keepOptimizer) optimizer.restart();
    const rate = learningRateAt(config, plan, step < 5 ? 0 : 1, step % 5);
    optimizer.update(toTensors(group(recorded, `gradient${String(step)}`)), rate).dispose();
  }
  let worst = 0;
  for (const [name, wanted] of group(stages, kind)) {
    const tensor = optimizer.states.get(name)!.value;
    const found: Tensor32 = { shape: tensor.shape, values: await tensor.data<'float32'>() };
    worst = Math.max(
      worst,
      largestDifference(wanted.values, (isLinearWeight(name) ? transposed(found) : found).values),
    );
  }
  optimizer.dispose();
  return worst;
}

test('an optimizer that is kept, and one that is new, end where PyTorch’s do', async () => {
  const before = tf.memory().numTensors;
  expect(await difference('kept', true)).toBeLessThan(1e-6);
  expect(await difference('new', false)).toBeLessThan(1e-6);
  expect(await difference('kept', false)).toBeGreaterThan(1e-3);
  expect(tf.memory().numTensors).toBe(before);
});

/** The optimizer after a step of a run, as its snapshot holds it. */
async function after(step: number, change: Partial<RunConfig>) {
  const config = { ...tinyConfig, ...change };
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const input: TrainInput = { config, checkpoint, tokenizer, data: tinyData, device, appVersion: '0' };
  const { snapshots, record } = await collectRun(input, { wantsSnapshot: () => true });
  const { bytes } = snapshots.find((one) => one.step === step)!;
  const { key } = JSON.parse(readSafetensors(bytes).metadata['vermeil']!) as Pick<
    ReturnType<typeof readSnapshot>,
    'key'
  >;
  return { ...readSnapshot(bytes, key, false), record: record! };
}

test('a run keeps its moments over the stages, and its learning rate rises again all the same', async () => {
  const [end, kept, anew] = [
    await after(3, { keepOptimizer: true }),
    await after(4, { keepOptimizer: true }),
    await after(4, {}),
  ];
  expect([end, kept, anew].map(({ progress }) => progress.t)).toEqual([3, 4, 1]);
  const rates = ({ record }: typeof kept) => record.curve.map(({ learningRate }) => learningRate);
  expect(rates(kept)).toEqual(rates(anew));
  expect(rates(kept)[3]).toBe(tinyConfig.learningRate);
  // Both begin the second stage with the same parameters, and so with the same gradient: a new optimizer's moments hold it alone.
  for (const [moment, beta] of [
    ['moment1', 0.9],
    ['moment2', 0.999],
  ] as const) {
    const name = `${moment}/encoder.layer.0.attention.self.query.weight`;
    const [before, there, own] = [end, kept, anew].map(({ tensors }) => tensors.get(name)!.values);
    const wanted = own!.map((value, i) => beta * before![i]! + value);
    const size = Math.max(...wanted.map(Math.abs));
    expect(size).toBeGreaterThan(0);
    expect(largestDifference(wanted, there!)).toBeLessThan(1e-6 * size);
  }
});
