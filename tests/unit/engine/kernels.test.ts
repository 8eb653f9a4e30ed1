import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomValues } from '../../support/randomValues.ts';
import { activate, activateGrad, type Activation } from '../../../src/engine/kernels/activation.ts';
import { attend, attendGrad } from '../../../src/engine/kernels/attention.ts';
import { withVariant } from '../../../src/engine/kernels/backend.ts';
import { crossEntropy } from '../../../src/engine/kernels/crossEntropy.ts';
import { embed, embedGrad } from '../../../src/engine/kernels/embeddings.ts';
import { layerNorm, layerNormGrad } from '../../../src/engine/kernels/layerNorm.ts';
import { linear, linearGrad } from '../../../src/engine/kernels/linear.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const random = createRandomValues(7);
const matrix = (rows: number, width: number) => tf.tensor2d(random(rows * width), [rows, width]);

/** Largest difference between the flat values of two results. */
function difference(a: readonly tf.Tensor[], b: readonly tf.Tensor[]): number {
  let most = 0;
  a.forEach((tensor, index) => {
    const [x, y] = [tensor.dataSync(), b[index]!.dataSync()];
    expect(y.length).toBe(x.length);
    x.forEach((value, i) => (most = Math.max(most, Math.abs(value - y[i]!))));
  });
  return most;
}

/** Host loops against the composition of tfjs operations. */
function same(compute: () => readonly tf.Tensor[], tolerance = 2e-5): void {
  const before = tf.memory().numTensors;
  const host = withVariant('host', compute);
  const reference = withVariant('reference', compute);
  expect(difference(host, reference)).toBeLessThan(tolerance);
  tf.dispose([...host, ...reference]);
  expect(tf.memory().numTensors).toBe(before);
}

describe('host loops against compositions, at odd sizes', () => {
  for (const rows of [1, 63, 65, 257]) {
    const width = 12;
    it(`${String(rows)} rows`, () => {
      const [x, dy, residual, w] = [
        matrix(rows, width),
        matrix(rows, width),
        matrix(rows, width),
        matrix(width, width),
      ];
      const [gamma, beta] = [tf.tensor1d(random(width)), tf.tensor1d(random(width))];
      same(() => [linear(x, w, beta), ...Object.values(linearGrad(dy, x, w))]);
      for (const kind of ['gelu', 'gelu-tanh', 'relu'] satisfies Activation[]) {
        same(() => [activate(x, kind), activateGrad(dy, x, kind)]);
      }
      const mask = tf.tensor2d(
        random(rows * width).map((v) => (v > 0 ? 1.25 : 0)),
        [rows, width],
      );
      for (const keep of [null, mask]) {
        same(() => {
          const out = layerNorm({ x, residual, mask: keep, gamma, beta, epsilon: 1e-12 });
          const { dx, dresidual, dgamma, dbeta } = layerNormGrad(dy, out, gamma, keep);
          return [out.y, out.normed, out.inverse, dresidual, dgamma, dbeta, ...(keep === null ? [] : [dx])];
        });
      }
      const tables = { word: matrix(9, width), position: matrix(rows + 1, width), type: matrix(2, width) };
      const ids = Int32Array.from({ length: rows }, (_, n) => (n * 5) % 9);
      const embedRows = { ids, positions: Int32Array.from({ length: rows }, (_, n) => n) };
      same(() => [embed(tables, embedRows), ...Object.values(embedGrad(dy, tables, embedRows))]);
      const labels = Int32Array.from({ length: rows }, (_, n) => (n % 3 === 0 ? -100 : n % width));
      same(() => Object.values(crossEntropy(x, labels, Math.max(1, labels.filter((l) => l >= 0).length))));
      const offsets = Int32Array.from(rows === 1 ? [0, 1] : [0, 1, Math.floor(rows / 2), rows - 1]);
      const shape = { offsets, heads: 3 };
      for (const key of [null, { seed: 1, step: 2, site: 3, rate: 0.25 }]) {
        same(() => {
          const saved = attend({ q: x, k: dy, v: residual }, shape, key);
          const grads = attendGrad(dy, { q: x, k: dy, v: residual }, shape, saved);
          tf.dispose([saved.probabilities, ...(saved.mask === null ? [] : [saved.mask])]);
          return [saved.context, ...Object.values(grads)];
        });
      }
      tf.dispose([x, dy, residual, w, gamma, beta, mask, ...Object.values(tables)]);
    });
  }
});
