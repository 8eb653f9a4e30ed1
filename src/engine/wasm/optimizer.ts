import * as tf from '@tensorflow/tfjs-core';
import type { AdamwSettings, AdamwState } from '../kernels/adamw.ts';
import { allocate, view } from '../kernels/backend.ts';
import { presentKernels } from './present.ts';
import { mostCalls } from './threads/job.ts';
import { split } from './threads/split.ts';

/** Threads share the tensors, each of which one of them sums up. */
export function globalNormWasm(gradients: readonly tf.Tensor[]): tf.Scalar {
  const { heap, threads } = presentKernels();
  let total = 0;
  for (let from = 0; from < gradients.length; from += mostCalls) {
    const calls = gradients.slice(from, from + mostCalls).map((g) => [g.size, heap.addressOf(g)]);
    for (const sum of threads.run('sumOfSquares', calls)) total += sum;
  }
  return tf.scalar(Math.sqrt(total));
}

/** Of one element, roughly. */
const nsEach = 1.5;

/**
 * The moments in place, the parameter in a new tensor: tfjs-wasm's own matMul keeps a packed copy of its second factor by
 * data id, and would go on with the old weights wherever it is still used.
 */
export function adamwWasm(state: AdamwState, gradient: tf.Tensor, clip: tf.Scalar, s: AdamwSettings): AdamwState {
  const { heap, threads } = presentKernels();
  const value = allocate(state.value.shape);
  const at = heap.addressOf;
  const settings = [
    ...[view(clip)[0]!, 1 - s.learningRate * s.decay, s.learningRate / (1 - s.beta1 ** s.t)],
    ...[1 / Math.sqrt(1 - s.beta2 ** s.t), s.beta1, s.beta2, s.epsilon],
  ];
  const arrays = [at(state.value), at(state.moment1), at(state.moment2), at(gradient), at(value)];
  const calls = split(value.size, 16, nsEach).map(([from, size]) => [
    size,
    ...arrays.map((address) => address + 4 * from),
    ...settings,
  ]);
  threads.run('adamw', calls);
  state.value.dispose();
  return { ...state, value };
}
