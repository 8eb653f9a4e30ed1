import * as tf from '@tensorflow/tfjs-core';
import { adamwGpu } from '../gpu/optimizer.ts';
import { adamwWasm } from '../wasm/optimizer.ts';
import { allocate, pick, view } from './backend.ts';

/**
 * One step of AdamW as PyTorch 2.13 takes it (Loshchilov & Hutter, arXiv 1711.05101), t counted from 1:
 *
 *     p ← p (1 − lr · decay)
 *     m ← β₁ m + (1 − β₁) c g,   v ← β₂ v + (1 − β₂) (c g)²
 *     p ← p − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
 *
 * c is the clipping factor of the whole gradient. p, g, m, v have one shape. On cpu and wasm p is a new tensor: tfjs-wasm 4.22 keeps
 * XNNPACK's packed copy of a matMul's second factor by data id, and would go on with the old weights. The moments are
 * updated in place on host devices; on webgpu p too is.
 */
export interface AdamwSettings {
  readonly learningRate: number;
  readonly decay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Update number, from 1. */
  readonly t: number;
}

export interface AdamwState {
  readonly value: tf.Tensor;
  readonly moment1: tf.Tensor;
  readonly moment2: tf.Tensor;
}

/** `clip` is a scalar tensor so that no device has to be waited for. Disposes what it replaces; returns what holds now. */
export function adamw(state: AdamwState, gradient: tf.Tensor, clip: tf.Scalar, settings: AdamwSettings): AdamwState {
  return pick({ reference, host, wasm: adamwWasm, webgpu: adamwGpu })(state, gradient, clip, settings);
}

function reference(state: AdamwState, gradient: tf.Tensor, clip: tf.Scalar, s: AdamwSettings): AdamwState {
  const next = tf.tidy(() => {
    const g = tf.mul(gradient, clip);
    const moment1 = tf.add(tf.mul(state.moment1, s.beta1), tf.mul(g, 1 - s.beta1));
    const moment2 = tf.add(tf.mul(state.moment2, s.beta2), tf.mul(tf.square(g), 1 - s.beta2));
    const denominator = tf.add(tf.div(tf.sqrt(moment2), Math.sqrt(1 - s.beta2 ** s.t)), s.epsilon);
    const change = tf.mul(tf.div(moment1, denominator), s.learningRate / (1 - s.beta1 ** s.t));
    return { value: tf.sub(tf.mul(state.value, 1 - s.learningRate * s.decay), change), moment1, moment2 };
  });
  tf.dispose([state.value, state.moment1, state.moment2]);
  return next;
}

function host(state: AdamwState, gradient: tf.Tensor, clip: tf.Scalar, s: AdamwSettings): AdamwState {
  const value = allocate(state.value.shape);
  const [out, p, m, v, g] = [view(value), view(state.value), view(state.moment1), view(state.moment2), view(gradient)];
  const factor = view(clip)[0]!;
  const shrink = 1 - s.learningRate * s.decay;
  const rate = s.learningRate / (1 - s.beta1 ** s.t);
  const correction = 1 / Math.sqrt(1 - s.beta2 ** s.t);
  const [b1, b2, c1, c2, epsilon] = [s.beta1, s.beta2, 1 - s.beta1, 1 - s.beta2, s.epsilon];
  for (let i = 0; i < p.length; i++) {
    const grad = g[i]! * factor;
    const first = b1 * m[i]! + c1 * grad;
    const second = b2 * v[i]! + c2 * grad * grad;
    m[i] = first;
    v[i] = second;
    out[i] = p[i]! * shrink - (rate * first) / (Math.sqrt(second) * correction + epsilon);
  }
  state.value.dispose();
  return { ...state, value };
}
