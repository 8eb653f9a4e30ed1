import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../core/errors.ts';
import { createRandom } from '../core/random.ts';
import { causeOf, openDevice, type Device, type DeviceEnv } from './device.ts';
import { activate, activateGrad } from './kernels/activation.ts';
import { adamw } from './kernels/adamw.ts';
import { attend, attendGrad } from './kernels/attention.ts';
import { crossEntropy } from './kernels/crossEntropy.ts';
import { embedGrad } from './kernels/embeddings.ts';
import { clipFactor, globalNorm } from './kernels/globalNorm.ts';
import { layerNorm, layerNormGrad } from './kernels/layerNorm.ts';
import { linear, linearGrad } from './kernels/linear.ts';
import type { DeviceTrouble } from './reports.ts';
import { troubleOf } from './support.ts';
import { splitEverything } from './wasm/threads/split.ts';

/** What the self-test of a device found; `problem` is empty and `trouble` null when it passed. */
export interface SelfTest {
  readonly passed: boolean;
  readonly problem: string;
  readonly trouble: DeviceTrouble | null;
  readonly ms: number;
}

/** Makes tensors of seeded values in (−1, 1): the same on every device. */
type Make = <R extends tf.Rank>(...shape: tf.ShapeMap[R] & number[]) => tf.Tensor<R>;

interface Case {
  readonly what: string;
  readonly compute: (make: Make) => readonly tf.Tensor[];
}

const key = { seed: 5, step: 7, site: 2, rate: 0.25 };
const offsets = Int32Array.from([0, 1, 8, 36]);

/**
 * The product's own operations at odd sizes, forwards and backwards: what training is made of. Widths are multiples of 4,
 * as those of every BERT are: others go to tfjs' operations on webgpu. The last is a product of more
 * rows than a GPU dispatches workgroups in one direction, where a missing guard shows.
 */
const cases: readonly Case[] = [
  {
    what: 'the matrix product',
    compute: (make) => {
      const [x, w, dy] = [make<tf.Rank.R2>(65, 36), make<tf.Rank.R2>(36, 48), make<tf.Rank.R2>(65, 48)];
      const { dx, dw, db } = linearGrad(dy, x, w);
      return [linear(x, w, make<tf.Rank.R1>(48)), dx, dw, db];
    },
  },
  {
    what: 'attention with its softmax and dropout',
    compute: (make) => {
      const inputs = { q: make<tf.Rank.R2>(37, 24), k: make<tf.Rank.R2>(37, 24), v: make<tf.Rank.R2>(37, 24) };
      const shape = { offsets, heads: 3 };
      const out = attend(inputs, shape, key);
      const { dq, dk, dv } = attendGrad(make<tf.Rank.R2>(37, 24), inputs, shape, key, out);
      return [out.context, dq, dk, dv];
    },
  },
  {
    what: 'layer normalisation',
    compute: (make) => {
      const gamma = make<tf.Rank.R1>(52);
      const x = make<tf.Rank.R2>(63, 52);
      const out = layerNorm({
        x,
        residual: make<tf.Rank.R2>(63, 52),
        key,
        gamma,
        beta: make<tf.Rank.R1>(52),
        epsilon: 1e-12,
      });
      const { dx, dresidual, dgamma, dbeta } = layerNormGrad(make<tf.Rank.R2>(63, 52), out, gamma, key);
      return [out.y, dx, dresidual, dgamma, dbeta];
    },
  },
  {
    what: 'the activation',
    compute: (make) => {
      const x = tf.mul<tf.Tensor2D>(make<tf.Rank.R2>(63, 65), 4);
      return [activate(x, 'gelu'), activateGrad(make<tf.Rank.R2>(63, 65), x, 'gelu')];
    },
  },
  {
    what: 'the gradient of the embeddings',
    compute: (make) => {
      const tables = {
        word: make<tf.Rank.R2>(29, 20),
        position: make<tf.Rank.R2>(40, 20),
        type: make<tf.Rank.R2>(2, 20),
      };
      const ids = Int32Array.from({ length: 65 }, (_, n) => (n * n) % 29);
      const positions = Int32Array.from({ length: 65 }, (_, n) => n % 40);
      const grads = embedGrad(make<tf.Rank.R2>(65, 20), tables, { ids, positions });
      return [grads.word, grads.position, grads.type];
    },
  },
  {
    what: 'cross-entropy',
    compute: (make) => {
      const labels = Int32Array.from({ length: 65 }, (_, n) => (n % 3 === 0 ? -100 : n % 9));
      const { loss, dlogits } = crossEntropy(make<tf.Rank.R2>(65, 9), labels, 43);
      return [loss, dlogits];
    },
  },
  {
    what: 'the optimizer',
    compute: (make) => {
      const gradient = make<tf.Rank.R2>(33, 7);
      const state = { value: make<tf.Rank.R2>(33, 7), moment1: tf.zeros([33, 7]), moment2: tf.zeros([33, 7]) };
      const clip = clipFactor(globalNorm([gradient]), 1);
      const next = adamw(state, gradient, clip, {
        learningRate: 0.1,
        decay: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        t: 1,
      });
      return [next.value, next.moment1, next.moment2];
    },
  },
  {
    what: 'layer normalisation of many rows',
    compute: (make) => {
      const gamma = make<tf.Rank.R1>(4);
      const x = make<tf.Rank.R2>(65_539, 4);
      return [layerNorm({ x, residual: null, key: null, gamma, beta: make<tf.Rank.R1>(4), epsilon: 1e-5 }).y];
    },
  },
];

