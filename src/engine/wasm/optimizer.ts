import * as tf from '@tensorflow/tfjs-core';
import type { AdamwSettings, AdamwState } from '../kernels/adamw.ts';
import { allocate, view } from '../kernels/backend.ts';
import { presentKernels } from './present.ts';

export function globalNormWasm(gradients: readonly tf.Tensor[]): tf.Scalar {
  const { exports, heap } = presentKernels();
  return tf.scalar(Math.sqrt(gradients.reduce((sum, g) => sum + exports.sumOfSquares(g.size, heap.addressOf(g)), 0)));
}

/**
 * The moments in place, the parameter in a new tensor: tfjs-wasm's own matMul keeps a packed copy of its second factor by
 * data id, and would go on with the old weights wherever it is still used.
 */
export function adamwWasm(state: AdamwState, gradient: tf.Tensor, clip: tf.Scalar, s: AdamwSettings): AdamwState {
  const { exports, heap } = presentKernels();
  const value = allocate(state.value.shape);
  const at = heap.addressOf;
  exports.adamw(
    ...([value.size, at(state.value), at(state.moment1), at(state.moment2), at(gradient), at(value)] as const),
    ...([view(clip)[0]!, 1 - s.learningRate * s.decay, s.learningRate / (1 - s.beta1 ** s.t)] as const),
    ...([1 / Math.sqrt(1 - s.beta2 ** s.t), s.beta1, s.beta2, s.epsilon] as const),
  );
  state.value.dispose();
  return { ...state, value };
}
