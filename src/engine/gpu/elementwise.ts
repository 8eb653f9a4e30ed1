import type * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../kernels/activation.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import { dispatch, fold, u, type Shader, type Word } from './dispatch.ts';
import { dropFunctions, dropMembers, dropWords, flatIndex, flatInputs } from './snippets.ts';

/** A shader over vectors of four: `x` (and `dy`) in, `y` out; sizes that are no multiple of 4 end in a partly used vector. */
function shader(key: string, inputs: readonly string[], members: string, functions: string, value: string): Shader {
  const bound = inputs.map((name, i) => `@group(0) @binding(${String(i)}) var<storage, read> ${name}: array<f32>;`);
  return {
    key,
    inputs: inputs.length,
    outputs: 1,
    code: () => /* wgsl */ `
struct Params { size: u32${members} }
${bound.join('\n')}
@group(0) @binding(${String(inputs.length)}) var<storage, read_write> y: array<f32>;
@group(0) @binding(${String(inputs.length + 1)}) var<uniform> p: Params;
${functions}
@compute @workgroup_size(64)
fn main(${flatInputs}) {
  let block = ${flatIndex(64)};
  let first = 4u * block;
  ${value.includes('keep') ? 'let keep = keep4(block);' : ''}
  for (var j = 0u; j < 4u; j++) {
    let i = first + j;
    if (i < p.size) { y[i] = ${value}; }
  }
}`,
  };
}

function run(made: Shader, inputs: readonly tf.Tensor[], more: readonly Word[]): tf.Tensor {
  const { shape, size } = inputs[0]!;
  const groups = fold(Math.ceil(size / 256));
  const [y] = dispatch({ shader: made, inputs, outputs: [shape], uniforms: [u(size), ...more], groups });
  return y!;
}

/** dropout(x): each element times its mask; the backward pass is the same function of the gradient. */
export function dropoutGpu(x: tf.Tensor2D, key: DropoutKey): tf.Tensor2D {
  return run(
    shader('dropout', ['x'], `, ${dropMembers}`, dropFunctions, 'x[i] * keep[j]'),
    [x],
    dropWords(key),
  ) as tf.Tensor2D;
}

/** erf by Abramowitz & Stegun 7.1.26, |error| < 1.5e-7. */
const gelu = /* wgsl */ `
fn erf(x: f32) -> f32 {
  let a = abs(x);
  let t = 1.0 / (1.0 + 0.3275911 * a);
  let poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return sign(x) * (1.0 - poly * exp(-a * a));
}
fn gate(x: f32) -> f32 { return 0.5 * (1.0 + erf(x * 0.7071067811865476)); }
fn slope(x: f32) -> f32 { return gate(x) + x * 0.3989422804014327 * exp(-0.5 * x * x); }`;

/** The bound keeps tanh from overflowing where a driver makes it of exponentials; tanh(15) is 1 in float32. */
const geluTanh = /* wgsl */ `
fn bent(x: f32) -> f32 { return tanh(clamp(0.7978845608028654 * (x + 0.044715 * x * x * x), -15.0, 15.0)); }
fn gate(x: f32) -> f32 { return 0.5 * (1.0 + bent(x)); }
fn slope(x: f32) -> f32 {
  let t = bent(x);
  return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * 0.7978845608028654 * (1.0 + 0.134145 * x * x);
}`;

const relu = /* wgsl */ `
fn gate(x: f32) -> f32 { return select(0.0, 1.0, x > 0.0); }
fn slope(x: f32) -> f32 { return gate(x); }`;

const functions: Readonly<Record<Activation, string>> = { gelu, 'gelu-tanh': geluTanh, relu };

export function activateGpu(x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  return run(shader(`activate/${kind}`, ['x'], '', functions[kind], 'x[i] * gate(x[i])'), [x], []) as tf.Tensor2D;
}

export function activateGradGpu(dy: tf.Tensor2D, x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  const made = shader(`activateGrad/${kind}`, ['dy', 'x'], '', functions[kind], 'dy[i] * slope(x[i])');
  return run(made, [dy, x], []) as tf.Tensor2D;
}
