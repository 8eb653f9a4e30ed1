import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from '../kernels/crossEntropy.ts';
import { partsOf, type PackedBatch } from '../model/batch.ts';
import { backward, forward } from '../model/bert.ts';
import { inHalfPrecision, type Bert } from '../model/parts.ts';
import type { Precision } from '../../run/config.ts';
import type { DropoutDraw } from '../model/dropoutKeys.ts';

/** How a batch goes through the model. */
export interface Passage {
  /** Tokens above which a batch is cut into micro-batches; no limit where it is not given. */
  readonly microBatchTokens?: number;
  /** Whether a layer's activations are computed again by the backward pass instead of being kept: the same bits. */
  readonly recompute?: boolean;
  /** Of the factors of matrix products; f32 where it is not given. */
  readonly precision?: Precision;
}

export interface StepGradients {
  readonly loss: tf.Scalar;
  readonly gradients: Map<string, tf.Tensor>;
}

/**
 * Loss of a batch and the gradient of every parameter, by name; the caller disposes all of them. A batch of more than
 * `microBatchTokens` goes through in micro-batches whose gradients are added up: the same result but for rounding, since the loss
 * is divided by the labelled pieces, and the place of a dropout counted, in the whole batch. What it throws leaves no tensor.
 */
export function lossAndGradients(
  model: Bert,
  batch: PackedBatch,
  draw: DropoutDraw,
  passage: Passage = {},
): StepGradients {
  const through = (whole: Bert) => takePassage(whole, batch, draw, passage);
  return passage.precision === 'f16' ? inHalfPrecision(model, through) : through(model);
}

function takePassage(
  model: Bert,
  batch: PackedBatch,
  draw: DropoutDraw,
  { microBatchTokens = Infinity, recompute = false }: Passage,
): StepGradients {
  const gradients = new Map<string, tf.Tensor>();
  const add = (name: string, gradient: tf.Tensor) => {
    const before = gradients.get(name);
    gradients.set(name, tf.keep(before === undefined ? gradient : tf.add(before, gradient)));
    before?.dispose();
  };
  const losses: tf.Scalar[] = [];
  try {
    for (const part of partsOf(batch, microBatchTokens)) {
      const partLoss = tf.tidy(() => {
        const { logits, tape } = forward(model, part, draw, recompute);
        const { loss, dlogits } = crossEntropy(logits, part.labels, batch.labelled, part.forms);
        backward(model, dlogits, tape, add);
        return loss;
      });
      losses.push(partLoss);
    }
    const loss = losses.length === 1 ? losses[0]! : tf.addN<tf.Scalar>(losses);
    if (losses.length > 1) tf.dispose(losses);
    return { loss, gradients };
  } catch (error) {
    tf.dispose([...losses, ...gradients.values()]);
    throw error;
  }
}
