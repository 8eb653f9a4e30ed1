import * as tf from '@tensorflow/tfjs-core';
import { columnSums } from '../gpu/columnSums.ts';
import { isHalf, scaledHalfGpu, tensorsOf, type Factor } from '../gpu/half.ts';
import { matmulGpu } from '../gpu/matmul.ts';
import { matmulWasm, sumRowsWasm } from '../wasm/matmul.ts';
import { allocate, pick, view } from './backend.ts';
import { matmul, matmulNT, matmulTN } from './matmul.ts';

/**
 * Linear layer over packed rows.
 *
 *     y[n, o] = Σ_i x[n, i] w[i, o] + b[o]        x [N, I], w [I, O], b [O] → y [N, O]
 *
 * `w` is kept as [I, O], the transpose of what PyTorch stores, so that the forward product needs no transpose. On webgpu x and
 * w may both be in half precision: the product of two such numbers is exact in float32, in which they are added up.
 */
export function linear(x: Factor, w: Factor, b: tf.Tensor1D): tf.Tensor2D {
  if (isHalf(x) || isHalf(w)) return matmulGpu('nn', x, w, b);
  return pick({ reference: linearReference, host: linearHost, wasm: matmulWasm, webgpu: linearGpu })(x, w, b);
}

export interface LinearGrads {
  readonly dx: tf.Tensor2D;
  readonly dw: tf.Tensor2D;
  readonly db: tf.Tensor1D;
}

/** dx = dy wᵀ, dw = xᵀ dy, db = Σ_n dy[n]; where x and w are in half precision, so is dy in the products. */
export function linearGrad(dy: tf.Tensor2D, x: Factor, w: Factor): LinearGrads {
  if (isHalf(x) || isHalf(w)) return linearGradHalf(dy, x, w);
  return {
    dx: matmulNT(dy, w),
    dw: matmulTN(x, dy),
    db: pick({ reference: sumRowsReference, host: sumRowsHost, wasm: sumRowsWasm, webgpu: sumRowsGpu })(dy),
  };
}

function linearGradHalf(dy: tf.Tensor2D, x: Factor, w: Factor): LinearGrads {
  const scaled = scaledHalfGpu(dy);
  const grads = { dx: matmulGpu('nt', scaled, w), dw: matmulGpu('tn', x, scaled), db: sumRowsGpu(dy) };
  tf.dispose(tensorsOf(scaled));
  return grads;
}

function linearGpu(x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D): tf.Tensor2D {
  return matmulGpu('nn', x, w, b);
}

function sumRowsGpu(dy: tf.Tensor2D): tf.Tensor1D {
  return columnSums(dy)[0]!;
}

function linearReference(x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D): tf.Tensor2D {
  return tf.tidy(() => tf.add<tf.Tensor2D>(matmul(x, w), b));
}

function linearHost(x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D): tf.Tensor2D {
  const y = matmul(x, w);
  const out = view(y);
  const bias = view(b);
  const width = bias.length;
  for (let at = 0; at < out.length; at += width) {
    for (let o = 0; o < width; o++) out[at + o]! += bias[o]!;
  }
  return y;
}

function sumRowsReference(dy: tf.Tensor2D): tf.Tensor1D {
  return tf.sum<tf.Tensor1D>(dy, 0);
}

function sumRowsHost(dy: tf.Tensor2D): tf.Tensor1D {
  const result = allocate([dy.shape[1]]) as tf.Tensor1D;
  const sum = view(result);
  const from = view(dy);
  const width = sum.length;
  const total = new Float64Array(width);
  for (let at = 0; at < from.length; at += width) {
    for (let o = 0; o < width; o++) total[o]! += from[at + o]!;
  }
  sum.set(total);
  return result;
}
