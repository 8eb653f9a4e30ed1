import type * as tf from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/backend.ts';
import type { EmbeddingRows, EmbeddingTables } from '../kernels/embeddings.ts';
import { presentKernels } from './present.ts';

export function embedWasm({ word, position, type }: EmbeddingTables, { ids, positions }: EmbeddingRows): tf.Tensor2D {
  const { exports, heap } = presentKernels();
  const width = word.shape[1];
  const sum = allocate([ids.length, width]) as tf.Tensor2D;
  const [pIds = 0, pPositions = 0] = heap.integers(ids, positions);
  const at = heap.addressOf;
  exports.embed(ids.length, width, pIds, pPositions, at(word), at(position), at(type), at(sum));
  return sum;
}

export function embedGradWasm(
  ds: tf.Tensor2D,
  tables: EmbeddingTables,
  { ids, positions }: EmbeddingRows,
): EmbeddingTables {
  const { exports, heap } = presentKernels();
  const [rows, width] = ds.shape;
  const scatter = (index: Int32Array, table: tf.Tensor2D): tf.Tensor2D => {
    const gradient = allocate(table.shape) as tf.Tensor2D;
    const [address = 0] = heap.integers(index);
    exports.scatterAdd(rows, width, address, heap.addressOf(ds), table.shape[0], heap.addressOf(gradient));
    return gradient;
  };
  return {
    word: scatter(ids, tables.word),
    position: scatter(positions, tables.position),
    type: scatter(new Int32Array(rows), tables.type),
  };
}
