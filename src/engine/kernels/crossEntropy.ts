import * as tf from '@tensorflow/tfjs-core';
import { crossEntropyGpu } from '../gpu/crossEntropy.ts';
import { crossEntropyWasm } from '../wasm/crossEntropy.ts';
import { allocate, pick, view } from './backend.ts';

/** Label of a row that is not scored: a piece that is not the first of its word, [CLS], [SEP], a bucket row. As in PyTorch. */
export const ignored = -100;

/**
 * How much a row's loss counts, `weight` above 0, and what it is: cross-entropy with labels smoothed by `smoothing`, or where
 * `q` is above 0 the generalised cross-entropy. At most one of the two is above 0.
 */
export interface LossForm {
  readonly weight: number;
  /** 0 … below 1. */
  readonly smoothing: number;
  /** 0 … 1. */
  readonly q: number;
}

export const plainForm: LossForm = { weight: 1, smoothing: 0, q: 0 };

/** The forms of `rows` rows that are all scored alike, as `crossEntropy` takes them: weight, smoothing, q a row, [3 N]. */
export function formsOf(rows: number, { weight, smoothing, q }: LossForm): Float32Array {
  const forms = new Float32Array(3 * rows);
  for (let row = 0; row < rows; row++) forms.set([weight, smoothing, q], 3 * row);
  return forms;
}

/**
 * Mean of the labelled rows' losses, each times its weight w, with the gradient. With p = softmax(z[r]) and y = label[r]:
 *
 *     loss = 1/n Σ w ℓ                       over the n rows whose label is not `ignored`
 *     ℓ = −Σ_l t[l] log p[l]                 t = (1 − ε) onehot(y) + ε / L: cross-entropy, label smoothing (arXiv 1512.00567)
 *     ℓ = (1 − p[y]^q) / q                   where q > 0: generalised cross-entropy (arXiv 1805.07836); t = onehot(y)
 *     dz[r] = w p[y]^q (p − t) / n           0 for ignored rows
 *
 * z [N, L], labels [N], forms [3 N] = w, ε, q of each row; `count` is n, of the whole batch where this is a part of one. It
 * counts rows and not weights, so that sentences of little weight also move the model little. n = 0 gives loss 0 and gradient 0.
 */
export interface CrossEntropy {
  readonly loss: tf.Scalar;
  readonly dlogits: tf.Tensor2D;
}

export function crossEntropy(
  logits: tf.Tensor2D,
  labels: Int32Array,
  count: number,
  forms: Float32Array = formsOf(labels.length, plainForm),
): CrossEntropy {
  const n = Math.max(1, count);
  return pick({ reference, host, wasm: crossEntropyWasm, webgpu: crossEntropyGpu })(logits, labels, n, forms);
}

function reference(logits: tf.Tensor2D, labels: Int32Array, count: number, forms: Float32Array): CrossEntropy {
  return tf.tidy(() => {
    const [rows, width] = logits.shape;
    const target = new Float32Array(rows * width);
    const [weights, scored, powers] = [0, 1, 2].map(() => new Float32Array(rows)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    labels.forEach((label, row) => {
      if (label === ignored) return;
      const [weight, smoothing, q] = forms.subarray(3 * row);
      target.fill(smoothing! / width, row * width, (row + 1) * width);
      target[row * width + label]! += 1 - smoothing!;
      weights[row] = weight! / count;
      scored[row] = 1;
      powers[row] = q!;
    });
    const column = (values: Float32Array) => tf.tensor2d(values, [rows, 1]);
    const targets = tf.tensor2d(target, [rows, width]);
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const raised = tf.exp(shifted);
    const sums = tf.sum(raised, 1, true);
    const plain = tf.neg(tf.sum(tf.mul(targets, tf.sub(shifted, tf.log(sums))), 1, true));
    const factor = tf.exp(tf.neg(tf.mul(column(powers), plain)));
    const general = tf.div(tf.sub(1, factor), tf.maximum(column(powers), 1e-9));
    const each = tf.where(tf.greater(column(powers), 0), general, plain);
    const away = tf.sub(tf.mul(tf.div(raised, sums), column(scored)), targets);
    return {
      loss: tf.sum<tf.Scalar>(tf.mul(column(weights), each)),
      dlogits: tf.mul<tf.Tensor2D>(tf.mul(column(weights), factor), away),
    };
  });
}

function host(logits: tf.Tensor2D, labels: Int32Array, count: number, forms: Float32Array): CrossEntropy {
  const [rows, width] = logits.shape;
  const dlogits = allocate([rows, width]) as tf.Tensor2D;
  const [z, dz] = [view(logits), view(dlogits).fill(0)];
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    if (label === ignored) continue;
    const at = row * width;
    const [weight, smoothing, q] = [forms[3 * row]!, forms[3 * row + 1]!, forms[3 * row + 2]!];
    let [highest, all] = [-Infinity, 0];
    for (let l = 0; l < width; l++) {
      highest = Math.max(highest, z[at + l]!);
      all += z[at + l]!;
    }
    let sum = 0;
    for (let l = 0; l < width; l++) sum += Math.exp(z[at + l]! - highest);
    const [own, other] = [1 - smoothing, smoothing / width];
    const plain = Math.log(sum) + highest - own * z[at + label]! - other * all;
    const factor = Math.exp(-q * plain);
    total += weight * (q > 0 ? (1 - factor) / q : plain);
    for (let l = 0; l < width; l++) {
      const probability = Math.exp(z[at + l]! - highest) / sum;
      dz[at + l] = (weight * factor * (probability - (l === label ? own + other : other))) / count;
    }
  }
  return { loss: tf.scalar(total / count), dlogits };
}
