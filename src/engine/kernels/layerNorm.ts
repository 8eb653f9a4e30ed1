import * as tf from '@tensorflow/tfjs-core';
import { layerNormGpu, layerNormGradGpu } from '../gpu/layerNorm.ts';
import { layerNormGradWasm, layerNormWasm } from '../wasm/layerNorm.ts';
import { allocate, pick, view } from './backend.ts';
import { maskOf, startsBlock, type DropoutKey } from './dropout.ts';

/**
 * Residual, dropout and layer normalisation in one.
 *
 *     s[n] = r[n] + m[n] ∘ x[n]                              x, r [N, H]; r may be absent, m is the mask of `key`
 *     ŝ[n] = (s[n] − mean(s[n])) / √(var(s[n]) + ε)          variance over H, not corrected
 *     y[n] = γ ∘ ŝ[n] + β                                    γ, β [H] → y [N, H]
 *
 * Ba, Kiros & Hinton, arXiv 1607.06450.
 */
export interface LayerNormInputs {
  readonly x: tf.Tensor2D;
  readonly residual: tf.Tensor2D | null;
  /** Where the dropout mask is drawn; null = nothing is dropped. */
  readonly key: DropoutKey | null;
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly epsilon: number;
}

/** `normed` is ŝ [N, H] and `inverse` is 1 / √(var + ε) [N, 1]: what the gradient needs. */
export interface LayerNormOutputs {
  readonly y: tf.Tensor2D;
  readonly normed: tf.Tensor2D;
  readonly inverse: tf.Tensor2D;
}

export interface LayerNormGrads {
  /** Gradient of x, mask applied. */
  readonly dx: tf.Tensor2D;
  /** Gradient of the residual; the same tensor as `dx` where there is no mask. */
  readonly dresidual: tf.Tensor2D;
  readonly dgamma: tf.Tensor1D;
  readonly dbeta: tf.Tensor1D;
}

export function layerNorm(inputs: LayerNormInputs): LayerNormOutputs {
  const webgpu = inputs.x.shape[1] % 4 === 0 && startsBlock(inputs.key) ? layerNormGpu : forwardReference;
  return pick({ reference: forwardReference, host: forwardHost, wasm: layerNormWasm, webgpu })(inputs);
}

export function layerNormGrad(
  dy: tf.Tensor2D,
  out: Pick<LayerNormOutputs, 'normed' | 'inverse'>,
  gamma: tf.Tensor1D,
  key: DropoutKey | null,
): LayerNormGrads {
  const webgpu = dy.shape[1] % 4 === 0 && startsBlock(key) ? layerNormGradGpu : gradReference;
  return pick({ reference: gradReference, host: gradHost, wasm: layerNormGradWasm, webgpu })(dy, out, gamma, key);
}

function forwardReference({ x, residual, key, gamma, beta, epsilon }: LayerNormInputs): LayerNormOutputs {
  return tf.tidy(() => {
    const mask = maskOf(key, x.shape);
    const kept = mask === null ? x : tf.mul<tf.Tensor2D>(x, mask);
    const s = residual === null ? kept : tf.add<tf.Tensor2D>(residual, kept);
    const centred = tf.sub(s, tf.mean(s, 1, true));
    const inverse: tf.Tensor2D = tf.rsqrt(tf.add<tf.Tensor2D>(tf.mean(tf.square(centred), 1, true), epsilon));
    const normed = tf.mul<tf.Tensor2D>(centred, inverse);
    return { y: tf.add<tf.Tensor2D>(tf.mul(normed, gamma), beta), normed, inverse };
  });
}

