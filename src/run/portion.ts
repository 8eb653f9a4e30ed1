import { activationBytes, estimateMemory, type MemoryEstimate, type MemoryInput } from './memory.ts';

/** How much of a batch goes through the model at once, so that it fits. */
export interface Portion {
  /** Tokens above which a batch is cut into micro-batches. */
  readonly microBatchTokens: number;
  /** Whether the backward pass computes a layer's activations again instead of keeping them. */
  readonly recompute: boolean;
}

type Trained = Omit<MemoryInput, 'batches' | 'recompute'>;

/** What activations may take where there is enough of everything: little enough for a small GPU. */
const mostActivations = 2 ** 30;
/** Of the 4 GiB that tfjs-wasm 4.22's heap may grow to: a part is lost between tensors, and browsers may give less. */
const wasmHeap = 0.75 * 2 ** 32;
/** A multiple of what packed lengths are rounded up to on any device. */
const step = 64;

/** The portion for sequences of at most `longest` rows; layers are recomputed where not even one of them fits otherwise. */
export function portionOf(trained: Trained, longest: number, budget = budgetOf(trained)): Portion {
  const keeping = tokensWithin(trained, longest, budget, false);
  const recompute = keeping < longest;
  const tokens = recompute ? tokensWithin(trained, longest, budget, true) : keeping;
  return { microBatchTokens: step * Math.max(1, Math.floor(tokens / step)), recompute };
}

function tokensWithin(trained: Trained, longest: number, budget: number, recompute: boolean): number {
  const one = activationBytes({ ...trained, recompute }, { rows: longest, pairs: longest ** 2 });
  return Math.floor((longest * budget) / one);
}

/** Bytes that activations may take beside parameters, moments and gradients. */
function budgetOf(trained: Trained): number {
  if (trained.device !== 'wasm') return mostActivations;
  const { parameters, moments, gradients } = estimateMemory({ ...trained, batches: [], recompute: false });
  return Math.max(0, Math.min(mostActivations, wasmHeap - parameters - moments - gradients));
}

/** What decides the memory of a run beside its model. */
export interface RunSizes {
  /** Sentences of a batch. */
  readonly batchSize: number;
  /** Pieces of a sentence on the average, and the most that a window may have. */
  readonly meanPieces: number;
  readonly maxPieces: number;
}

/**
 * The memory of a run before it begins, with its batches cut as the engine will cut them. Batches of average sentences: on
 * webgpu those of other lengths keep buffers of their own beside, about as many again for every 64 rows that lengths vary by.
 */
export function estimateRun(
  trained: Trained,
  { batchSize, meanPieces, maxPieces }: RunSizes,
): MemoryEstimate & Portion {
  const portion = portionOf(trained, maxPieces);
  const rows =
    Math.ceil(Math.min(batchSize * meanPieces, Math.max(portion.microBatchTokens, meanPieces)) / step) * step;
  const batches = [{ rows, pairs: rows * meanPieces }];
  return { ...portion, ...estimateMemory({ ...trained, recompute: portion.recompute, batches }) };
}
