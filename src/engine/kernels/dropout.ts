import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from '../../core/dropoutMask.ts';
import { dropoutGpu } from '../gpu/elementwise.ts';
import { dropoutWasm } from '../wasm/elementwise.ts';
import { allocate, pick, view } from './backend.ts';

/** Where a dropout mask is drawn: the same (seed, step, site, place) gives the same bit on every device. */
export interface DropoutKey {
  readonly seed: number;
  readonly step: number;
  /** Which dropout of the model: see `sites` in `model/dropoutKeys.ts`. */
  readonly site: number;
  /** Share of elements set to 0, 0 ≤ rate < 1. */
  readonly rate: number;
  /** Place of the first element, 0 unless told: a part of a batch draws the mask that the whole batch would. */
  readonly start?: number;
}

/**
 * y[i] = mask[i] x[i], with the mask of `key`; x itself where nothing is dropped. The backward pass is the same function of
 * the gradient: the mask is drawn again, never stored.
 */
export function dropout(x: tf.Tensor2D, key: DropoutKey | null): tf.Tensor2D {
  if (key === null || key.rate === 0) return x;
  const webgpu = startsBlock(key) ? dropoutGpu : reference;
  return pick({ reference, wasm: dropoutWasm, webgpu })(x, key);
}

function reference(x: tf.Tensor2D, key: DropoutKey): tf.Tensor2D {
  return tf.tidy(() => tf.mul<tf.Tensor2D>(x, maskOf(key, x.shape) ?? 1));
}

/** Whether the mask begins with a whole Philox block of four, which our shaders need: so it does where widths are multiples of 4. */
export function startsBlock(key: DropoutKey | null): boolean {
  return (key?.start ?? 0) % 4 === 0;
}

/** A mask of `shape`: 0 or 1 / (1 − rate); element `i` is place `start + i`. Null where nothing is dropped. */
export function maskOf(key: DropoutKey | null, shape: number[]): tf.Tensor | null {
  if (key === null || key.rate === 0) return null;
  if (tf.getBackend() === 'webgpu') {
    const values = new Float32Array(tf.util.sizeFromShape(shape));
    dropoutMask(values, key);
    return tf.tensor(values, shape, 'float32');
  }
  const mask = allocate(shape);
  dropoutMask(view(mask), key);
  return mask;
}
