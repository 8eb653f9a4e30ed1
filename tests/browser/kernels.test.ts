import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropoutMask } from '../../src/core/dropoutMask.ts';
import { openDevice, type Device } from '../../src/engine/device.ts';
import { product } from '../../src/engine/gpu/matmul.ts';
import { useVariants } from '../../src/engine/gpu/variants.ts';
import { activate, activateGrad, type Activation } from '../../src/engine/kernels/activation.ts';
import { attend, attendGrad } from '../../src/engine/kernels/attention.ts';
import { crossEntropy } from '../../src/engine/kernels/crossEntropy.ts';
import { dropout, maskOf, type DropoutKey } from '../../src/engine/kernels/dropout.ts';
import { embed, embedGrad } from '../../src/engine/kernels/embeddings.ts';
import { globalNorm } from '../../src/engine/kernels/globalNorm.ts';
import { layerNorm, layerNormGrad } from '../../src/engine/kernels/layerNorm.ts';
import { linear, linearGrad } from '../../src/engine/kernels/linear.ts';
import { formsInTurn } from '../support/lossForms.ts';
import { createRandomValues } from '../support/randomValues.ts';
import { productCuts } from './support/productCuts.ts';
import { env, openSwiftShader } from './support/webgpu.ts';

/** An operation over `rows` rows of `width`, on tfjs' present device, from the same values on each. */
type Compute = (rows: number, width: number) => readonly tf.Tensor[];

const key = { seed: 11, step: 3, site: 4, rate: 0.1 };

function source(): { matrix(rows: number, width: number): tf.Tensor2D; vector(width: number): tf.Tensor1D } {
  const random = createRandomValues(3);
  return {
    matrix: (rows, width) => tf.tensor2d(random(rows * width), [rows, width]),
    vector: (width) => tf.tensor1d(random(width)),
  };
}

const activation =
  (kind: Activation): Compute =>
  (rows, width) => {
    const { matrix } = source();
    const x = tf.mul<tf.Tensor2D>(matrix(rows, width), 3);
    return [activate(x, kind), activateGrad(matrix(rows, width), x, kind)];
  };

/** Keys of a part of a batch: from the beginning of a Philox block, as hidden states have, and from within one. */
const [laterKey, betweenKey] = [
  { ...key, start: 5 * 12 },
  { ...key, start: 77 },
];

const normalisation =
  (drop: DropoutKey | null): Compute =>
  (rows, width) => {
    const { matrix, vector } = source();
    const gamma = vector(width);
    const inputs = { x: matrix(rows, width), residual: matrix(rows, width), key: drop, gamma, beta: vector(width) };
    const out = layerNorm({ ...inputs, epsilon: 1e-12 });
    const { dx, dresidual, dgamma, dbeta } = layerNormGrad(matrix(rows, width), out, gamma, drop);
    return [out.y, dx, dresidual, dgamma, dbeta];
  };

const attention =
  (drop: DropoutKey | null): Compute =>
  (rows, width) => {
    const { matrix } = source();
    const inputs = { q: matrix(rows, width), k: matrix(rows, width), v: matrix(rows, width) };
    // One sequence of one row, two of others, and at the end a row of no sequence.
    const offsets = Int32Array.from(rows === 1 ? [0, 1] : [0, 1, Math.floor(rows / 2), rows - 1]);
    const shape = { offsets, heads: 3 };
    const out = attend(inputs, shape, drop);
    const { dq, dk, dv } = attendGrad(matrix(rows, width), inputs, shape, drop, out);
    return [out.context, dq, dk, dv];
  };

const operations: Readonly<Record<string, Compute>> = {
  linear: (rows, width) => {
    const { matrix, vector } = source();
    const [x, w] = [matrix(rows, width), matrix(width, 2 * width + 1)];
    const { dx, dw, db } = linearGrad(matrix(rows, 2 * width + 1), x, w);
    return [linear(x, w, vector(2 * width + 1)), dx, dw, db];
  },
  gelu: activation('gelu'),
  'gelu-tanh': activation('gelu-tanh'),
  relu: activation('relu'),
  'layer normalisation': normalisation(null),
  'layer normalisation with dropout': normalisation(key),
  'layer normalisation of a part': normalisation(laterKey),
  attention: attention(null),
  'attention with dropout': attention(key),
  'attention of a part': attention(betweenKey),
  'dropout of a part': (rows, width) => {
    const x = source().matrix(rows, width);
    return [dropout(x, laterKey), dropout(x, betweenKey)];
  },
  embeddings: (rows, width) => {
    const { matrix } = source();
    const tables = { word: matrix(19, width), position: matrix(rows + 1, width), type: matrix(2, width) };
    const ids = Int32Array.from({ length: rows }, (_, n) => (n * n) % 19);
    const at = { ids, positions: Int32Array.from({ length: rows }, (_, n) => n) };
    const grads = embedGrad(matrix(rows, width), tables, at);
    return [embed(tables, at), grads.word, grads.position, grads.type];
  },
  'cross-entropy': (rows, width) => {
    const labels = Int32Array.from({ length: rows }, (_, n) => (n % 3 === 2 ? -100 : n % width));
    const { loss, dlogits } = crossEntropy(source().matrix(rows, width), labels, labels.filter((l) => l >= 0).length);
    return [loss, dlogits];
  },
  'forms of the loss': (rows, width) => {
    const labels = Int32Array.from({ length: rows }, (_, n) => (n % 5 === 2 ? -100 : n % width));
    const { loss, dlogits } = crossEntropy(source().matrix(rows, width), labels, rows, formsInTurn(rows));
    return [loss, dlogits];
  },
  'global norm of 40 gradients': (rows, width) => {
    const { matrix } = source();
    return [globalNorm(Array.from({ length: 40 }, () => matrix(rows, width)))];
  },
};

