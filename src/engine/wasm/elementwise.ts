import type * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../kernels/activation.ts';
import { allocate } from '../kernels/backend.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import { presentKernels } from './present.ts';
import { split } from './threads/split.ts';

/** The numbers by which the kernels know the activations. */
const kinds: Readonly<Record<Activation, number>> = { gelu: 0, 'gelu-tanh': 1, relu: 2 };

/** Of the dearest activation, roughly. */
const nsEach = 2;

export function activateWasm(x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  const { heap, threads } = presentKernels();
  const y = allocate(x.shape) as tf.Tensor2D;
  const [from, to] = [heap.addressOf(x), heap.addressOf(y)];
  const parts = split(x.size, 16, nsEach);
  threads.run(
    'activate',
    parts.map(([i, size]) => [size, kinds[kind], from + 4 * i, to + 4 * i]),
  );
  return y;
}

export function activateGradWasm(dy: tf.Tensor2D, x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  const { heap, threads } = presentKernels();
  const dx = allocate(x.shape) as tf.Tensor2D;
  const [up, from, to] = [heap.addressOf(dy), heap.addressOf(x), heap.addressOf(dx)];
  const parts = split(x.size, 16, nsEach);
  threads.run(
    'activateGrad',
    parts.map(([i, size]) => [size, kinds[kind], up + 4 * i, from + 4 * i, to + 4 * i]),
  );
  return dx;
}

/** x ∘ mask; the backward pass is the same function of the gradient. */
export function dropoutWasm(x: tf.Tensor2D, key: DropoutKey): tf.Tensor2D {
  const { exports, heap } = presentKernels();
  const y = allocate(x.shape) as tf.Tensor2D;
  const scratch = heap.scratch(exports.dropoutScratchBytes());
  exports.dropout(x.size, heap.addressOf(x), heap.keyOf(key), heap.addressOf(y), scratch);
  return y;
}
