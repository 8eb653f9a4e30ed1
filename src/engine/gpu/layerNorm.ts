import type * as tf from '@tensorflow/tfjs-core';
import type { DropoutKey } from '../kernels/dropout.ts';
import type { LayerNormGrads, LayerNormInputs, LayerNormOutputs } from '../kernels/layerNorm.ts';
import { columnSums } from './columnSums.ts';
import { dispatch, f, fold, u, type Shader } from './dispatch.ts';
import { dropFunctions, dropMembers, dropWords, sum4Function, totalFunction } from './snippets.ts';
import { presentVariants } from './variants.ts';

/**
 * How the rows of a normalisation are shared out: a thread makes a whole row (no barrier), or the 64 threads of a workgroup
 * make one together. Rows are read as vectors of four.
 */
interface RowsText {
  readonly together: boolean;
  readonly residual: boolean;
  readonly drop: boolean;
}

const lanes = 64;

/** The loop over a row's vectors `i`, and the sum over its lanes, for both ways of sharing out rows. */
function rowText(together: boolean) {
  return {
    entry: together
      ? `@compute @workgroup_size(${String(lanes)})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.x + group.y * groups.x;`
      : `@compute @workgroup_size(${String(lanes)})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = id.x + id.y * groups.x * ${String(lanes)}u;`,
    loop: together ? `for (var i = lane; i < p.quads; i += ${String(lanes)}u)` : 'for (var i = 0u; i < p.quads; i++)',
    sum: (value: string) => (together ? `total(${value}, lane)` : value),
    only: together ? 'if (lane == 0u)' : '',
  };
}

function forwardShader({ together, residual, drop }: RowsText): Shader {
  const inputs = residual ? 4 : 3;
  return {
    key: `layerNorm/${together ? 'together' : 'alone'}${residual ? '/residual' : ''}${drop ? '/drop' : ''}`,
    inputs,
    outputs: 3,
    code: () => {
      const { entry, loop, sum, only } = rowText(together);
      const at = (i: number) => `@group(0) @binding(${String(i)})`;
      return /* wgsl */ `
struct Params { rows: u32, quads: u32, epsilon: f32${drop ? `, ${dropMembers}` : ''} }
${at(0)} var<storage, read> x: array<vec4<f32>>;
${at(1)} var<storage, read> gamma: array<vec4<f32>>;
${at(2)} var<storage, read> beta: array<vec4<f32>>;
${residual ? `${at(3)} var<storage, read> residual: array<vec4<f32>>;` : ''}
${at(inputs)} var<storage, read_write> y: array<vec4<f32>>;
${at(inputs + 1)} var<storage, read_write> normed: array<vec4<f32>>;
${at(inputs + 2)} var<storage, read_write> inverse: array<f32>;
${at(inputs + 3)} var<uniform> p: Params;
${together ? totalFunction : ''}${sum4Function}${drop ? dropFunctions : ''}
${entry}
  if (row >= p.rows) { return; }
  let first = row * p.quads;
  var sums = vec4<f32>();
  ${loop} {
    let at = first + i;
    var s = x[at]${drop ? ' * keep4(at)' : ''};
    ${residual ? 's += residual[at];' : ''}
    normed[at] = s;
    sums += s;
  }
  let width = f32(4u * p.quads);
  let mean = ${sum('sum4(sums)')} / width;
  var squares = vec4<f32>();
  ${loop} {
    let c = normed[first + i] - mean;
    squares += c * c;
  }
  let scale = inverseSqrt(${sum('sum4(squares)')} / width + p.epsilon);
  ${only} { inverse[row] = scale; }
  ${loop} {
    let c = (normed[first + i] - mean) * scale;
    normed[first + i] = c;
    y[first + i] = c * gamma[i] + beta[i];
  }
}`;
    },
  };
}

/** s = residual + dropout(x), normalised; as `kernels/layerNorm.ts` defines it. Widths are multiples of 4. */
export function layerNormGpu({ x, residual, key, gamma, beta, epsilon }: LayerNormInputs): LayerNormOutputs {
  const [rows, width] = x.shape;
  const together = !presentVariants().software;
  const [y, normed, inverse] = dispatch({
    shader: forwardShader({ together, residual: residual !== null, drop: key !== null }),
    inputs: [x, gamma, beta, ...(residual === null ? [] : [residual])],
    outputs: [
      [rows, width],
      [rows, width],
      [rows, 1],
    ],
    uniforms: [u(rows), u(width / 4), f(epsilon), ...(key === null ? [] : dropWords(key))],
    groups: fold(together ? rows : Math.ceil(rows / lanes)),
  });
  return { y: y as tf.Tensor2D, normed: normed as tf.Tensor2D, inverse: inverse as tf.Tensor2D };
}

function gradShader(together: boolean, drop: boolean): Shader {
  return {
    key: `layerNormGrad/${together ? 'together' : 'alone'}${drop ? '/drop' : ''}`,
    inputs: 4,
    outputs: drop ? 2 : 1,
    code: () => {
      const { entry, loop, sum } = rowText(together);
      return /* wgsl */ `
struct Params { rows: u32, quads: u32${drop ? `, ${dropMembers}` : ''} }
@group(0) @binding(0) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> normed: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> inverse: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> ds: array<vec4<f32>>;
${drop ? '@group(0) @binding(5) var<storage, read_write> dx: array<vec4<f32>>;' : ''}
@group(0) @binding(${drop ? '6' : '5'}) var<uniform> p: Params;
${together ? totalFunction : ''}${sum4Function}${drop ? dropFunctions : ''}
${entry}
  if (row >= p.rows) { return; }
  let first = row * p.quads;
  var sums = vec4<f32>();
  var products = vec4<f32>();
  ${loop} {
    let g = dy[first + i] * gamma[i];
    sums += g;
    products += g * normed[first + i];
  }
  let width = f32(4u * p.quads);
  let mean = ${sum('sum4(sums)')} / width;
  let along = ${sum('sum4(products)')} / width;
  let scale = inverse[row];
  ${loop} {
    let at = first + i;
    let value = (dy[at] * gamma[i] - mean - normed[at] * along) * scale;
    ds[at] = value;
    ${drop ? 'dx[at] = value * keep4(at);' : ''}
  }
}`;
    },
  };
}

export function layerNormGradGpu(
  dy: tf.Tensor2D,
  { normed, inverse }: Pick<LayerNormOutputs, 'normed' | 'inverse'>,
  gamma: tf.Tensor1D,
  key: DropoutKey | null,
): LayerNormGrads {
  const [rows, width] = dy.shape;
  const together = !presentVariants().software;
  const [ds, dx] = dispatch({
    shader: gradShader(together, key !== null),
    inputs: [dy, normed, inverse, gamma],
    outputs:
      key === null
        ? [[rows, width]]
        : [
            [rows, width],
            [rows, width],
          ],
    uniforms: [u(rows), u(width / 4), ...(key === null ? [] : dropWords(key))],
    groups: fold(together ? rows : Math.ceil(rows / lanes)),
  });
  const [dgamma, dbeta] = columnSums(dy, normed);
  return {
    dx: (dx ?? ds) as tf.Tensor2D,
    dresidual: ds as tf.Tensor2D,
    dgamma: dgamma!,
    dbeta: dbeta!,
  };
}
