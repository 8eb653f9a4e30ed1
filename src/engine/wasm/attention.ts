import type * as tf from '@tensorflow/tfjs-core';
import type { AttentionGrads, AttentionInputs, AttentionOutputs, AttentionShape } from '../kernels/attention.ts';
import { allocate } from '../kernels/backend.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import { presentKernels } from './present.ts';
import { split } from './threads/split.ts';

/** Saves exp(S − max S) of every query, packed by sequence, head, query and key, [Σ A T²], and behind them 1 / Σ of each query, [Σ A T]. */
export function attendWasm(
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
): AttentionOutputs {
  const { exports, heap, threads } = presentKernels();
  const { pairs, queries, longest, depth } = extentOf(q, shape);
  const context = allocate(q.shape) as tf.Tensor2D;
  const saved = allocate([pairs + queries]);
  const at = heap.addressOf;
  const arrays = [at(q), at(k), at(v), heap.keyOf(key), at(context), at(saved), at(saved) + 4 * pairs];
  threads.run('attend', callsFor(q, shape, pairs, arrays), exports.attentionScratchBytes(longest, depth));
  return { context, saved };
}

export function attendGradWasm(
  dcontext: tf.Tensor2D,
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
  { context, saved }: AttentionOutputs,
): AttentionGrads {
  const { exports, heap, threads } = presentKernels();
  const { pairs, longest, depth } = extentOf(q, shape);
  const dq = allocate(q.shape) as tf.Tensor2D;
  const dk = allocate(q.shape) as tf.Tensor2D;
  const dv = allocate(q.shape) as tf.Tensor2D;
  const at = heap.addressOf;
  const arrays = [
    ...[at(dcontext), at(q), at(k), at(v), at(context), at(saved), at(saved) + 4 * pairs],
    ...[heap.keyOf(key), at(dq), at(dk), at(dv)],
  ];
  threads.run('attendGrad', callsFor(q, shape, 2 * pairs, arrays), exports.attentionScratchBytes(longest, depth));
  return { dq, dk, dv };
}

/** Of a pair of a query and a key in one direction, roughly, with heads 32 wide. */
const nsEach = 4;

/** Threads share the heads of all sequences; `work` counts pairs of a query and a key. */
function callsFor(q: tf.Tensor2D, { offsets, heads }: AttentionShape, work: number, arrays: readonly number[]) {
  const [rows, width] = q.shape;
  const batch = offsets.length - 1;
  const [address = 0] = presentKernels().heap.integers(offsets);
  const all = batch * heads;
  return split(all, 1, (work * nsEach) / Math.max(1, all)).map(([from, size]) => [
    ...[rows, batch, heads, width / heads, address, from, from + size],
    ...arrays,
  ]);
}

/** Pairs of a query and a key, queries, both in all heads; the rows of the longest sequence; the width of a head. */
function extentOf(q: tf.Tensor2D, { offsets, heads }: AttentionShape) {
  let [pairs, queries, longest] = [0, 0, 0];
  for (let b = 0; b + 1 < offsets.length; b++) {
    const size = offsets[b + 1]! - offsets[b]!;
    pairs += heads * size ** 2;
    queries += heads * size;
    longest = Math.max(longest, size);
  }
  return { pairs, queries, longest, depth: q.shape[1] / heads };
}