function gradReference(
  dy: tf.Tensor2D,
  { normed, inverse }: Pick<LayerNormOutputs, 'normed' | 'inverse'>,
  gamma: tf.Tensor1D,
  key: DropoutKey | null,
): LayerNormGrads {
  return tf.tidy(() => {
    const g = tf.mul(dy, gamma);
    const along = tf.mul(normed, tf.mean(tf.mul(g, normed), 1, true));
    const dresidual = tf.mul<tf.Tensor2D>(tf.sub(tf.sub(g, tf.mean(g, 1, true)), along), inverse);
    const mask = maskOf(key, dy.shape);
    const dx = mask === null ? dresidual : tf.mul<tf.Tensor2D>(dresidual, mask);
    return { dx, dresidual, dgamma: tf.sum<tf.Tensor1D>(tf.mul(dy, normed), 0), dbeta: tf.sum<tf.Tensor1D>(dy, 0) };
  });
}

function forwardHost({ x, residual, key, gamma, beta, epsilon }: LayerNormInputs): LayerNormOutputs {
  const [rows, width] = x.shape;
  const mask = maskOf(key, [rows, width]);
  const y = allocate([rows, width]) as tf.Tensor2D;
  const normed = allocate([rows, width]) as tf.Tensor2D;
  const inverse = allocate([rows, 1]) as tf.Tensor2D;
  const [out, hat, inv, from, g, b] = [view(y), view(normed), view(inverse), view(x), view(gamma), view(beta)];
  const res = residual === null ? null : view(residual);
  const keep = mask === null ? null : view(mask);
  for (let n = 0; n < rows; n++) {
    const at = n * width;
    let sum = 0;
    for (let h = 0; h < width; h++) {
      let s = from[at + h]!;
      if (keep !== null) s *= keep[at + h]!;
      if (res !== null) s += res[at + h]!;
      hat[at + h] = s;
      sum += s;
    }
    const mean = sum / width;
    let squares = 0;
    for (let h = 0; h < width; h++) {
      const c = hat[at + h]! - mean;
      squares += c * c;
    }
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    inv[n] = scale;
    for (let h = 0; h < width; h++) {
      const c = (hat[at + h]! - mean) * scale;
      hat[at + h] = c;
      out[at + h] = c * g[h]! + b[h]!;
    }
  }
  mask?.dispose();
  mask?.dispose();
  return { y, normed, inverse };
}

function gradHost(
  dy: tf.Tensor2D,
  { normed, inverse }: Pick<LayerNormOutputs, 'normed' | 'inverse'>,
  gamma: tf.Tensor1D,
  key: DropoutKey | null,
): LayerNormGrads {
  const [rows, width] = dy.shape;
  const mask = maskOf(key, [rows, width]);
  const dresidual = allocate([rows, width]) as tf.Tensor2D;
  const dx = mask === null ? dresidual : (allocate([rows, width]) as tf.Tensor2D);
  const dgamma = allocate([width]) as tf.Tensor1D;
  const dbeta = allocate([width]) as tf.Tensor1D;
  const [above, hat, inv, g, ds, d] = [view(dy), view(normed), view(inverse), view(gamma), view(dresidual), view(dx)];
  const keep = mask === null ? null : view(mask);
  const sumGamma = new Float64Array(width);
  const sumBeta = new Float64Array(width);
  for (let n = 0; n < rows; n++) {
    const at = n * width;
    let mean = 0;
    let along = 0;
    for (let h = 0; h < width; h++) {
      const up = above[at + h]!;
      const s = hat[at + h]!;
      mean += up * g[h]!;
      along += up * g[h]! * s;
      sumGamma[h]! += up * s;
      sumBeta[h]! += up;
    }
    mean /= width;
    along /= width;
    const scale = inv[n]!;
    for (let h = 0; h < width; h++) {
      const value = (above[at + h]! * g[h]! - mean - hat[at + h]! * along) * scale;
      ds[at + h] = value;
      if (keep !== null) d[at + h] = value * keep[at + h]!;
    }
  }
  view(dgamma).set(sumGamma);
  view(dbeta).set(sumBeta);
  mask?.dispose();
  mask?.dispose();
  return { dx, dresidual, dgamma, dbeta };
}
