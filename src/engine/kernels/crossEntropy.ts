import * as tf from '@tensorflow/tfjs-core';
import { crossEntropyGpu } from '../gpu/crossEntropy.ts';
import { crossEntropyWasm } from '../wasm/crossEntropy.ts';
import { allocate, pick, view } from './backend.ts';

/** Label of a row that is not scored: a piece that is not the first of its word, [CLS], [SEP], a bucket row. As in PyTorch. */
export const ignored = -100;

/**
 * Mean cross-entropy over the labelled rows, with its gradient.
 *
 *     loss = −1/n Σ log softmax(z[r])[label[r]]       over the n rows whose label is not `ignored`
 *     dz[r] = (softmax(z[r]) − onehot(label[r])) / n,  0 for ignored rows
 *
 * z [N, L], labels [N]; `count` is n, of the whole batch where this is a part of one. n = 0 gives loss 0 and gradient 0.
 */
export interface CrossEntropy {
  readonly loss: tf.Scalar;
  readonly dlogits: tf.Tensor2D;
}

export function crossEntropy(logits: tf.Tensor2D, labels: Int32Array, count: number): CrossEntropy {
  return pick({ reference, host, wasm: crossEntropyWasm, webgpu: crossEntropyGpu })(logits, labels, Math.max(1, count));
}

function reference(logits: tf.Tensor2D, labels: Int32Array, count: number): CrossEntropy {
  return tf.tidy(() => {
    const [rows, width] = logits.shape;
    const hot = new Float32Array(rows * width);
    const scored = new Float32Array(rows);
    labels.forEach((label, row) => {
      if (label === ignored) return;
      hot[row * width + label] = 1;
      scored[row] = 1;
    });
    const target = tf.tensor2d(hot, [rows, width]);
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const raised = tf.exp(shifted);
    const sums = tf.sum(raised, 1, true);
    const logProbabilities = tf.sub(shifted, tf.log(sums));
    const loss = tf.div<tf.Scalar>(tf.neg(tf.sum(tf.mul(target, logProbabilities))), count);
    const dscored = tf.mul(tf.div(raised, sums), tf.tensor2d(scored, [rows, 1]));
    return { loss, dlogits: tf.div<tf.Tensor2D>(tf.sub(dscored, target), count) };
  });
}

function host(logits: tf.Tensor2D, labels: Int32Array, count: number): CrossEntropy {
  const [rows, width] = logits.shape;
  const dlogits = allocate([rows, width]) as tf.Tensor2D;
  const [z, dz] = [view(logits), view(dlogits).fill(0)];
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    if (label === ignored) continue;
    const at = row * width;
    let highest = -Infinity;
    for (let l = 0; l < width; l++) highest = Math.max(highest, z[at + l]!);
    let sum = 0;
    for (let l = 0; l < width; l++) sum += Math.exp(z[at + l]! - highest);
    total += Math.log(sum) + highest - z[at + label]!;
    for (let l = 0; l < width; l++) {
      const probability = Math.exp(z[at + l]! - highest) / sum;
      dz[at + l] = (probability - (l === label ? 1 : 0)) / count;
    }
  }
  return { loss: tf.scalar(total / count), dlogits };
}
