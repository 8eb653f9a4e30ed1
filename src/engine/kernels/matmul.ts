import * as tf from '@tensorflow/tfjs-core';
import { matmulGpu } from '../gpu/matmul.ts';
import { matmulNTWasm, matmulTNWasm, matmulWasm } from '../wasm/matmul.ts';
import { pick } from './backend.ts';

/**
 * Matrix products without and with a transposed factor.
 *
 *     matmul(a, b)[i, j]   = Σ_k a[i, k] b[k, j]      [M, K] [K, N] → [M, N]
 *     matmulNT(a, b)[i, j] = Σ_k a[i, k] b[j, k]      [M, K] [N, K] → [M, N]
 *     matmulTN(a, b)[i, j] = Σ_k a[k, i] b[k, j]      [K, M] [K, N] → [M, N]
 *
 * tfjs-wasm 4.22 has a fast path for untransposed factors only (25 against 1–2 GFLOP/s), so there a factor is
 * transposed by an operation of its own.
 */
type Product = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor2D;

export function matmul(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const webgpu: Product = (left, right) => matmulGpu('nn', left, right);
  return pick<Product>({ reference, wasm: matmulWasm, webgpu })(a, b);
}

export function matmulNT(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const webgpu: Product = (left, right) => matmulGpu('nt', left, right);
  return pick<Product>({ reference: referenceNT, wasm: matmulNTWasm, webgpu })(a, b);
}

export function matmulTN(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const webgpu: Product = (left, right) => matmulGpu('tn', left, right);
  return pick<Product>({ reference: referenceTN, wasm: matmulTNWasm, webgpu })(a, b);
}

function reference(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(a, b);
}

function referenceNT(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, false, true);
  return tf.tidy(() => tf.matMul(a, tf.transpose(b)));
}

/**
 * The most rows that are summed in one product on webgpu. tfjs' SplitK kernel (K ≥ 2000, few tiles) adds with float
 * atomics, whose order changes from run to run; shorter sums stay off it and repeat bit for bit.
 */
const longestSum = 1024;

function referenceTN(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const rows = a.shape[0];
  if (tf.getBackend() === 'wasm') return tf.tidy(() => tf.matMul(tf.transpose(a), b));
  if (tf.getBackend() !== 'webgpu' || rows <= longestSum) return tf.matMul(a, b, true, false);
  return tf.tidy(() => {
    let sum: tf.Tensor2D | null = null;
    for (let at = 0; at < rows; at += longestSum) {
      const size = Math.min(longestSum, rows - at);
      const part: tf.Tensor2D = tf.matMul(
        tf.slice(a, [at, 0], [size, -1]),
        tf.slice(b, [at, 0], [size, -1]),
        true,
        false,
      );
      sum = sum === null ? part : tf.add<tf.Tensor2D>(sum, part);
    }
    return sum ?? tf.zeros([a.shape[1], b.shape[1]]);
  });
}
