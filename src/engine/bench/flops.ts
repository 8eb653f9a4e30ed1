import type { BertConfig } from '../checkpoint/config.ts';

/** Floating-point operations of one training step, multiplications and additions counted for one each. */
export interface StepFlops {
  /** Products with weights: 6 · N · Σ I · O, of which a third is forward, a third dX and a third dW. */
  readonly linear: number;
  /** Products inside attention: 12 · H · Σ T² a layer, two forward (q kᵀ, P v) and four backward (dP, dV, dQ, dK). */
  readonly attention: number;
  readonly total: number;
}

/**
 * What a step cannot do without: `linear` sums over all linear layers [I, O], the classifier included, `attention` over the
 * sequences of `lengths`; N = Σ T are real tokens. Bucket rows, products that are computed twice, embeddings, LayerNorm,
 * activation, softmax, dropout and AdamW are not counted, so that the share of the matmul rate charges them as losses.
 */
export function flopsOf(config: BertConfig, tags: number, lengths: readonly number[]): StepFlops {
  const { layers, hidden, feedForward } = config;
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const squares = lengths.reduce((sum, length) => sum + length ** 2, 0);
  const weights = layers * (4 * hidden ** 2 + 2 * hidden * feedForward) + hidden * tags;
  const linear = 6 * tokens * weights;
  const attention = 12 * layers * hidden * squares;
  return { linear, attention, total: linear + attention };
}
