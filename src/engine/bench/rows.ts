import type { StepFlops } from './flops.ts';
import { median, type StepTime } from './measure.ts';

export type RowKind = 'training step' | 'plain tfjs' | 'sequence length' | 'batch size';

/** One line of the result. Times are of optimizer steps, tokens are real ones: padding and bucket rows do not count. */
export interface BenchRow {
  readonly what: RowKind;
  readonly layers: number;
  readonly hidden: number;
  /** Sequences of a batch; where `maxTokens` cuts batches short, the mean. */
  readonly batch: number;
  /** Pieces of every sequence of a made batch, null for batches of the sample. */
  readonly length: number | null;
  readonly repeats: number;
  /** Tokens of a step, the mean. */
  readonly tokens: number;
  /** Median and best over the repeats. */
  readonly tokensPerSecond: number;
  readonly bestTokensPerSecond: number;
  readonly stepMs: number;
  readonly minStepMs: number;
  /** Until the step's calls returned, the median: the JavaScript of a step where the device works on its own. */
  readonly issueMs: number;
  /** Median over the repeats of plain tfjs' time for a batch divided by ours for the same batch; null where not compared. */
  readonly ratioToPlainTfjs: number | null;
  /** Needed operations (`flops.ts`) in 10⁹ a second, the median. */
  readonly gflops: number;
  /** `gflops` as a share of the best rate of the product's own matmul, measured before and after; null where not compared. */
  readonly shareOfMatmul: number | null;
  /** Part of the needed operations that attention's products have, 0 … 1. */
  readonly attentionShare: number;
  /** Best time for one token divided by that of the first row of this line; null outside of the lines of growth. */
  readonly costToFirst: number | null;
  /** Needed operations for one token divided by those of the first row: what the cost may rise by. */
  readonly flopsToFirst: number | null;
}

/** The steps that make one row, each with what it did and how long it took. */
export interface Timed {
  readonly sequences: number;
  readonly tokens: number;
  readonly flops: StepFlops;
  readonly time: StepTime;
}

export function rowOf(
  where: Pick<BenchRow, 'what' | 'layers' | 'hidden'> & Partial<BenchRow>,
  steps: readonly Timed[],
): BenchRow {
  const sum = (value: (step: Timed) => number) => steps.reduce((total, step) => total + value(step), 0);
  const speeds = steps.map(({ tokens, time }) => (1000 * tokens) / time.totalMs);
  return {
    batch: sum(({ sequences }) => sequences) / steps.length,
    length: null,
    repeats: steps.length,
    tokens: sum(({ tokens }) => tokens) / steps.length,
    tokensPerSecond: median(speeds),
    bestTokensPerSecond: Math.max(...speeds),
    stepMs: median(steps.map(({ time }) => time.totalMs)),
    minStepMs: Math.min(...steps.map(({ time }) => time.totalMs)),
    issueMs: median(steps.map(({ time }) => time.issueMs)),
    ratioToPlainTfjs: null,
    gflops: median(steps.map(({ flops, time }) => flops.total / time.totalMs / 1e6)),
    shareOfMatmul: null,
    attentionShare: sum(({ flops }) => flops.attention) / sum(({ flops }) => flops.total),
    costToFirst: null,
    flopsToFirst: null,
    ...where,
  };
}