/** Share of the largest value that two devices may differ by: rounding is far below it, a wrong program far above. */
const tolerance = 1e-3;

/** Runs the cases on tfjs' present device and gives their values. Reads are awaited: webgpu has no others. */
async function valuesOfCases(signal?: AbortSignal): Promise<Float32Array[][]> {
  const all: Float32Array[][] = [];
  for (const { what, compute } of cases) {
    const random = createRandom(1, what);
    const make: Make = (...shape) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const values = Float32Array.from({ length: count }, () => 2 * random.next() - 1);
      return tf.tensor(values, shape, 'float32');
    };
    const results = tf.tidy(() => [...compute(make)]);
    all.push(await Promise.all(results.map(async (tensor) => Float32Array.from(await tensor.data()))));
    signal?.throwIfAborted();
    tf.dispose(results);
  }
  return all;
}

/** The first place where the values are too far from what they should be, in words; empty where there is none. */
export function firstDifference(what: string, expected: Float32Array, found: Float32Array): string {
  let largest = 0;
  for (const value of expected) largest = Math.max(largest, Math.abs(value));
  const allowed = tolerance * Math.max(largest, 1e-3);
  if (found.length !== expected.length)
    return `${what} gave ${String(found.length)} values, not ${String(expected.length)}`;
  // `!(… <= …)` catches NaN, which compares with nothing.
  const at = expected.findIndex((value, i) => !(Math.abs(value - found[i]!) <= allowed));
  if (at === -1) return '';
  return `${what} gave ${found[at]!.toPrecision(4)} where the processor gives ${expected[at]!.toPrecision(4)}`;
}

/**
 * Computes the same on the device, shared among all its threads, and, as plain loops, on the processor, and compares. Takes
 * about a second; the device is tfjs' present one afterwards. Never throws: what goes wrong is the finding.
 */
export async function selfTest(device: Device, env: DeviceEnv, signal?: AbortSignal): Promise<SelfTest> {
  const startedAt = performance.now();
  const finish = (trouble: DeviceTrouble | null, problem: string): SelfTest => ({
    passed: problem === '',
    problem,
    trouble,
    ms: performance.now() - startedAt,
  });
  splitEverything(true);
  try {
    await openDevice('cpu', env);
    const expected = await valuesOfCases();
    signal?.throwIfAborted();
    await tf.setBackend(device.name);
    const found = await valuesOfCases(signal);
    const failure = device.failure();
    if (failure !== null) return finish(troubleOf(failure), failure.message);
    for (const [i, { what }] of cases.entries()) {
      for (const [j, values] of expected[i]!.entries()) {
        const difference = firstDifference(what, values, found[i]![j]!);
        if (difference !== '') return finish('wrong', difference);
      }
    }
    return finish(null, '');
  } catch (error) {
    const cause = await causeOf(device, error);
    return finish(troubleOf(cause), messageOf(cause) || messageOf(error));
  } finally {
    splitEverything(false);
  }
}
