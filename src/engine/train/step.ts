import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from '../kernels/crossEntropy.ts';
import type { PackedBatch } from '../model/batch.ts';
import { backward, forward, type Bert } from '../model/bert.ts';
import type { DropoutDraw } from '../model/dropoutKeys.ts';

/** Loss of a batch and the gradient of every parameter, by name; the caller disposes all of them. */
export function lossAndGradients(
  model: Bert,
  batch: PackedBatch,
  draw: DropoutDraw,
): { loss: tf.Scalar; gradients: Map<string, tf.Tensor> } {
  const gradients = new Map<string, tf.Tensor>();
  const loss = tf.tidy(() => {
    const { logits, tape } = forward(model, batch, draw);
    const { loss, dlogits } = crossEntropy(logits, batch.labels, batch.labelled);
    backward(model, dlogits, tape, (name, gradient) => gradients.set(name, tf.keep(gradient)));
    return loss;
  });
  return { loss, gradients };
}
