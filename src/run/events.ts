import type { Seen } from '../blend/seen.ts';
import type { Predictions } from '../eval/compare/predictions.ts';
import type { Scores } from '../eval/scores.ts';
import type { RunConfig } from './config.ts';
import type { SourceDigests } from './dataDigest.ts';
import type { Why, WhyPoint } from './why.ts';

/** One point of the training curves, at `step` optimizer updates done. */
export interface TrainPoint {
  readonly step: number;
  /** Mean loss (natural log) over the labelled pieces of this step's batch, each by the loss of its source and its weight. */
  readonly loss: number;
  readonly learningRate: number;
  /** Global norm of the gradient before clipping. */
  readonly gradNorm: number;
  /** Share of silver sentences in this step's batch, 0 … 1. */
  readonly silverShare: number;
}

/** One scoring of dev, after `step` updates. */
export interface DevPoint {
  readonly step: number;
  /** Micro F1 over entities, default (conlleval) reading. */
  readonly f1: number;
  readonly best: boolean;
  /** F1 of each label, default reading; absent in runs from before it was kept. */
  readonly labels?: Readonly<Record<string, number>>;
}

export interface StagePlan {
  readonly name: string;
  /** What the stage draws from. */
  readonly source: 'silver' | 'gold' | 'both';
  /** First and last + 1 optimizer step of the stage, counted over the run. */
  readonly firstStep: number;
  readonly endStep: number;
}

/** A stage as it was trained; `steps` are fewer than planned where patience ended it. */
export interface StageDone {
  readonly name: string;
  readonly source: StagePlan['source'];
  readonly steps: number;
  /** Sentences drawn in it: its realised share of silver is silver / (silver + gold). */
  readonly drawn: { readonly silver: number; readonly gold: number };
}

/** What a training run tells while it goes on; the worker and the command line consume the same stream. */
export type TrainEvent =
  | {
      readonly kind: 'started';
      readonly steps: number;
      readonly stages: readonly StagePlan[];
      readonly resumedAt: number;
      readonly tags: readonly string[];
      readonly parameters: number;
      readonly vocabUsed: number;
    }
  | { readonly kind: 'stage'; readonly index: number; readonly plan: StagePlan }
  | {
      readonly kind: 'step';
      readonly point: TrainPoint;
      readonly tokens: number;
      readonly tokensPerSecond: number;
      readonly secondsLeft: number;
      /** Bytes that the device held after this step, counted as `peakBytes` of the record is. */
      readonly heldBytes: number;
    }
  | { readonly kind: 'dev'; readonly point: DevPoint; readonly scores: Scores }
  | { readonly kind: 'why'; readonly point: WhyPoint }
  /** The device had no room for the step after `step`; it and all later ones go through in these portions. */
  | {
      readonly kind: 'smaller-portions';
      readonly step: number;
      readonly microBatchTokens: number;
      readonly recompute: boolean;
    }
  | {
      readonly kind: 'snapshot';
      readonly step: number;
      readonly stageEnd: boolean;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  /** `predictions` are of test, null where there is none. */
  | { readonly kind: 'finished'; readonly record: RunRecord; readonly predictions: Predictions | null };

/** What the engine chose for a run on its device. It changes results by rounding only, and is kept to repeat them bit for bit. */
export interface EngineChoices {
  readonly adapter: string;
  /** Tokens that a batch may hold before it is split into micro-batches. */
  readonly microBatchTokens: number;
  /** Whether the backward pass computes a layer's activations again instead of keeping them. */
  readonly recompute: boolean;
  /** On webgpu, whether the adapter is a processor, and how matrix products are cut, by class of shape; null elsewhere. */
  readonly shaders: {
    readonly software: boolean;
    readonly matmul: Readonly<Record<string, { readonly variant: MatmulCut; readonly parts: number }>>;
  } | null;
}

/** How a matrix product is cut on a GPU: without barriers, or in tiles of so many rows and columns a thread. */
export type MatmulCut = { readonly kind: 'registers' } | { readonly kind: 'tiles'; readonly perThread: 4 | 8 };

/** What is kept of a run for good: enough to repeat and to compare it. */
export interface RunRecord {
  readonly config: RunConfig;
  /** `sources`: the data by role, to tell which of them is another; absent in records from before it was kept. */
  readonly digests: { readonly data: string; readonly checkpoint: string; readonly sources?: SourceDigests };
  readonly appVersion: string;
  readonly device: { readonly name: string; readonly adapter: string };
  readonly engine: EngineChoices;
  /** Most bytes that the device held: on webgpu all buffers, on wasm the whole heap; 0 or absent where nobody counted. */
  readonly peakBytes?: number;
  readonly steps: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly curve: readonly TrainPoint[];
  readonly dev: readonly DevPoint[];
  /** In which way the final parameters were chosen. */
  readonly selection: 'last' | 'best-on-dev';
  /** Passes over each source that were begun. */
  readonly repeats: { readonly silver: number; readonly gold: number };
  /** Sentences drawn; absent in records of version 0.1 from before it was kept. */
  readonly seen?: Seen;
  /** In the order of training; absent in records from before it was kept. */
  readonly stages?: readonly StageDone[];
  /** null where no sentence carries both labels, or it was not asked for; absent in records from before it was kept. */
  readonly why?: Why | null;
  readonly scores: { readonly dev?: Scores; readonly test?: Scores };
}
