import type * as tf from '@tensorflow/tfjs-core';
import type { AttentionGrads, AttentionInputs, AttentionOutputs, AttentionShape } from '../kernels/attention.ts';
import { allocate } from '../kernels/backend.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import { presentKernels } from './present.ts';

/** Saves exp(S − max S) of every query, packed by sequence, head, query and key, [Σ A T²], and behind them 1 / Σ of each query, [Σ A T]. */
export function attendWasm(
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
): AttentionOutputs {
  const { exports, heap } = presentKernels();
  const { pairs, queries, longest, depth } = extentOf(q, shape);
  const context = allocate(q.shape) as tf.Tensor2D;
  const saved = allocate([pairs + queries]);
  const at = heap.addressOf;
  exports.attend(
    ...sizesOf(q, shape),
    ...([at(q), at(k), at(v), heap.keyOf(key), at(context), at(saved), at(saved) + 4 * pairs] as const),
    heap.scratch(exports.attentionScratchBytes(longest, depth)),
  );
  return { context, saved };
}

export function attendGradWasm(
  dcontext: tf.Tensor2D,
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
  { context, saved }: AttentionOutputs,
): AttentionGrads {
  const { exports, heap } = presentKernels();
  const { pairs, longest, depth } = extentOf(q, shape);
  const dq = allocate(q.shape) as tf.Tensor2D;
  const dk = allocate(q.shape) as tf.Tensor2D;
  const dv = allocate(q.shape) as tf.Tensor2D;
  const at = heap.addressOf;
  exports.attendGrad(
    ...sizesOf(q, shape),
    ...([at(dcontext), at(q), at(k), at(v), at(context), at(saved), at(saved) + 4 * pairs] as const),
    ...([heap.keyOf(key), at(dq), at(dk), at(dv)] as const),
    heap.scratch(exports.attentionScratchBytes(longest, depth)),
  );
  return { dq, dk, dv };
}

/** rows, batch, heads, depth and the address of the offsets: what both directions begin with. */
function sizesOf(q: tf.Tensor2D, { offsets, heads }: AttentionShape) {
  const [rows, width] = q.shape;
  const [address = 0] = presentKernels().heap.integers(offsets);
  return [rows, offsets.length - 1, heads, width / heads, address] as const;
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
