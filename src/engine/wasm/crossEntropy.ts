import * as tf from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/backend.ts';
import type { CrossEntropy } from '../kernels/crossEntropy.ts';
import { presentKernels } from './present.ts';

/** As `kernels/crossEntropy.ts`; `count` is the number of labelled rows that the loss is divided by. */
export function crossEntropyWasm(logits: tf.Tensor2D, labels: Int32Array, count: number): CrossEntropy {
  const { exports, heap } = presentKernels();
  const [rows, width] = logits.shape;
  const dlogits = allocate([rows, width]) as tf.Tensor2D;
  const [pLabels = 0] = heap.integers(labels);
  const total = exports.crossEntropy(rows, width, heap.addressOf(logits), pLabels, 1 / count, heap.addressOf(dlogits));
  return { loss: tf.scalar(total / count), dlogits };
}
