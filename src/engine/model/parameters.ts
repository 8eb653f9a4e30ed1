import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../core/random.ts';
import type { BertConfig } from '../checkpoint/config.ts';

/** Values of one tensor in the layout of the checkpoint file. */
export interface Tensor32 {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Tensors by Hugging Face's name without `bert.`. */
export type Weights = ReadonlyMap<string, Tensor32>;

export const wordTable = 'embeddings.word_embeddings.weight';

/** Whether a parameter is the weight of a linear layer, which the file keeps as [out, in] and the engine as [in, out]. */
export function isLinearWeight(name: string): boolean {
  return name.endsWith('.weight') && !name.includes('LayerNorm') && !name.startsWith('embeddings.');
}

/** AdamW decays everything but biases and LayerNorm, as `run_ner.py` does. */
export function decays(name: string): boolean {
  return !name.endsWith('.bias') && !name.includes('LayerNorm');
}

export function transposed({ shape, values }: Tensor32): Tensor32 {
  const [rows = 0, width = 0] = shape;
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let w = 0; w < width; w++) out[w * rows + r] = values[r * width + w]!;
  return { shape: [width, rows], values: out };
}

/** A new classification head: weights N(0, initializerRange), biases 0, as transformers' `_init_weights`. */
export function newHead(config: BertConfig, tags: number, seed: number): Weights {
  const random = createRandom(seed, 'head');
  const values = Float32Array.from({ length: tags * config.hidden }, () => random.normal() * config.initializerRange);
  return new Map([
    ['classifier.weight', { shape: [tags, config.hidden], values }],
    ['classifier.bias', { shape: [tags], values: new Float32Array(tags) }],
  ]);
}

/** The rows `pieceIds` of the word table, in that order. */
export function compactTable({ shape, values }: Tensor32, pieceIds: Int32Array): Tensor32 {
  const width = shape[1] ?? 0;
  const out = new Float32Array(pieceIds.length * width);
  pieceIds.forEach((id, row) => {
    out.set(values.subarray(id * width, (id + 1) * width), row * width);
  });
  return { shape: [pieceIds.length, width], values: out };
}

/**
 * The full word table after training: rows in `pieceIds` from `trained`, all others shrunk by `factor`, the product
 * Π (1 − lr · decay) of the run's steps, which is all that dense AdamW would have done to a row without a gradient.
 */
export function fullTable(before: Tensor32, trained: Float32Array, pieceIds: Int32Array, factor: number): Tensor32 {
  const width = before.shape[1] ?? 0;
  const values = before.values.map((value) => value * factor);
  pieceIds.forEach((id, row) => {
    values.set(trained.subarray(row * width, (row + 1) * width), id * width);
  });
  return { shape: before.shape, values };
}

/**
 * Moves weights to the device, linear weights transposed. The caller disposes the tensors. Values are copied: the cpu
 * backend would otherwise keep the caller's array, and AdamW updates in place.
 */
export function toTensors(weights: Weights): Map<string, tf.Tensor> {
  const tensors = new Map<string, tf.Tensor>();
  for (const [name, weight] of weights) {
    const { shape, values } = isLinearWeight(name) ? transposed(weight) : weight;
    tensors.set(name, tf.tensor(values.slice(), [...shape], 'float32'));
  }
  return tensors;
}

/** Reads tensors back into the layout of the file. */
export async function toWeights(tensors: ReadonlyMap<string, tf.Tensor>): Promise<Map<string, Tensor32>> {
  const weights = new Map<string, Tensor32>();
  for (const [name, tensor] of tensors) {
    const weight = { shape: tensor.shape, values: (await tensor.data<'float32'>()).slice() };
    weights.set(name, isLinearWeight(name) ? transposed(weight) : weight);
  }
  return weights;
}
