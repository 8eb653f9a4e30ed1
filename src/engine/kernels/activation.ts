import * as tf from '@tensorflow/tfjs-core';
import { activateGpu, activateGradGpu } from '../gpu/elementwise.ts';
import { activateGradWasm, activateWasm } from '../wasm/elementwise.ts';
import { allocate, pick, view } from './backend.ts';

/** The activation of the feed-forward layer, as `config.json` names it. */
export type Activation = 'gelu' | 'gelu-tanh' | 'relu';

/**
 * Activation, element by element, [N, F] → [N, F].
 *
 *     gelu(x)      = x Φ(x),  Φ(x) = (1 + erf(x / √2)) / 2            Hendrycks & Gimpel, arXiv 1606.08415
 *     gelu-tanh(x) = x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2        the same paper's approximation
 *     relu(x)      = max(0, x)
 */
export function activate(x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  return pick({ reference: activateReference, host: activateHost, wasm: activateWasm, webgpu: activateGpu })(x, kind);
}

/** dx = dy · f′(x). */
export function activateGrad(dy: tf.Tensor2D, x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  return pick({ reference: gradReference, host: gradHost, wasm: activateGradWasm, webgpu: activateGradGpu })(
    dy,
    x,
    kind,
  );
}

const sqrtHalf = Math.SQRT1_2;
const sqrtTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

function activateReference(x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  return tf.tidy(() => {
    if (kind === 'relu') return tf.relu(x);
    return tf.mul(x, kind === 'gelu' ? normalCdf(x) : tanhGate(x));
  });
}

function gradReference(dy: tf.Tensor2D, x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  return tf.tidy(() => {
    if (kind === 'relu') return tf.mul(dy, tf.step(x));
    if (kind === 'gelu') {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy, tf.add(normalCdf(x), tf.mul(x, density)));
    }
    const t = tf.sub(tf.mul(tanhGate(x), 2), 1);
    const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * cubic), 1), sqrtTwoOverPi);
    const slope = tf.mul(tf.mul(tf.mul(x, 0.5), tf.sub(1, tf.square(t))), inner);
    return tf.mul(dy, tf.add(tanhGate(x), slope));
  });
}

function normalCdf(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.add(tf.erf(tf.mul(x, sqrtHalf)), 1), 0.5);
}

function tanhGate(x: tf.Tensor2D): tf.Tensor2D {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(x, tf.square(x)), cubic)), sqrtTwoOverPi);
  return tf.mul(tf.add(tf.tanh(inner), 1), 0.5);
}

/** erf by Abramowitz & Stegun 7.1.26, |error| < 1.5e-7: the formula tfjs uses too. */
function erf(x: number): number {
  const a = Math.abs(x);
  const t = 1 / (1 + 0.3275911 * a);
  const poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const value = 1 - poly * Math.exp(-a * a);
  return x < 0 ? -value : value;
}

function gate(x: number, kind: Activation): number {
  if (kind === 'relu') return x > 0 ? 1 : 0;
  if (kind === 'gelu') return 0.5 * (1 + erf(x * sqrtHalf));
  return 0.5 * (1 + Math.tanh(sqrtTwoOverPi * (x + cubic * x * x * x)));
}

function slope(x: number, kind: Activation): number {
  const g = gate(x, kind);
  if (kind === 'relu') return g;
  if (kind === 'gelu') return g + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
  const t = 2 * g - 1;
  return g + 0.5 * x * (1 - t * t) * sqrtTwoOverPi * (1 + 3 * cubic * x * x);
}

function activateHost(x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  const y = allocate(x.shape) as tf.Tensor2D;
  const out = view(y);
  const from = view(x);
  for (let i = 0; i < out.length; i++) out[i] = from[i]! * gate(from[i]!, kind);
  return y;
}

function gradHost(dy: tf.Tensor2D, x: tf.Tensor2D, kind: Activation): tf.Tensor2D {
  const dx = allocate(x.shape) as tf.Tensor2D;
  const out = view(dx);
  const from = view(x);
  const above = view(dy);
  for (let i = 0; i < out.length; i++) out[i] = above[i]! * slope(from[i]!, kind);
  return dx;
}
