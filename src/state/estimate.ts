import type { RunConfig } from '../run/config.ts';
import type { RunRecord } from '../run/events.ts';
import { costOf, costRuns, recordBytes, type CostedRun, type ExperimentCost } from '../run/experiment/cost.ts';
import { parameterCount, type MemoryEstimate, type ModelSizes } from '../run/memory.ts';
import type { SourceCounts } from '../run/plan.ts';
import { estimateRun } from '../run/portion.ts';
import { regimens } from '../run/regimens.ts';
import type { DeviceName } from '../worker/protocol.ts';

/** Sizes of the shipped checkpoint, as its config.json says; `vocabulary` = rows of its word table. */
export const shippedModel: ModelSizes & { readonly vocabulary: number } = {
  layers: 6,
  hidden: 384,
  heads: 12,
  feedForward: 1536,
  positions: 512,
  types: 2,
  vocabulary: 30_522,
};

/** How fast training goes here: measured in a run with so many layers, or guessed from a timed matrix product. */
export type Rate =
  | { readonly kind: 'measured'; readonly tokensPerSecond: number; readonly layers: number }
  | { readonly kind: 'guessed'; readonly device: DeviceName; readonly gflops: number };

/** What computes, as far as estimates go. */
export interface Computer {
  readonly name: DeviceName;
  readonly adapter: string;
  /** Of the self-test's matrix product; 0 where it was not timed. */
  readonly gflops: number;
}

/**
 * Share of the self-test's matrix product that a whole training step reaches. wasm: 84 % of the best product were measured
 * (bench/LOG.md); the imitated GPU reaches 54 to 58 %; of real ones nothing is known, so the guess is low.
 */
const reached: Readonly<Record<DeviceName, number>> = { wasm: 0.8, webgpu: 0.4, cpu: 0.3 };

/** Fewer steps are mostly the first one, in which shaders are compiled and timed. */
const tellingSteps = 20;

/**
 * The rate for runs with this config: that of the finished run on this device whose layers and batch are the most alike, the
 * longest of such; else a guess. null where nothing is known of the device.
 */
export function rateFor(
  config: Pick<RunConfig, 'layers' | 'batchSize'>,
  device: Computer | null,
  records: readonly RunRecord[],
): Rate | null {
  if (device === null) return null;
  const unlike = (record: RunRecord) =>
    Math.abs(Math.log(layersUsed(record.config.layers) / layersUsed(config.layers))) +
    Math.abs(Math.log(record.config.batchSize / config.batchSize));
  const [best] = records
    .filter((r) => r.device.name === device.name && r.device.adapter === device.adapter)
    .filter((r) => r.seconds > 0 && r.steps >= tellingSteps)
    .sort((a, b) => unlike(a) - unlike(b) || b.steps - a.steps);
  if (best !== undefined) {
    return { kind: 'measured', tokensPerSecond: best.tokens / best.seconds, layers: best.config.layers };
  }
  return device.gflops === 0 ? null : { kind: 'guessed', device: device.name, gflops: device.gflops };
}

function layersUsed(layers: number): number {
  return layers === 0 ? shippedModel.layers : Math.min(layers, shippedModel.layers);
}

/**
 * Floating-point operations per token of the forward and backward pass: three times those of the forward pass, whose
 * matrix products are four of `H × H` and two of `H × F` a layer. Attention's own products are small at sentence length.
 */
export function flopsPerToken(layers: number): number {
  const { hidden, feedForward } = shippedModel;
  return 3 * 2 * layersUsed(layers) * (4 * hidden ** 2 + 2 * hidden * feedForward);
}

/** Seconds of an optimizer step; loading and scoring not counted. */
export function secondsPerStep(
  { layers, batchSize }: Pick<RunConfig, 'layers' | 'batchSize'>,
  piecesPerSentence: number,
  rate: Rate,
): number {
  return (batchSize * piecesPerSentence * flopsPerToken(layers)) / flopsPerSecond(rate);
}

/** Seconds in which a run scores test: the forward pass alone, a third of a step's work. */
export function secondsOfScoring(
  { layers }: Pick<RunConfig, 'layers'>,
  { test, piecesPerSentence }: Pick<DataSizes, 'test' | 'piecesPerSentence'>,
  rate: Rate,
): number {
  return (test * piecesPerSentence * flopsPerToken(layers)) / 3 / flopsPerSecond(rate);
}

function flopsPerSecond(rate: Rate): number {
  return rate.kind === 'guessed'
    ? rate.gflops * 1e9 * reached[rate.device]
    : rate.tokensPerSecond * flopsPerToken(rate.layers);
}

/** Seconds of the runs of a queue but the first `begun`, which go on already; null where steps or speed are not known. */
export function secondsOfQueue(
  configs: readonly RunConfig[],
  begun: number,
  counts: SourceCounts,
  data: DataSizes,
  rateOf: (config: RunConfig) => Rate | null,
): number | null {
  const runnable = configs.filter(({ regimen }) => regimens[regimen].needs.every((source) => counts[source] > 0));
  if (runnable.length < configs.length) return null;
  let seconds = 0;
  for (const [i, { ownSteps }] of costRuns(configs, counts).entries()) {
    if (i < begun) continue;
    const config = configs[i]!;
    const rate = rateOf(config);
    if (rate === null) return null;
    seconds += ownSteps * secondsPerStep(config, data.piecesPerSentence, rate) + secondsOfScoring(config, data, rate);
  }
  return seconds;
}

/** What is known of the data of the next runs. */
export interface DataSizes {
  readonly piecesPerSentence: number;
  /** Different words of the training text: about as many rows as its word table has. */
  readonly words: number;
  /** B and I of each label, and O. */
  readonly tags: number;
  readonly test: number;
}

/** Count, time and disk of an experiment whose runs share all but regimen, gold size and seed. */
export function costOfPlan(
  runs: readonly CostedRun[],
  config: RunConfig,
  data: DataSizes,
  rate: Rate | null,
  weights: 'all' | 'best-seed' = 'best-seed',
): ExperimentCost {
  const model = { ...shippedModel, layers: layersUsed(config.layers) };
  const steps = runs.reduce((sum, run) => sum + run.steps, 0) / Math.max(1, runs.length);
  const trained = parameterCount({ model, words: data.words, tags: data.tags });
  const cost = costOf(runs, {
    secondsPerStep: rate === null ? null : secondsPerStep(config, data.piecesPerSentence, rate),
    parallel: 1,
    modelBytes: 4 * parameterCount({ model, words: shippedModel.vocabulary, tags: data.tags }),
    // Value and two moments of each parameter, the best ones besides where they are kept.
    snapshotBytes: 4 * trained * (config.keepBest ? 4 : 3),
    recordBytes: recordBytes(steps, data.test, 2), // one curve in the run, one in its record
    weights,
    snapshots: 2,
  });
  if (cost.seconds === null || rate === null) return cost;
  return { ...cost, seconds: cost.seconds + runs.length * secondsOfScoring(config, data, rate) };
}

/** Memory of one run on its device, by formula. */
export function memoryOfRun(config: RunConfig, data: DataSizes, device: DeviceName): MemoryEstimate {
  const model = { ...shippedModel, layers: layersUsed(config.layers) };
  const { batchSize, maxPieces, precision } = config;
  return estimateRun(
    { model, words: data.words, tags: data.tags, device, precision },
    { batchSize, maxPieces, meanPieces: data.piecesPerSentence },
  );
}
