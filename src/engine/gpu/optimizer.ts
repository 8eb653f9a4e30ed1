import * as tf from '@tensorflow/tfjs-core';
import type { AdamwSettings, AdamwState } from '../kernels/adamw.ts';
import { dispatch, f, fold, u, type Shader } from './dispatch.ts';
import { flatIndex, flatInputs, totalFunction } from './snippets.ts';

/** Partial sums that one tensor gives to the norm at most. */
const mostPartials = 1024;

/** Each thread adds up every `threads`-th square of a tensor and writes one partial sum at its place. */
const squaresShader: Shader = {
  key: 'squares',
  inputs: 1,
  outputs: 1,
  code: () => /* wgsl */ `
struct Params { size: u32, threads: u32, at: u32 }
@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= p.threads) { return; }
  var sum = 0.0;
  for (var i = id.x; i < p.size; i += p.threads) { sum += g[i] * g[i]; }
  partials[p.at + id.x] = sum;
}`,
};

const normShader: Shader = {
  key: 'norm',
  inputs: 1,
  outputs: 1,
  code: () => /* wgsl */ `
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> norm: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;
${totalFunction}
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var own = 0.0;
  for (var i = lane; i < p.size; i += 64u) { own += partials[i]; }
  let all = total(own, lane);
  if (lane == 0u) { norm[0] = sqrt(all); }
}`,
};

/** √(Σ g²) over all tensors: a pass a tensor, and one over the partial sums. */
export function globalNormGpu(gradients: readonly tf.Tensor[]): tf.Scalar {
  const threads = gradients.map(({ size }) => Math.min(mostPartials, Math.ceil(size / 16)));
  const size = threads.reduce((sum, count) => sum + count, 0);
  const partials = tf.zeros([size]);
  let at = 0;
  gradients.forEach((gradient, i) => {
    const count = threads[i]!;
    dispatch({
      shader: squaresShader,
      inputs: [gradient],
      outputs: [partials],
      uniforms: [u(gradient.size), u(count), u(at)],
      groups: [Math.ceil(count / 64), 1, 1],
    });
    at += count;
  });
  const [norm] = dispatch({
    shader: normShader,
    inputs: [partials],
    outputs: [[]],
    uniforms: [u(size)],
    groups: [1, 1, 1],
  });
  partials.dispose();
  return norm as tf.Scalar;
}

/** One update in place, a thread an element; `kernels/adamw.ts` has the formula. */
const adamwShader: Shader = {
  key: 'adamw',
  inputs: 2,
  outputs: 3,
  code: () => /* wgsl */ `
struct Params { size: u32, shrink: f32, rate: f32, correction: f32, beta1: f32, beta2: f32, epsilon: f32, rest1: f32, rest2: f32 }
@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read> clip: array<f32>;
@group(0) @binding(2) var<storage, read_write> value: array<f32>;
@group(0) @binding(3) var<storage, read_write> moment1: array<f32>;
@group(0) @binding(4) var<storage, read_write> moment2: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;
@compute @workgroup_size(64)
fn main(${flatInputs}) {
  let i = ${flatIndex(64)};
  if (i >= p.size) { return; }
  let grad = g[i] * clip[0];
  let first = p.beta1 * moment1[i] + p.rest1 * grad;
  let second = p.beta2 * moment2[i] + p.rest2 * grad * grad;
  moment1[i] = first;
  moment2[i] = second;
  value[i] = value[i] * p.shrink - p.rate * first / (sqrt(second) * p.correction + p.epsilon);
}`,
};

export function adamwGpu(state: AdamwState, gradient: tf.Tensor, clip: tf.Scalar, s: AdamwSettings): AdamwState {
  const { size } = gradient;
  dispatch({
    shader: adamwShader,
    inputs: [gradient, clip],
    outputs: [state.value, state.moment1, state.moment2],
    uniforms: [
      u(size),
      f(1 - s.learningRate * s.decay),
      f(s.learningRate / (1 - s.beta1 ** s.t)),
      f(1 / Math.sqrt(1 - s.beta2 ** s.t)),
      f(s.beta1),
      f(s.beta2),
      f(s.epsilon),
      f(1 - s.beta1),
      f(1 - s.beta2),
    ],
    groups: fold(Math.ceil(size / 64)),
  });
  return state;
}
