import type { Precision } from './config.ts';

/** Sizes of a model that decide its memory. */
export interface ModelSizes {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly positions: number;
  readonly types: number;
}

/** A packed batch: its rows, and Σ T² over its sequences, on which what attention keeps depends. */
export interface BatchSize {
  readonly rows: number;
  readonly pairs: number;
}

export interface MemoryInput {
  readonly model: ModelSizes;
  /** Rows of the compact word table: different pieces of the training text. */
  readonly words: number;
  readonly tags: number;
  readonly device: 'webgpu' | 'wasm' | 'cpu';
  /** Of the factors of matrix products; f32 where it is left out. */
  readonly precision?: Precision;
  /** What goes through the model at once: whole batches, or the largest micro-batches that they are cut into. */
  readonly batches: readonly BatchSize[];
  /** Whether the backward pass computes a layer's activations again. */
  readonly recompute: boolean;
}

/** Bytes that training needs on its device at once. */
export interface MemoryEstimate {
  /** With the copies of weights in half precision. */
  readonly parameters: number;
  /** Both moments of AdamW. */
  readonly moments: number;
  readonly gradients: number;
  /** What the forward pass keeps and one layer's backward pass works with. */
  readonly activations: number;
  /** The most of them that are there at once: less than their sum where activations make room for gradients. */
  readonly total: number;
}

/**
 * Bytes of a training step by formula, from sizes alone; held to 20 % of what the devices allocate by tests. Not counted:
 * the device's own programs, and the steps in which wasm's heap grows (at most a fifth more). webgpu keeps the buffers of
 * every packed length that it has met, since tfjs' pool gives buffers out by their exact size: there activations are summed
 * over the different lengths of `batches`.
 */
export function estimateMemory(input: MemoryInput): MemoryEstimate {
  const { device, batches } = input;
  const parameters = 4 * parameterCount(input);
  const moments = 2 * parameters;
  if (device === 'webgpu') {
    const lengths = new Map(batches.map((batch) => [batch.rows, batch]));
    const activations = [...lengths.values()].reduce((sum, batch) => sum + activationBytes(input, batch), 0);
    const copies = input.precision === 'f16' ? 2 * input.model.layers * linearWeights(input.model) : 0;
    const total = 2 * parameters + copies + moments + activations;
    return { parameters: parameters + copies, moments, gradients: parameters, activations, total };
  }
  const activations = batches.reduce((most, batch) => Math.max(most, activationBytes(input, batch)), 0);
  const total = parameters + moments + batches.reduce((most, batch) => Math.max(most, stepPeak(input, batch)), 0);
  return { parameters, moments, gradients: parameters, activations, total };
}

/** Parameters of an encoder with a classifier, biases and LayerNorms included. */
export function parameterCount({ model, words, tags }: Pick<MemoryInput, 'model' | 'words' | 'tags'>): number {
  const { layers, hidden, positions, types } = model;
  return (words + positions + types + 2) * hidden + layers * layerParameters(model) + (hidden + 1) * tags;
}

function layerParameters({ hidden, feedForward }: ModelSizes): number {
  return linearWeights({ hidden, feedForward }) + feedForward + 9 * hidden;
}

function linearWeights({ hidden, feedForward }: Pick<ModelSizes, 'hidden' | 'feedForward'>): number {
  return 4 * hidden ** 2 + 2 * hidden * feedForward;
}

/** The tape of the forward pass, and the work of one layer backwards. */
export function activationBytes(
  input: Pick<MemoryInput, 'model' | 'device' | 'precision' | 'recompute'>,
  batch: BatchSize,
): number {
  const { layers } = input.model;
  const tape = tapeFloats(input, batch);
  // Recomputing keeps a layer's input, and in the backward pass the whole tape of the one that is at work.
  const kept = input.recompute ? layers * batch.rows * input.model.hidden + tape : layers * tape;
  return 4 * (kept + workFloats(input, batch));
}

/**
 * Of one layer: its input, q, k, v, context, the state between its halves, ŝ and 1/σ of both LayerNorms; before and after the
 * activation. In half precision the input, the state between and what comes out of the activation take half as much.
 */
function tapeFloats(
  { model: { hidden, feedForward, heads }, device, precision }: Pick<MemoryInput, 'model' | 'device' | 'precision'>,
  { rows, pairs }: BatchSize,
): number {
  // Probabilities are kept where memory is one with the processor's, on wasm with a number by row; shaders keep two of each row.
  const attention = device === 'webgpu' ? 2 * heads * rows : heads * (pairs + rows);
  const saved = precision === 'f16' ? hidden + feedForward / 2 : 0;
  return rows * (8 * hidden + 2 * feedForward + 2 - saved) + attention;
}

/** Of one layer's backward pass, whose gradients live until it ends, with ŝ of the embeddings and the model's features. */
function workFloats({ model: { hidden, feedForward } }: Pick<MemoryInput, 'model'>, { rows }: BatchSize): number {
  return rows * (17 * hidden + 2 * feedForward);
}

/**
 * Bytes above parameters and moments at the worst moment of a step where freed memory serves anything: at the last layer,
 * with the whole tape, or at the first, with nearly all gradients.
 */
function stepPeak(input: MemoryInput, batch: BatchSize): number {
  const { model, recompute } = input;
  const { layers, hidden } = model;
  const gradients = 4 * parameterCount(input);
  const [tape, work] = [4 * tapeFloats(input, batch), 4 * workFloats(input, batch)];
  const atLast = activationBytes(input, batch) + 4 * layerParameters(model);
  const below = recompute ? 4 * batch.rows * hidden : 0;
  const atFirst = tape + below + work + gradients - 4 * (input.words + model.positions + model.types) * hidden;
  return Math.max(layers === 0 ? 0 : atLast, atFirst, gradients);
}
