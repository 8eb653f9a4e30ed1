import * as tf from '@tensorflow/tfjs-core';
import { activate, activateGrad, type Activation } from '../../src/engine/kernels/activation.ts';
import { adamw, type AdamwState } from '../../src/engine/kernels/adamw.ts';
import { attend, attendGrad } from '../../src/engine/kernels/attention.ts';
import { crossEntropy } from '../../src/engine/kernels/crossEntropy.ts';
import { dropout } from '../../src/engine/kernels/dropout.ts';
import { embed, embedGrad } from '../../src/engine/kernels/embeddings.ts';
import { clipFactor, globalNorm } from '../../src/engine/kernels/globalNorm.ts';
import { layerNorm, layerNormGrad } from '../../src/engine/kernels/layerNorm.ts';
import { linear, linearGrad } from '../../src/engine/kernels/linear.ts';
import { formsInTurn } from './lossForms.ts';
import { createRandomValues } from './randomValues.ts';

/** The size of a case, and where its inputs come from. */
interface Inputs {
  readonly rows: number;
  readonly width: number;
  matrix(rows: number, width: number): tf.Tensor2D;
  vector(size: number): tf.Tensor1D;
}

const dropKey = { seed: 1, step: 2, site: 3, rate: 0.25 };
/** Keys of a part of a batch: from the beginning of a Philox block, as hidden states do, and from within one. */
const [laterKey, betweenKey] = [
  { ...dropKey, start: 5 * 12 },
  { ...dropKey, start: 77 },
];

type Case = (inputs: Inputs) => Readonly<Record<string, tf.Tensor>>;

/** Every operation of a training step with its gradients. The results are the caller's to dispose. */
const cases: Readonly<Record<string, Case>> = {
  linear({ rows, width, matrix, vector }) {
    const [x, dy, w] = [matrix(rows, width), matrix(rows, width + 1), matrix(width, width + 1)];
    return { y: linear(x, w, vector(width + 1)), ...linearGrad(dy, x, w) };
  },
  activation({ rows, width, matrix }) {
    const [x, dy] = [tf.mul<tf.Tensor2D>(matrix(rows, width), 4), matrix(rows, width)];
    const kinds = ['gelu', 'gelu-tanh', 'relu'] satisfies Activation[];
    return Object.fromEntries(
      kinds.flatMap((kind) => [
        [kind, activate(x, kind)],
        [`d ${kind}`, activateGrad(dy, x, kind)],
      ]),
    );
  },
  layerNorm({ rows, width, matrix, vector }) {
    const [x, dy, gamma] = [matrix(rows, width), matrix(rows, width), vector(width)];
    const out = layerNorm({ x, residual: null, key: null, gamma, beta: vector(width), epsilon: 1e-12 });
    const { dx, dgamma, dbeta } = layerNormGrad(dy, out, gamma, null);
    return { ...out, dx, dgamma, dbeta };
  },
  layerNormWithResidualAndDropout: layerNormCase(dropKey),
  layerNormOfAPart: layerNormCase(laterKey),
  embeddings({ rows, width, matrix }) {
    const tables = { word: matrix(9, width), position: matrix(70, width), type: matrix(2, width) };
    const ids = Int32Array.from({ length: rows }, (_, n) => (n * 5) % 9);
    const positions = Int32Array.from({ length: rows }, (_, n) => n % 70);
    const { word, position, type } = embedGrad(matrix(rows, width), tables, { ids, positions });
    return { s: embed(tables, { ids, positions }), word, position, type };
  },
  crossEntropy({ rows, width, matrix }) {
    const labels = Int32Array.from({ length: rows }, (_, n) => (n % 3 === 1 ? -100 : n % width));
    const logits = tf.mul<tf.Tensor2D>(matrix(rows, width), 5);
    return { ...crossEntropy(logits, labels, labels.filter((label) => label >= 0).length) };
  },
  formsOfLoss({ rows, width, matrix }) {
    const labels = Int32Array.from({ length: rows }, (_, n) => (n % 5 === 1 ? -100 : n % width));
    const forms = formsInTurn(rows);
    const logits = tf.mul<tf.Tensor2D>(matrix(rows, width), 5);
    return { ...crossEntropy(logits, labels, labels.filter((label) => label >= 0).length, forms) };
  },
  attention: attentionCase(null),
  attentionWithDropout: attentionCase(dropKey),
  attentionOfAPart: attentionCase(betweenKey),
  dropout: ({ rows, width, matrix }) => ({ y: dropout(matrix(rows, width), dropKey) }),
  dropoutOfAPart: ({ rows, width, matrix }) => {
    const x = matrix(rows, width);
    return { later: dropout(x, laterKey), between: dropout(x, betweenKey) };
  },
  adamw({ rows, width, matrix }) {
    const gradient = matrix(rows, width);
    const norm = globalNorm([gradient]);
    const clip = clipFactor(norm, 1);
    const settings = { learningRate: 0.01, decay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const value = matrix(rows, width);
    let state: AdamwState = { value, moment1: tf.zerosLike(value), moment2: tf.zerosLike(value) };
    for (const t of [1, 2, 3]) state = adamw(state, gradient, clip, { ...settings, t });
    return { norm, clip, ...state };
  },
};

function layerNormCase(key: NonNullable<Parameters<typeof dropout>[1]>): Case {
  return ({ rows, width, matrix, vector }) => {
    const [x, residual, dy, gamma] = [matrix(rows, width), matrix(rows, width), matrix(rows, width), vector(width)];
    const out = layerNorm({ x, residual, key, gamma, beta: vector(width), epsilon: 1e-12 });
    return { ...out, ...layerNormGrad(dy, out, gamma, key) };
  };
}

function attentionCase(key: Parameters<typeof attend>[2]): Case {
  return ({ rows, matrix }) => {
    const [q, k, v, dcontext] = [matrix(rows, 12), matrix(rows, 12), matrix(rows, 12), matrix(rows, 12)];
    const shape = { offsets: offsetsOf(rows), heads: 3 };
    const saved = attend({ q, k, v }, shape, key);
    return { context: saved.context, ...attendGrad(dcontext, { q, k, v }, shape, key, saved) };
  };
}

/** Sequences of 1, 30, 31, … rows, the last row being of none where there are more than one. */
function offsetsOf(rows: number): Int32Array {
  const offsets = [0];
  const end = Math.max(1, rows - 1);
  for (let size = 1; offsets.at(-1) < end; size = 29 + offsets.length)
    offsets.push(Math.min(end, offsets.at(-1) + size));
  return Int32Array.from(offsets);
}

export const kernelNames = Object.keys(cases);

/** Values of everything that an operation gives for seeded inputs, on tfjs' present device. */
export async function kernelResults(name: string, rows: number, width = 12): Promise<Map<string, Float32Array>> {
  const random = createRandomValues(7);
  const outputs = tf.tidy(() =>
    cases[name]!({
      rows,
      width,
      matrix: (r, w) => tf.tensor2d(random(r * w), [r, w]),
      vector: (size) => tf.tensor1d(random(size)),
    }),
  );
  const results = new Map<string, Float32Array>();
  for (const [part, tensor] of Object.entries(outputs)) results.set(part, (await tensor.data<'float32'>()).slice());
  tf.dispose(Object.values(outputs));
  return results;
}
