import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { activate, activateGrad } from '../../../../src/engine/kernels/activation.ts';
import { adamw, type AdamwState } from '../../../../src/engine/kernels/adamw.ts';
import { attend, attendGrad } from '../../../../src/engine/kernels/attention.ts';
import { withVariant } from '../../../../src/engine/kernels/backend.ts';
import { crossEntropy } from '../../../../src/engine/kernels/crossEntropy.ts';
import { dropout } from '../../../../src/engine/kernels/dropout.ts';
import { embed, embedGrad } from '../../../../src/engine/kernels/embeddings.ts';
import { globalNorm } from '../../../../src/engine/kernels/globalNorm.ts';
import { layerNorm, layerNormGrad } from '../../../../src/engine/kernels/layerNorm.ts';
import { linear, linearGrad } from '../../../../src/engine/kernels/linear.ts';
import { attendGradWasm, attendWasm } from '../../../../src/engine/wasm/attention.ts';
import { crossEntropyWasm } from '../../../../src/engine/wasm/crossEntropy.ts';
import { activateGradWasm, activateWasm, dropoutWasm } from '../../../../src/engine/wasm/elementwise.ts';
import { embedGradWasm, embedWasm } from '../../../../src/engine/wasm/embeddings.ts';
import { layerNormGradWasm, layerNormWasm } from '../../../../src/engine/wasm/layerNorm.ts';
import { matmulNTWasm, matmulTNWasm, matmulWasm, sumRowsWasm } from '../../../../src/engine/wasm/matmul.ts';
import { adamwWasm, globalNormWasm } from '../../../../src/engine/wasm/optimizer.ts';
import { startKernels } from '../../../../src/engine/wasm/present.ts';
import { openNodeDevice } from '../../../support/nodeDevices.ts';
import { formsInTurn } from '../../../support/lossForms.ts';
import { createRandomValues } from '../../../support/randomValues.ts';
import { near } from './arena.ts';

beforeAll(async () => {
  await openNodeDevice('wasm');
  await startKernels();
});

type Results = Readonly<Record<string, tf.Tensor>>;

/** The kernels and the host loops on the same tensors: values within rounding, and as many tensors made. */
function expectSame(kernels: () => Results, host: () => Results): void {
  const before = tf.memory().numTensors;
  const found = kernels();
  const made = tf.memory().numTensors - before;
  expect(made).toBe(new Set(Object.values(found)).size);
  const wanted = withVariant('host', () => tf.tidy(host));
  for (const [part, tensor] of Object.entries(wanted)) {
    expect(found[part]!.shape, part).toEqual(tensor.shape);
    near(found[part]!.dataSync(), tensor.dataSync(), 3e-6, 2e-5);
  }
  tf.dispose([...Object.values(found), ...Object.values(wanted)]);
}

const key = { seed: 3, step: 1, site: 2, rate: 0.25 };

