import type * as tf from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/backend.ts';
import { presentKernels } from './present.ts';

/** a b (+ bias)        a [M, K], b [K, N], bias [N] → [M, N] */
export function matmulWasm(a: tf.Tensor2D, b: tf.Tensor2D, bias: tf.Tensor1D | null = null): tf.Tensor2D {
  const { exports, heap } = presentKernels();
  const [m, k] = a.shape;
  const n = b.shape[1];
  const c = allocate([m, n]) as tf.Tensor2D;
  const at = heap.addressOf;
  const scratch = heap.scratch(exports.matmulScratchBytes());
  exports.matmul(m, n, k, at(a), at(b), at(c), bias === null ? 0 : at(bias), scratch);
  return c;
}

/** a bᵀ        a [M, K], b [N, K] → [M, N]; where `onto` is given it is added to that tensor, in place. */
export function matmulNTWasm(a: tf.Tensor2D, b: tf.Tensor2D, onto: tf.Tensor2D | null = null): tf.Tensor2D {
  const { exports, heap } = presentKernels();
  const [m, k] = a.shape;
  const n = b.shape[0];
  const c = onto ?? (allocate([m, n]) as tf.Tensor2D);
  const at = heap.addressOf;
  exports.matmulNT(m, n, k, at(a), at(b), at(c), onto === null ? 0 : 1, heap.scratch(exports.matmulScratchBytes()));
  return c;
}

/** aᵀ b        a [K, M], b [K, N] → [M, N] */
export function matmulTNWasm(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const { exports, heap } = presentKernels();
  const [k, m] = a.shape;
  const n = b.shape[1];
  const c = allocate([m, n]) as tf.Tensor2D;
  const at = heap.addressOf;
  exports.matmulTN(m, n, k, at(a), at(b), at(c), 0, heap.scratch(exports.matmulScratchBytes()));
  return c;
}

/** Σ_n x[n]        x [N, W] → [W] */
export function sumRowsWasm(x: tf.Tensor2D): tf.Tensor1D {
  const { exports, heap } = presentKernels();
  const [rows, width] = x.shape;
  const sum = allocate([width]) as tf.Tensor1D;
  exports.sumRows(rows, width, heap.addressOf(x), heap.addressOf(sum), heap.scratch(exports.columnBytes(width)));
  return sum;
}
