import type * as tf from '@tensorflow/tfjs-core';
import { dispatch, fold, u, type Shader } from './dispatch.ts';
import { flatIndex, flatInputs, halfFunctions, halfQuad, largestFunction } from './snippets.ts';

/**
 * A matrix in half precision (IEEE 754 binary16), for matrix products on webgpu. tfjs has no such type: `pairs`
 * [rows, width / 2] is a float32 tensor in name only, of which every element holds two numbers.
 */
export interface Half {
  readonly pairs: tf.Tensor2D;
  /** What a 1 in `pairs` stands for, a power of two; null = 1. */
  readonly unit: tf.Scalar | null;
}

/** What products take. */
export type Factor = tf.Tensor2D | Half;

export function isHalf(factor: Factor): factor is Half {
  return 'pairs' in factor;
}

/** Rows and columns of the matrix. */
export function shapeOf(factor: Factor): readonly [number, number] {
  if (!isHalf(factor)) return factor.shape;
  const [rows, pairs] = factor.pairs.shape;
  return [rows, 2 * pairs];
}

/** The tensors that hold it. */
export function tensorsOf(factor: Factor): tf.Tensor[] {
  if (!isHalf(factor)) return [factor];
  return factor.unit === null ? [factor.pairs] : [factor.pairs, factor.unit];
}

/** `x` [rows, width] in half precision; widths are multiples of 4. Numbers above 65,504 become infinite. */
export function halfGpu(x: tf.Tensor2D): Half {
  const [pairs] = dispatch({ ...overQuads(x), shader: narrowShader, inputs: [x], outputs: [pairsShape(x)] });
  return { pairs: pairs as tf.Tensor2D, unit: null };
}

/**
 * `x` in half precision after its largest number was brought to between 2¹⁴ and 2¹⁵ by a power of two: what gradients need, most
 * of which are below 2⁻²⁴, the least number of half precision. It takes the place of a scaled loss (Micikevicius et al., arXiv 1710.03740)
 * without anything to set, and nothing overflows.
 */
export function scaledHalfGpu(x: tf.Tensor2D): Half {
  const over = overQuads(x);
  const [largest] = dispatch({
    ...over,
    shader: largestShader,
    inputs: [x],
    outputs: [[parts]],
    groups: [parts, 1, 1],
  });
  const [pairs, unit] = dispatch({
    ...over,
    shader: scaleShader,
    inputs: [x, largest!],
    outputs: [pairsShape(x), []],
  });
  largest!.dispose();
  return { pairs: pairs as tf.Tensor2D, unit: unit as tf.Scalar };
}

const lanes = 64;
/** Workgroups that look for the largest number, each in its share. */
const parts = 64;

function pairsShape({ shape: [rows, width] }: tf.Tensor2D): readonly [number, number] {
  if (width % 4 !== 0) throw new Error(`rows of ${String(width)} numbers cannot be read as vectors of four`);
  return [rows, width / 2];
}

function overQuads({ size }: tf.Tensor2D) {
  return { uniforms: [u(size / 4)], groups: fold(Math.ceil(size / 4 / lanes)) };
}

const narrowShader: Shader = {
  key: 'half',
  inputs: 1,
  outputs: 1,
  code: () => /* wgsl */ `
struct Params { quads: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<${halfQuad}>;
@group(0) @binding(2) var<uniform> p: Params;
${halfFunctions}
@compute @workgroup_size(${String(lanes)})
fn main(${flatInputs}) {
  let i = ${flatIndex(lanes)};
  if (i < p.quads) { y[i] = narrow(x[i]); }
}`,
};

/** The largest size of a number in the share of each workgroup. */
const largestShader: Shader = {
  key: 'half/largest',
  inputs: 1,
  outputs: 1,
  code: () => /* wgsl */ `
struct Params { quads: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> largest: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;
${largestFunction}
@compute @workgroup_size(${String(lanes)})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var most = vec4<f32>();
  for (var i = group.x * ${String(lanes)}u + lane; i < p.quads; i += ${String(lanes * parts)}u) {
    most = max(most, abs(x[i]));
  }
  let found = largestOf(max(max(most.x, most.y), max(most.z, most.w)), lane);
  if (lane == 0u) { largest[group.x] = found; }
}`,
};

/** Exponents are kept to where the power and the unit are both normal numbers. */
const scaleShader: Shader = {
  key: 'half/scale',
  inputs: 2,
  outputs: 2,
  code: () => /* wgsl */ `
struct Params { quads: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> largest: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<${halfQuad}>;
@group(0) @binding(3) var<storage, read_write> unit: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;
${halfFunctions}
@compute @workgroup_size(${String(lanes)})
fn main(${flatInputs}) {
  var most = vec4<f32>();
  for (var j = 0u; j < ${String(parts / 4)}u; j++) { most = max(most, largest[j]); }
  let exponent = i32(bitcast<u32>(max(max(most.x, most.y), max(most.z, most.w))) >> 23u) - 127;
  let up = clamp(14 - exponent, -126, 126);
  let power = bitcast<f32>(u32(127 + up) << 23u);
  let i = ${flatIndex(lanes)};
  if (i < p.quads) { y[i] = narrow(x[i] * power); }
  if (i == 0u) { unit[0] = bitcast<f32>(u32(127 - up) << 23u); }
}`,
};
