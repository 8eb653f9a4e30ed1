import type { RunConfig } from '../run/config.ts';
import { planOf, type SourceCounts } from '../run/plan.ts';
import type { DeviceName } from '../worker/protocol.ts';

/** Sizes of a checkpoint that decide the work of a step. */
export interface ModelSize {
  readonly hidden: number;
  readonly feedForward: number;
  readonly layers: number;
}

/** Those of the shipped checkpoint, as its config.json says. */
export const shippedModel: ModelSize = { hidden: 384, feedForward: 1536, layers: 6 };

/** How fast training goes here: measured in a run with so many layers, or guessed from a timed matrix product. */
export type Rate =
  | { readonly kind: 'measured'; readonly tokensPerSecond: number; readonly layers: number }
  | { readonly kind: 'guessed'; readonly device: DeviceName; readonly gflops: number };

/**
 * Share of the self-test's matrix product that a whole training step reaches. wasm: 84 % of the best product were measured
 * (bench/LOG.md); the imitated GPU reaches 54 to 58 %; of real ones nothing is known, so the guess is low.
 */
const reached: Readonly<Record<DeviceName, number>> = { wasm: 0.8, webgpu: 0.4, cpu: 0.3 };

/** Optimizer steps of a run; null where the data lack a source that it needs. */
export function stepsOf(config: RunConfig, counts: SourceCounts): number | null {
  try {
    return planOf(config, counts).reduce((sum, stage) => sum + stage.steps, 0);
  } catch {
    return null; // the page names the missing source
  }
}

/**
 * Floating-point operations per token of the forward and backward pass: three times those of the forward pass, whose
 * matrix products are four of `H × H` and two of `H × F` a layer. Attention's own products are small at sentence length.
 */
export function flopsPerToken(size: ModelSize, layers: number): number {
  const used = layers === 0 ? size.layers : Math.min(layers, size.layers);
  return 3 * 2 * used * (4 * size.hidden ** 2 + 2 * size.hidden * size.feedForward);
}

/** Seconds of `steps` optimizer steps; loading and scoring not counted. */
export function secondsOf(
  work: {
    readonly steps: number;
    readonly batchSize: number;
    readonly tokensPerSentence: number;
    readonly layers: number;
  },
  size: ModelSize,
  rate: Rate,
): number {
  const perToken = flopsPerToken(size, work.layers);
  const tokens = work.steps * work.batchSize * work.tokensPerSentence;
  const perSecond =
    rate.kind === 'guessed'
      ? rate.gflops * 1e9 * reached[rate.device]
      : rate.tokensPerSecond * flopsPerToken(size, rate.layers);
  return (tokens * perToken) / perSecond;
}
