import * as tf from '@tensorflow/tfjs-core';
import { embedGpu, embedGradGpu } from '../gpu/embeddings.ts';
import { embedGradWasm, embedWasm } from '../wasm/embeddings.ts';
import { allocate, pick, view } from './backend.ts';
import { matmulTN } from './matmul.ts';

/**
 * Sum of the three embeddings of BERT, before their LayerNorm.
 *
 *     s[n] = word[ids[n]] + position[positions[n]] + type[0]     word [V, H], position [P, H], type [2, H] → s [N, H]
 *
 * Every piece is of type 0: one sentence a sequence.
 */
export interface EmbeddingTables {
  readonly word: tf.Tensor2D;
  readonly position: tf.Tensor2D;
  readonly type: tf.Tensor2D;
}

/** Which rows of the tables each packed row takes, both [N]. */
export interface EmbeddingRows {
  readonly ids: Int32Array;
  readonly positions: Int32Array;
}

export function embed(tables: EmbeddingTables, rows: EmbeddingRows): tf.Tensor2D {
  const webgpu = tables.word.shape[1] % 4 === 0 ? embedGpu : embedReference;
  return pick({ reference: embedReference, host: embedHost, wasm: embedWasm, webgpu })(tables, rows);
}

/** The gradients of the whole tables, zero in rows that do not occur. Summed in row order: no atomics, same bits each run. */
export function embedGrad(ds: tf.Tensor2D, tables: EmbeddingTables, rows: EmbeddingRows): EmbeddingTables {
  const webgpu = tables.word.shape[1] % 4 === 0 ? embedGradGpu : scatterAll(scatterReference);
  return pick({ reference: scatterAll(scatterReference), host: scatterAll(scatterHost), wasm: embedGradWasm, webgpu })(
    ds,
    tables,
    rows,
  );
}

type Scatter = (ds: tf.Tensor2D, index: Int32Array, count: number) => tf.Tensor2D;

const scatterAll =
  (scatter: Scatter) =>
  (ds: tf.Tensor2D, tables: EmbeddingTables, rows: EmbeddingRows): EmbeddingTables => ({
    word: scatter(ds, rows.ids, tables.word.shape[0]),
    position: scatter(ds, rows.positions, tables.position.shape[0]),
    type: scatter(ds, new Int32Array(rows.ids.length), tables.type.shape[0]),
  });

function embedReference({ word, position, type }: EmbeddingTables, { ids, positions }: EmbeddingRows): tf.Tensor2D {
  return tf.tidy(() => {
    const words = tf.gather(word, tf.tensor1d(ids, 'int32'));
    const places = tf.gather(position, tf.tensor1d(positions, 'int32'));
    return tf.add<tf.Tensor2D>(tf.add(words, places), tf.slice(type, [0, 0], [1, -1]));
  });
}

function embedHost({ word, position, type }: EmbeddingTables, { ids, positions }: EmbeddingRows): tf.Tensor2D {
  const width = word.shape[1];
  const result = allocate([ids.length, width]) as tf.Tensor2D;
  const [out, w, p, t] = [view(result), view(word), view(position), view(type)];
  for (let n = 0; n < ids.length; n++) {
    const [at, fromWord, fromPlace] = [n * width, ids[n]! * width, positions[n]! * width];
    for (let h = 0; h < width; h++) out[at + h] = w[fromWord + h]! + p[fromPlace + h]! + t[h]!;
  }
  return result;
}

/** A one-hot product: deterministic on every device, where tfjs' segment sum on webgpu adds with float atomics. */
function scatterReference(ds: tf.Tensor2D, index: Int32Array, count: number): tf.Tensor2D {
  return tf.tidy(() => {
    const hot = tf.oneHot(tf.tensor1d(index, 'int32'), count) as tf.Tensor2D;
    return matmulTN(tf.cast(hot, 'float32'), ds);
  });
}

function scatterHost(ds: tf.Tensor2D, index: Int32Array, count: number): tf.Tensor2D {
  const width = ds.shape[1];
  const result = allocate([count, width]) as tf.Tensor2D;
  const [out, from] = [view(result), view(ds)];
  out.fill(0);
  for (let n = 0; n < index.length; n++) {
    const [at, to] = [n * width, index[n]! * width];
    for (let h = 0; h < width; h++) out[to + h]! += from[at + h]!;
  }
  return result;
}
