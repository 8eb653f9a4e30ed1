import type * as tf from '@tensorflow/tfjs-core';
import { dispatch, fold, u, type Shader } from './dispatch.ts';
import { sumPartsShader } from './matmulShaders.ts';

/** Rows that one thread adds up; the partial sums are then added in order. */
const rowsOfPart = 64;

/** Sums of columns by parts of rows; with `weights`, of the products too (first output). A thread owns one column. */
function partShader(weighted: boolean): Shader {
  return {
    key: `columnSums${weighted ? '/weighted' : ''}`,
    inputs: weighted ? 2 : 1,
    outputs: weighted ? 2 : 1,
    code: () => /* wgsl */ `
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
${weighted ? '@group(0) @binding(1) var<storage, read> weights: array<f32>;' : ''}
${weighted ? '@group(0) @binding(2) var<storage, read_write> products: array<f32>;' : ''}
@group(0) @binding(${weighted ? '3' : '1'}) var<storage, read_write> sums: array<f32>;
@group(0) @binding(${weighted ? '4' : '2'}) var<uniform> p: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let column = id.x;
  if (column >= p.width) { return; }
  let first = group.y * ${String(rowsOfPart)}u;
  let last = min(p.rows, first + ${String(rowsOfPart)}u);
  var sum = 0.0;
  ${weighted ? 'var product = 0.0;' : ''}
  for (var row = first; row < last; row++) {
    let v = x[row * p.width + column];
    sum += v;
    ${weighted ? 'product += v * weights[row * p.width + column];' : ''}
  }
  sums[group.y * p.width + column] = sum;
  ${weighted ? 'products[group.y * p.width + column] = product;' : ''}
}`,
  };
}

/** Σ_n x[n] [H]; with `weights` [N, H] the pair Σ_n x[n] ∘ weights[n], Σ_n x[n]. Adds in row order, no atomics. */
export function columnSums(x: tf.Tensor2D, weights: tf.Tensor2D | null = null): tf.Tensor1D[] {
  const [rows, width] = x.shape;
  const parts = Math.max(1, Math.ceil(rows / rowsOfPart));
  if (parts > 65535) throw new Error(`${String(rows)} rows are too many for one sum of columns`);
  const shape = parts === 1 ? [width] : [parts, width];
  const partial = dispatch({
    shader: partShader(weights !== null),
    inputs: weights === null ? [x] : [x, weights],
    outputs: weights === null ? [shape] : [shape, shape],
    uniforms: [u(rows), u(width)],
    groups: [Math.ceil(width / 64), parts, 1],
  });
  if (parts === 1) return partial as tf.Tensor1D[];
  return partial.map((part) => {
    const [sum] = dispatch({
      shader: sumPartsShader,
      inputs: [part],
      outputs: [[width]],
      uniforms: [u(width), u(parts)],
      groups: fold(Math.ceil(width / 64)),
    });
    part.dispose();
    return sum as tf.Tensor1D;
  });
}