describe.each([
  [1, 12],
  [65, 15],
  [257, 36],
])('on tensors of [%i, %i]', (rows, width) => {
  const random = createRandomValues(rows);
  const matrix = (r: number, w: number) => tf.tensor2d(random(r * w), [r, w]);
  const within = (body: () => void) => () => {
    const before = tf.memory().numTensors;
    tf.tidy(body);
    expect(tf.memory().numTensors).toBe(before);
  };

  it(
    'linear and its gradients',
    within(() => {
      const [x, w, dy, b] = [matrix(rows, width), matrix(width, 9), matrix(rows, 9), tf.tensor1d(random(9))];
      expectSame(
        () => ({ y: matmulWasm(x, w, b), dx: matmulNTWasm(dy, w), dw: matmulTNWasm(x, dy), db: sumRowsWasm(dy) }),
        () => ({ y: linear(x, w, b), ...linearGrad(dy, x, w) }),
      );
      const onto = matrix(rows, width);
      const wanted = tf.add(onto, matmulNTWasm(dy, w)).dataSync();
      near(matmulNTWasm(dy, w, onto).dataSync(), wanted, 2e-6);
    }),
  );

  it.each(['gelu', 'gelu-tanh', 'relu'] as const)('%s and its gradient', (kind) => {
    within(() => {
      const [x, dy] = [matrix(rows, width), matrix(rows, width)];
      expectSame(
        () => ({ y: activateWasm(x, kind), dx: activateGradWasm(dy, x, kind) }),
        () => ({ y: activate(x, kind), dx: activateGrad(dy, x, kind) }),
      );
    })();
  });

  it.each([
    ['without dropout', null],
    ['with dropout', key],
    ['at rate 0', { ...key, rate: 0 }],
  ])('layer norm and its gradient, %s', (_, drop) => {
    within(() => {
      const [x, residual, dy] = [matrix(rows, width), matrix(rows, width), matrix(rows, width)];
      const [gamma, beta] = [tf.tensor1d(random(width)), tf.tensor1d(random(width))];
      const inputs = { x, residual, key: drop, gamma, beta, epsilon: 1e-12 };
      const saved = layerNormWasm(inputs);
      expectSame(
        () => ({ ...layerNormWasm(inputs), ...layerNormGradWasm(dy, saved, gamma, drop) }),
        () => ({ ...layerNorm(inputs), ...layerNormGrad(dy, saved, gamma, drop) }),
      );
    })();
  });

  it.each([null, key])('attention and its gradient, dropout %o', (drop) => {
    within(() => {
      const [q, k, v, dc] = [matrix(rows, width), matrix(rows, width), matrix(rows, width), matrix(rows, width)];
      const shape = { offsets: Int32Array.from([0, 1, Math.max(1, rows >> 1), Math.max(1, rows - 1)]), heads: 3 };
      const saved = attendWasm({ q, k, v }, shape, drop);
      expectSame(
        () => {
          const out = attendWasm({ q, k, v }, shape, drop);
          out.saved.dispose(); // each implementation's own affair
          return { ...attendGradWasm(dc, { q, k, v }, shape, drop, saved), context: out.context };
        },
        () => {
          const out = attend({ q, k, v }, shape, drop);
          return { context: out.context, ...attendGrad(dc, { q, k, v }, shape, drop, out) };
        },
      );
    })();
  });

  it(
    'dropout, embeddings, cross-entropy, norm, AdamW',
    within(() => {
      const x = matrix(rows, width);
      expectSame(
        () => ({ y: dropoutWasm(x, key) }),
        () => ({ y: dropout(x, key) }),
      );
      const tables = { word: matrix(9, width), position: matrix(70, width), type: matrix(2, width) };
      const [ids, positions] = [5, 3].map((by) => Int32Array.from({ length: rows }, (_, n) => (n * by) % 9));
      const taken = { ids: ids!, positions: positions! };
      expectSame(
        () => ({ s: embedWasm(tables, taken), ...embedGradWasm(x, tables, taken) }),
        () => ({ s: embed(tables, taken), ...embedGrad(x, tables, taken) }),
      );
      const labels = Int32Array.from({ length: rows }, (_, n) => (n % 3 === 1 ? -100 : n % width));
      expectSame(
        () => ({ ...crossEntropyWasm(x, labels, 7, formsInTurn(rows)) }),
        () => ({ ...crossEntropy(x, labels, 7, formsInTurn(rows)) }),
      );
      expectSame(
        () => ({ norm: globalNormWasm([x, tables.word]) }),
        () => ({ norm: globalNorm([x, tables.word]) }),
      );
      const [start, second, clip] = [random(rows * width), random(rows * width).map(Math.abs), tf.scalar(0.5)];
      const settings = { learningRate: 0.01, decay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, t: 3 };
      const gradient = tf.reshape(x, [-1]);
      const state = (): AdamwState => ({
        value: tf.tensor(start),
        moment1: tf.tensor(start),
        moment2: tf.tensor(second),
      });
      expectSame(
        () => ({ ...adamwWasm(state(), gradient, clip, settings) }),
        () => ({ ...adamw(state(), gradient, clip, settings) }),
      );
    }),
  );
});
