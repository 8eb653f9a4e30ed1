import * as tf from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/backend.ts';
import type { CrossEntropy } from '../kernels/crossEntropy.ts';
import { presentKernels } from './present.ts';

/** As `kernels/crossEntropy.ts`; `count` is the number of labelled rows that the loss is divided by. */
export function crossEntropyWasm(
  logits: tf.Tensor2D,
  labels: Int32Array,
  count: number,
  forms: Float32Array,
): CrossEntropy {
  const { exports, heap } = presentKernels();
  const [rows, width] = logits.shape;
  const dlogits = allocate([rows, width]) as tf.Tensor2D;
  // The heap copies words, whatever they stand for.
  const words = new Int32Array(forms.buffer, forms.byteOffset, forms.length);
  const [pLabels = 0, pForms = 0] = heap.integers(labels, words);
  const [z, dz] = [heap.addressOf(logits), heap.addressOf(dlogits)];
  const total = exports.crossEntropy(rows, width, z, pLabels, pForms, 1 / count, dz);
  return { loss: tf.scalar(total / count), dlogits };
}
