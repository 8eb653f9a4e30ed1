import type * as tf from '@tensorflow/tfjs-core';
import type { AttentionGrads, AttentionInputs, AttentionOutputs, AttentionShape } from '../kernels/attention.ts';
import { allocate } from '../kernels/backend.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import { presentKernels } from './present.ts';

/** Saves the probabilities before dropout, packed by sequence, head, query and key, [Σ A T²]. */
export function attendWasm(
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
): AttentionOutputs {
  const { exports, heap } = presentKernels();
  const { count, longest } = extentOf(shape);
  const context = allocate(q.shape) as tf.Tensor2D;
  const saved = allocate([count]);
  const at = heap.addressOf;
  exports.attend(
    ...sizesOf(q, shape),
    ...([at(q), at(k), at(v), heap.keyOf(key), at(context), at(saved)] as const),
    heap.scratch(exports.attentionScratchBytes(longest)),
  );
  return { context, saved };
}

export function attendGradWasm(
  dcontext: tf.Tensor2D,
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
  { saved }: AttentionOutputs,
): AttentionGrads {
  const { exports, heap } = presentKernels();
  const dq = allocate(q.shape) as tf.Tensor2D;
  const dk = allocate(q.shape) as tf.Tensor2D;
  const dv = allocate(q.shape) as tf.Tensor2D;
  const at = heap.addressOf;
  exports.attendGrad(
    ...sizesOf(q, shape),
    ...([at(dcontext), at(q), at(k), at(v), at(saved), heap.keyOf(key)] as const),
    ...([at(dq), at(dk), at(dv)] as const),
    heap.scratch(exports.attentionScratchBytes(extentOf(shape).longest)),
  );
  return { dq, dk, dv };
}

/** rows, batch, heads, depth and the address of the offsets: what both directions begin with. */
function sizesOf(q: tf.Tensor2D, { offsets, heads }: AttentionShape) {
  const [rows, width] = q.shape;
  const [address = 0] = presentKernels().heap.integers(offsets);
  return [rows, offsets.length - 1, heads, width / heads, address] as const;
}

/** The number of probabilities, and the rows of the longest sequence. */
function extentOf({ offsets, heads }: AttentionShape): { count: number; longest: number } {
  let [count, longest] = [0, 0];
  for (let b = 0; b + 1 < offsets.length; b++) {
    const size = offsets[b + 1]! - offsets[b]!;
    count += heads * size ** 2;
    longest = Math.max(longest, size);
  }
  return { count, longest };
}