async function valuesOf(compute: () => readonly tf.Tensor[]): Promise<Float32Array[]> {
  const before = tf.memory().numTensors;
  const results = tf.tidy(() => [...compute()]);
  const values = await Promise.all(results.map(async (tensor) => Float32Array.from(await tensor.data())));
  tf.dispose(results);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

describe('operations on webgpu against the loops of the processor', () => {
  let device: Device;

  beforeAll(async () => {
    await openDevice('cpu', env);
    device = await openSwiftShader();
  });

  afterAll(() => {
    expect(device.failure()).toBeNull();
  });

  /** Largest difference as a share of the largest value. */
  async function difference(compute: () => readonly tf.Tensor[]): Promise<number> {
    await tf.setBackend('cpu');
    const expected = await valuesOf(compute);
    await tf.setBackend('webgpu');
    const found = await valuesOf(compute);
    return Math.max(
      ...expected.map((values, i) => {
        expect(found[i]!.length).toBe(values.length);
        let [largest, most] = [1e-2, 0]; // a gradient that is truly 0 comes out as rounding
        values.forEach((value, j) => {
          largest = Math.max(largest, Math.abs(value));
          const apart = Math.abs(value - found[i]![j]!);
          most = Number.isNaN(apart) ? Infinity : Math.max(most, apart);
        });
        return most / largest;
      }),
    );
  }

  for (const software of [true, false]) {
    describe(software ? 'as on a processor that imitates a GPU' : 'as on a GPU', () => {
      beforeAll(() => {
        useVariants({ software, matmul: {} });
      });
      for (const [name, compute] of Object.entries(operations)) {
        for (const [rows, width] of [
          [1, 12],
          [63, 12],
          [65, 12],
          [257, 12],
          [65, 96],
        ] as const) {
          it(`${name}, ${String(rows)} rows of ${String(width)}`, async () => {
            expect(await difference(() => compute(rows, width))).toBeLessThan(2e-5);
          });
        }
      }
      for (const name of ['layer normalisation', 'cross-entropy', 'gelu']) {
        it(`${name}, more rows than workgroups in one direction`, async () => {
          expect(await difference(() => operations[name]!(65_539, 4))).toBeLessThan(2e-4);
        });
      }
    });
  }

  /** Every cut of every layout, sums in parts included, at sizes that fill no tile. */
  for (const { layout, variant, title } of productCuts) {
    it(`products ${title}`, async () => {
      for (const [m, n, k] of [
        [1, 4, 4],
        [63, 9, 65],
        [65, 68, 72],
        [132, 60, 1028],
      ] as const) {
        for (const parts of [1, 3]) {
          const { matrix } = source();
          const a = layout === 'tn' ? matrix(k, m) : matrix(m, k);
          const b = layout === 'nt' ? matrix(n, k) : matrix(k, n);
          await tf.setBackend('cpu');
          const expected = await valuesOf(() => [tf.matMul(a, b, layout === 'tn', layout === 'nt')]);
          await tf.setBackend('webgpu');
          const found = await valuesOf(() => [product({ variant, parts }, layout, a, b, null)]);
          const apart = expected[0]!.map((value, i) => Math.abs(value - found[0]![i]!));
          expect(apart.reduce((most, value) => Math.max(most, value), 0)).toBeLessThan(1e-5 * Math.sqrt(k));
          tf.dispose([a, b]);
        }
      }
    });
  }

  it('draws the same dropout masks as the processor, bit for bit', async () => {
    for (const count of [1, 63, 4099]) {
      const expected = new Float32Array(count);
      dropoutMask(expected, key);
      const mask = maskOf(key, [count])!;
      expect(Float32Array.from(await mask.data())).toEqual(expected);
      mask.dispose();
    }
  });
});
