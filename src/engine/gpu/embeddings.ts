import * as tf from '@tensorflow/tfjs-core';
import type { EmbeddingRows, EmbeddingTables } from '../kernels/embeddings.ts';
import { columnSums } from './columnSums.ts';
import { dispatch, fold, u, type Shader } from './dispatch.ts';
import { flatIndex, flatInputs } from './snippets.ts';

const gatherShader: Shader = {
  key: 'embed',
  inputs: 4,
  outputs: 1,
  code: () => /* wgsl */ `
struct Params { rows: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> word: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> place: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> kind: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> index: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> s: array<vec4<f32>>;
@group(0) @binding(5) var<uniform> p: Params;
@compute @workgroup_size(64)
fn main(${flatInputs}) {
  let i = ${flatIndex(64)};
  if (i >= p.rows * p.quads) { return; }
  let at = index[i / p.quads];
  let column = i % p.quads;
  s[i] = word[at.x * p.quads + column] + place[at.y * p.quads + column] + kind[column];
}`,
};

/** A thread owns four columns of one row of the table and adds up its segment of `order`, in row order. */
const scatterShader: Shader = {
  key: 'embedGrad',
  inputs: 3,
  outputs: 1,
  code: () => /* wgsl */ `
struct Params { rows: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> ds: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read_write> table: array<vec4<f32>>;
@group(0) @binding(4) var<uniform> p: Params;
@compute @workgroup_size(64)
fn main(${flatInputs}) {
  let i = ${flatIndex(64)};
  if (i >= p.rows * p.quads) { return; }
  let row = i / p.quads;
  let column = i % p.quads;
  var sum = vec4<f32>();
  for (var at = starts[row]; at < starts[row + 1u]; at++) { sum += ds[order[at] * p.quads + column]; }
  table[i] = sum;
}`,
};

export function embedGpu({ word, position, type }: EmbeddingTables, { ids, positions }: EmbeddingRows): tf.Tensor2D {
  const [rows, width] = [ids.length, word.shape[1]];
  const pairs = new Int32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    pairs[2 * row] = ids[row]!;
    pairs[2 * row + 1] = positions[row]!;
  }
  const index = tf.tensor1d(pairs, 'int32');
  const [s] = dispatch({
    shader: gatherShader,
    inputs: [word, position, type, index],
    outputs: [[rows, width]],
    uniforms: [u(rows), u(width / 4)],
    groups: fold(Math.ceil((rows * width) / 256)),
  });
  index.dispose();
  return s as tf.Tensor2D;
}

/** Rows of a packed batch sorted by the table row they took (a counting sort), and where each table row's begin. */
export function segmentsOf(index: Int32Array, count: number): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const row of index) starts[row + 1]!++;
  for (let row = 0; row < count; row++) starts[row + 1]! += starts[row]!;
  const next = starts.slice();
  const order = new Int32Array(index.length);
  index.forEach((row, n) => {
    order[next[row]!] = n;
    next[row]!++;
  });
  return { order, starts };
}

function scatter(ds: tf.Tensor2D, index: Int32Array, count: number): tf.Tensor2D {
  const width = ds.shape[1];
  const segments = segmentsOf(index, count);
  const [order, starts] = [tf.tensor1d(segments.order, 'int32'), tf.tensor1d(segments.starts, 'int32')];
  const [table] = dispatch({
    shader: scatterShader,
    inputs: [ds, order, starts],
    outputs: [[count, width]],
    uniforms: [u(count), u(width / 4)],
    groups: fold(Math.ceil((count * width) / 256)),
  });
  tf.dispose([order, starts]);
  return table as tf.Tensor2D;
}

export function embedGradGpu(
  ds: tf.Tensor2D,
  tables: EmbeddingTables,
  { ids, positions }: EmbeddingRows,
): EmbeddingTables {
  const [sum] = columnSums(ds);
  const types = tables.type.shape[0];
  const type = tf.tidy(() =>
    tf.pad<tf.Tensor2D>(tf.reshape(sum!, [1, -1]), [
      [0, types - 1],
      [0, 0],
    ]),
  );
  sum!.dispose();
  return {
    word: scatter(ds, ids, tables.word.shape[0]),
    position: scatter(ds, positions, tables.position.shape[0]),
    type,
  };
}
