import * as tf from '@tensorflow/tfjs-core';
import type { CrossEntropy } from '../kernels/crossEntropy.ts';
import { dispatch, f, fold, u, type Shader } from './dispatch.ts';
import { flatIndex, flatInputs, totalFunction } from './snippets.ts';

/** A thread owns a row: its loss and its gradient, of the form w, ε, q. Labels below 0 are not scored. */
const rowShader: Shader = {
  key: 'crossEntropy',
  inputs: 3,
  outputs: 2,
  code: () => /* wgsl */ `
struct Params { rows: u32, width: u32, share: f32 }
@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read> forms: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> dz: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;
@compute @workgroup_size(64)
fn main(${flatInputs}) {
  let row = ${flatIndex(64)};
  if (row >= p.rows) { return; }
  let first = row * p.width;
  let label = labels[row];
  if (label < 0) {
    losses[row] = 0.0;
    for (var l = 0u; l < p.width; l++) { dz[first + l] = 0.0; }
    return;
  }
  let smoothing = forms[3u * row + 1u];
  let q = forms[3u * row + 2u];
  var highest = z[first];
  var all = z[first];
  for (var l = 1u; l < p.width; l++) {
    highest = max(highest, z[first + l]);
    all += z[first + l];
  }
  var sum = 0.0;
  for (var l = 0u; l < p.width; l++) { sum += exp(z[first + l] - highest); }
  let own = 1.0 - smoothing;
  let other = smoothing / f32(p.width);
  let plain = log(sum) + highest - own * z[first + u32(label)] - other * all;
  var scale = forms[3u * row] * p.share;
  if (q > 0.0) {
    let power = exp(-q * plain);
    losses[row] = scale * ((1.0 - power) / q);
    scale *= power;
  } else {
    losses[row] = scale * plain;
  }
  for (var l = 0u; l < p.width; l++) {
    dz[first + l] = scale * (exp(z[first + l] - highest) / sum - other - select(0.0, own, i32(l) == label));
  }
}`,
};

/** The sum of a vector by one workgroup of 64, lane by lane and then as a tree: one shape for one size. */
const sumShader: Shader = {
  key: 'sum',
  inputs: 1,
  outputs: 1,
  code: () => /* wgsl */ `
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;
${totalFunction}
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var own = 0.0;
  for (var i = lane; i < p.size; i += 64u) { own += x[i]; }
  let all = total(own, lane);
  if (lane == 0u) { sum[0] = all; }
}`,
};

/** As `kernels/crossEntropy.ts`; `count` is the number of labelled rows that the loss is divided by. */
export function crossEntropyGpu(
  logits: tf.Tensor2D,
  labels: Int32Array,
  count: number,
  forms: Float32Array,
): CrossEntropy {
  const [rows, width] = logits.shape;
  const [index, formed] = [tf.tensor1d(labels, 'int32'), tf.tensor1d(forms)];
  const [losses, dlogits] = dispatch({
    shader: rowShader,
    inputs: [logits, index, formed],
    outputs: [[rows], [rows, width]],
    uniforms: [u(rows), u(width), f(1 / count)],
    groups: fold(Math.ceil(rows / 64)),
  });
  const [loss] = dispatch({
    shader: sumShader,
    inputs: [losses!],
    outputs: [[]],
    uniforms: [u(rows)],
    groups: [1, 1, 1],
  });
  tf.dispose([index, formed, losses!]);
  return { loss: loss as tf.Scalar, dlogits: dlogits as tf.Tensor2D };
}
