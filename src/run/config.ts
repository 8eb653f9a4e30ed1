import type { ScheduleId } from '../blend/schedules.ts';
import type { LossId } from './losses.ts';

/** Everything that decides a run, besides the data, the checkpoint and the device. Plain JSON; see `fields.ts` for ranges. */
export interface RunConfig {
  readonly regimen: RegimenId;
  /** Only read by the regimen `blend`. */
  readonly schedule: ScheduleId;
  readonly scheduleSettings: Readonly<Record<string, number>>;
  /** Encoder layers kept from the checkpoint, the first ones; 0 = all of them. */
  readonly layers: number;
  /** Passes over the silver sentences; null = the regimen's default. */
  readonly epochsSilver: number | null;
  /** Passes over the gold sentences; null = the regimen's default. */
  readonly epochsGold: number | null;
  /** Gold sentences to train on, a subset that the seed decides (see `goldSubset.ts`); null = all of them. */
  readonly goldSize: number | null;
  /** Optimizer steps of the whole run, shared out over its stages; null = by epochs. */
  readonly steps: number | null;
  /** Optimizer steps of the second stage, out of `steps` where that is set; null = by its passes. */
  readonly stepsSecond: number | null;
  readonly learningRate: number;
  /** Learning rate of the second stage; null = as in the first. */
  readonly learningRateSecond: number | null;
  readonly batchSize: number;
  /** Share of a schedule's steps in which the learning rate rises, 0 … 1. */
  readonly warmup: number;
  /** Warm-up of the second stage, where it has a schedule of its own; null = as in the first. */
  readonly warmupSecond: number | null;
  readonly weightDecay: number;
  /** Largest global norm of the gradient; 0 = no clipping. */
  readonly clipNorm: number;
  readonly dropout: number;
  /** What silver and gold labels are scored by, in whichever stage they come. */
  readonly lossSilver: LossId;
  readonly lossGold: LossId;
  /** ε of smoothed labels. */
  readonly smoothing: number;
  /** q of the generalised cross-entropy. */
  readonly q: number;
  /** WordPieces a window may hold, with [CLS] and [SEP]. */
  readonly maxPieces: number;
  /** Whether each stage begins with a new optimizer and learning-rate schedule of its own. */
  readonly restart: boolean;
  /** Where each stage has a schedule of its own: whether the optimizer's moments and update count run through all the same. */
  readonly keepOptimizer: boolean;
  /** Optimizer steps between two scorings of dev; 0 = at the end of each epoch only. */
  readonly evaluateEvery: number;
  /** Keep the parameters with the best dev F1; without it the last ones. */
  readonly keepBest: boolean;
  /** Scorings of dev without a new best after which a stage ends; 0 = never. */
  readonly patience: number;
  /** Of the factors of the matrix products while training; sums, parameters and all else are float32 in both. */
  readonly precision: Precision;
  /** Looks, while training, at the sentences that carry silver and trusted labels; see `why.ts`. It changes no result. */
  readonly watchBoth: boolean;
  readonly seed: number;
}

/** f16 takes a GPU; see `engine/gpu/half.ts`. */
export const precisions = ['f32', 'f16'] as const;
export type Precision = (typeof precisions)[number];

export const regimenIds = [
  'gold-only',
  'silver-only',
  'pooled',
  'simple-mix',
  'gold-for-silver',
  'gold-then-silver',
  'silver-then-both',
  'alternating',
  'blend',
] as const;
export type RegimenId = (typeof regimenIds)[number];

/** The defaults of the app and of the command line; they suit the shipped checkpoint, which wants a high learning rate. */
export const defaultConfig: RunConfig = {
  regimen: 'simple-mix',
  schedule: 'sigmoid',
  scheduleSettings: {},
  layers: 2,
  epochsSilver: null,
  epochsGold: null,
  goldSize: null,
  steps: null,
  stepsSecond: null,
  learningRate: 3e-4,
  learningRateSecond: null,
  batchSize: 16,
  warmup: 0.1,
  warmupSecond: null,
  weightDecay: 0.01,
  clipNorm: 1,
  dropout: 0.1,
  lossSilver: 'cross-entropy',
  lossGold: 'cross-entropy',
  smoothing: 0.1,
  q: 0.7,
  maxPieces: 128,
  restart: true,
  keepOptimizer: false,
  evaluateEvery: 0,
  keepBest: false,
  patience: 0,
  precision: 'f32',
  watchBoth: true,
  seed: 0,
};
