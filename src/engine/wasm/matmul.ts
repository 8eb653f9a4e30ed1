import type * as tf from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/backend.ts';
import { presentKernels } from './present.ts';
import { split } from './threads/split.ts';

/** a b (+ bias)        a [M, K], b [K, N], bias [N] → [M, N] */
export function matmulWasm(a: tf.Tensor2D, b: tf.Tensor2D, bias: tf.Tensor1D | null = null): tf.Tensor2D {
  const [m, k] = a.shape;
  return product({ aAcross: 0, bAlong: 0, m, n: b.shape[1], k, a, b, bias, onto: null });
}

/** a bᵀ        a [M, K], b [N, K] → [M, N]; where `onto` is given it is added to that tensor, in place. */
export function matmulNTWasm(a: tf.Tensor2D, b: tf.Tensor2D, onto: tf.Tensor2D | null = null): tf.Tensor2D {
  const [m, k] = a.shape;
  return product({ aAcross: 0, bAlong: 1, m, n: b.shape[0], k, a, b, bias: null, onto });
}

/** aᵀ b        a [K, M], b [K, N] → [M, N] */
export function matmulTNWasm(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const [k, m] = a.shape;
  return product({ aAcross: 1, bAlong: 0, m, n: b.shape[1], k, a, b, bias: null, onto: null });
}

interface Product {
  readonly aAcross: 0 | 1;
  readonly bAlong: 0 | 1;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: tf.Tensor2D;
  readonly b: tf.Tensor2D;
  readonly bias: tf.Tensor1D | null;
  readonly onto: tf.Tensor2D | null;
}

/** A multiple of the rows of both builds' tiles, and of their columns. */
const [tileRows, tileColumns] = [30, 8];
/** 60 GFLOP/s. */
const nsEach = 2 / 60;

/** Threads share the longer side of c: what each packs of the other factor is the least then. */
function product({ aAcross, bAlong, m, n, k, a, b, bias, onto }: Product): tf.Tensor2D {
  const { exports, heap, threads } = presentKernels();
  const c = onto ?? (allocate([m, n]) as tf.Tensor2D);
  const [aWidth, bWidth] = [a.shape[1], b.shape[1]];
  const [pa, pb, pc] = [heap.addressOf(a), heap.addressOf(b), heap.addressOf(c)];
  const pBias = bias === null ? 0 : heap.addressOf(bias);
  const add = onto === null ? 0 : 1;
  const call = (i: number, rows: number, j: number, columns: number) => [
    ...[aAcross, bAlong, rows, columns, k],
    ...[pa + 4 * i * (aAcross === 1 ? 1 : aWidth), aWidth],
    ...[pb + 4 * j * (bAlong === 1 ? bWidth : 1), bWidth],
    ...[pc + 4 * (i * n + j), n, pBias === 0 ? 0 : pBias + 4 * j, add],
  ];
  const calls =
    m >= n
      ? split(m, tileRows, n * k * nsEach).map(([i, rows]) => call(i, rows, 0, n))
      : split(n, tileColumns, m * k * nsEach).map(([j, columns]) => call(0, m, j, columns));
  threads.run('product', calls, exports.productScratchBytes());
  return c;
}

/** Σ_n x[n]        x [N, W] → [W] */
export function sumRowsWasm(x: tf.Tensor2D): tf.Tensor1D {
  const sum = allocate([x.shape[1]]) as tf.Tensor1D;
  runSums([{ x, factor: null, sum }]);
  return sum;
}

/** Sums of the columns of x or, with a factor, of x ∘ factor, each in the order of the rows, into `sum`; all of one shape. */
export function runSums(
  sums: readonly { readonly x: tf.Tensor2D; readonly factor: tf.Tensor2D | null; readonly sum: tf.Tensor1D }[],
): void {
  const { exports, heap, threads } = presentKernels();
  const at = heap.addressOf;
  const calls = sums.flatMap(({ x, factor, sum }) => {
    const [rows, width] = x.shape;
    return split(width, 16, rows / sums.length).map(([from, size]) => [
      ...[rows, width, size, at(x) + 4 * from, factor === null ? 0 : at(factor) + 4 * from, at(sum) + 4 * from],
    ]);
  });
  threads.run('sumRows', calls, exports.columnBytes(Math.max(...sums.map(({ x }) => x.shape[1]))));
}
