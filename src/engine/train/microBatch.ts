import type { BertConfig } from '../checkpoint/config.ts';

/** What the activations of a training step may take: half of tfjs-wasm's heap, and little enough for a small GPU. */
const budgetBytes = 2 ** 30;

/**
 * Bytes of activations that one packed row needs at the peak of a training step: the tape of every layer and the work of one
 * layer's backward pass. `longest` is the most rows of a sequence; the probabilities of attention, which wasm keeps and webgpu
 * does not, are counted.
 */
export function bytesOfRow({ layers, hidden, feedForward, heads }: BertConfig, longest: number): number {
  // The input, q, k, v, context, the state between the two halves, and ŝ of both LayerNorms; before and after the activation.
  const tape = 8 * hidden + 2 * feedForward + heads * longest;
  const work = 6 * hidden + 2 * feedForward;
  return 4 * (layers * tape + 2 * hidden + work);
}

/** A multiple of what packed lengths are rounded up to on any device. */
const step = 64;

/** The most tokens that a batch may hold in one piece. */
export function microBatchTokens(config: BertConfig, longest: number, budget = budgetBytes): number {
  return step * Math.max(1, Math.floor(budget / bytesOfRow(config, longest) / step));
}
