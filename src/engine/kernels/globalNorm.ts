import * as tf from '@tensorflow/tfjs-core';
import { globalNormGpu } from '../gpu/optimizer.ts';
import { globalNormWasm } from '../wasm/optimizer.ts';
import { pick, view } from './backend.ts';

/** √(Σ g²) over all tensors, a scalar: the norm that `torch.nn.utils.clip_grad_norm_` clips. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  return pick({ reference, host, wasm: globalNormWasm, webgpu: globalNormGpu })(gradients);
}

/** min(1, limit / (norm + 1e-6)), a scalar, as PyTorch computes it; 1 where `limit` is 0. */
export function clipFactor(norm: tf.Scalar, limit: number): tf.Scalar {
  if (limit === 0) return tf.scalar(1);
  return tf.tidy(() => tf.minimum<tf.Scalar>(1, tf.div(limit, tf.add(norm, 1e-6))));
}

function reference(gradients: readonly tf.Tensor[]): tf.Scalar {
  // One by one: tfjs-webgpu's addN binds all tensors to one shader, and a GPU binds eight or ten.
  const squares = () => gradients.map((g) => tf.sum<tf.Scalar>(tf.square(g)));
  return tf.tidy(() => tf.sqrt(squares().reduce((total, square) => tf.add(total, square), tf.scalar(0))));
}

function host(gradients: readonly tf.Tensor[]): tf.Scalar {
  let total = 0;
  for (const gradient of gradients) {
    const g = view(gradient);
    let sum = 0;
    for (let i = 0; i < g.length; i++) sum += g[i]! * g[i]!;
    total += sum;
  }
  return tf.scalar(Math.sqrt(total));
}
