import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from '../kernels/crossEntropy.ts';
import { partsOf, type PackedBatch } from '../model/batch.ts';
import { backward, forward, type Bert } from '../model/bert.ts';
import type { DropoutDraw } from '../model/dropoutKeys.ts';

/**
 * Loss of a batch and the gradient of every parameter, by name; the caller disposes all of them. A batch of more than
 * `mostTokens` goes through in micro-batches whose gradients are added up: the same result but for rounding, since the loss
 * is divided by the labelled pieces, and the place of a dropout counted, in the whole batch.
 */
export function lossAndGradients(
  model: Bert,
  batch: PackedBatch,
  draw: DropoutDraw,
  mostTokens = Infinity,
): { loss: tf.Scalar; gradients: Map<string, tf.Tensor> } {
  const gradients = new Map<string, tf.Tensor>();
  const add = (name: string, gradient: tf.Tensor) => {
    const before = gradients.get(name);
    gradients.set(name, tf.keep(before === undefined ? gradient : tf.add(before, gradient)));
    before?.dispose();
  };
  const losses = partsOf(batch, mostTokens).map((part) =>
    tf.tidy(() => {
      const { logits, tape } = forward(model, part, draw);
      const { loss, dlogits } = crossEntropy(logits, part.labels, batch.labelled);
      backward(model, dlogits, tape, add);
      return loss;
    }),
  );
  const [only] = losses;
  if (only !== undefined && losses.length === 1) return { loss: only, gradients };
  const loss = tf.addN<tf.Scalar>(losses);
  tf.dispose(losses);
  return { loss, gradients };
}
