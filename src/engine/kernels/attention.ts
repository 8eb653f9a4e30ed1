import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from '../../core/dropoutMask.ts';
import { attendGpu, attendGradGpu, headIsSupported } from '../gpu/attention.ts';
import { attendGradWasm, attendWasm } from '../wasm/attention.ts';
import { attendGradHost, attendHost } from './attentionHost.ts';
import { pick } from './backend.ts';
import type { DropoutKey } from './dropout.ts';

/**
 * Self-attention of packed sequences, each over its own rows only.
 *
 *     S = q kᵀ / √D,   P = softmax(S) by row,   c = (M ∘ P) v          for each sequence and head
 *
 * q, k, v [N, H] with H = A · D; head `a` owns columns [a D, (a + 1) D). M is the dropout mask of the probabilities; its
 * place counts sequences, then heads, then query rows, then keys. Rows of no sequence get a context of zeros.
 * Vaswani et al., arXiv 1706.03762.
 */
export interface AttentionInputs {
  readonly q: tf.Tensor2D;
  readonly k: tf.Tensor2D;
  readonly v: tf.Tensor2D;
}

export interface AttentionShape {
  /** First row of each sequence and the end of the last, [B + 1]. */
  readonly offsets: Int32Array;
  readonly heads: number;
}

/** `saved` is what the gradient needs beside the inputs; what it holds is the implementation's own affair. */
export interface AttentionOutputs {
  readonly context: tf.Tensor2D;
  readonly saved: tf.Tensor;
}

export interface AttentionGrads {
  readonly dq: tf.Tensor2D;
  readonly dk: tf.Tensor2D;
  readonly dv: tf.Tensor2D;
}

export function attend(inputs: AttentionInputs, shape: AttentionShape, key: DropoutKey | null): AttentionOutputs {
  const webgpu = headIsSupported(depthOf(inputs, shape)) ? attendGpu : attendReference;
  return pick({ reference: attendReference, host: attendHost, wasm: attendWasm, webgpu })(inputs, shape, key);
}

/** `key` and `out` are those of the forward pass; the mask is drawn again. */
export function attendGrad(
  dcontext: tf.Tensor2D,
  inputs: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
  out: AttentionOutputs,
): AttentionGrads {
  const webgpu = headIsSupported(depthOf(inputs, shape)) ? attendGradGpu : gradReference;
  return pick({ reference: gradReference, host: attendGradHost, wasm: attendGradWasm, webgpu })(
    dcontext,
    inputs,
    shape,
    key,
    out,
  );
}

function depthOf({ q }: AttentionInputs, { heads }: AttentionShape): number {
  return q.shape[1] / heads;
}

/** Padded layout of the reference: `toPadded` [B · T] and `toPacked` [N] name rows, the row past the end being zeros. */
function padding({ offsets }: AttentionShape, rows: number) {
  const batch = offsets.length - 1;
  let longest = 1;
  for (let b = 0; b < batch; b++) longest = Math.max(longest, offsets[b + 1]! - offsets[b]!);
  const toPadded = new Int32Array(batch * longest).fill(rows);
  const toPacked = new Int32Array(rows).fill(batch * longest);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < offsets[b + 1]! - offsets[b]!; t++) {
      toPadded[b * longest + t] = offsets[b]! + t;
      toPacked[offsets[b]! + t] = b * longest + t;
    }
  }
  return { batch, longest, toPadded: tf.tensor1d(toPadded, 'int32'), toPacked: tf.tensor1d(toPacked, 'int32') };
}

type Padding = ReturnType<typeof padding>;

function withZeroRow(x: tf.Tensor2D): tf.Tensor2D {
  return tf.concat([x, tf.zeros<tf.Rank.R2>([1, x.shape[1]])], 0);
}

/** [N, H] → [B, A, T, D] */
function split(x: tf.Tensor2D, heads: number, { batch, longest, toPadded }: Padding): tf.Tensor4D {
  const padded = tf.reshape<tf.Rank.R4>(tf.gather(withZeroRow(x), toPadded), [batch, longest, heads, -1]);
  return tf.transpose(padded, [0, 2, 1, 3]);
}

/** [B, A, T, D] → [N, H] */
function join(x: tf.Tensor4D, { batch, longest, toPacked }: Padding): tf.Tensor2D {
  const rows = tf.reshape<tf.Rank.R2>(tf.transpose(x, [0, 2, 1, 3]), [batch * longest, -1]);
  return tf.gather(withZeroRow(rows), toPacked);
}

/** 0 for keys of the sequence, −1e9 for padding, [B, 1, 1, T]. */
function keyMask({ offsets }: AttentionShape, { batch, longest }: Padding): tf.Tensor4D {
  const values = new Float32Array(batch * longest);
  for (let b = 0; b < batch; b++) values.fill(-1e9, b * longest + offsets[b + 1]! - offsets[b]!, (b + 1) * longest);
  return tf.tensor4d(values, [batch, 1, 1, longest]);
}

/**
 * The dropout mask laid out as [B, A, T, T], zero in the padding. Drawn straight into the padded rows: a packed mask would
 * have to be read back from the device first.
 */
function paddedMask(
  key: DropoutKey | null,
  { offsets, heads }: AttentionShape,
  { batch, longest }: Padding,
): tf.Tensor | null {
  if (key === null || key.rate === 0) return null;
  const values = new Float32Array(batch * heads * longest * longest);
  let start = key.start ?? 0;
  for (let b = 0; b < batch; b++) {
    const size = offsets[b + 1]! - offsets[b]!;
    for (let row = 0; row < heads * size; row++, start += size) {
      const at = ((b * heads + Math.floor(row / size)) * longest + (row % size)) * longest;
      dropoutMask(values.subarray(at, at + size), { ...key, start });
    }
  }
  return tf.tensor(values, [batch, heads, longest, longest], 'float32');
}

function attendReference(
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
): AttentionOutputs {
  return tf.tidy(() => {
    const pad = padding(shape, q.shape[0]);
    const scale = 1 / Math.sqrt(q.shape[1] / shape.heads);
    const [qs, ks, vs] = [split(q, shape.heads, pad), split(k, shape.heads, pad), split(v, shape.heads, pad)];
    const scores = tf.add(tf.mul(tf.matMul(qs, ks, false, true), scale), keyMask(shape, pad));
    const raised = tf.exp(tf.sub(scores, tf.max(scores, -1, true)));
    const probabilities = tf.div<tf.Tensor4D>(raised, tf.sum(raised, -1, true));
    const mask = paddedMask(key, shape, pad);
    const weights = mask === null ? probabilities : tf.mul<tf.Tensor4D>(probabilities, mask);
    return { context: join(tf.matMul(weights, vs), pad), saved: probabilities };
  });
}

function gradReference(
  dcontext: tf.Tensor2D,
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
  { saved }: AttentionOutputs,
): AttentionGrads {
  return tf.tidy(() => {
    const pad = padding(shape, q.shape[0]);
    const scale = 1 / Math.sqrt(q.shape[1] / shape.heads);
    const p = saved as tf.Tensor4D;
    const mask = paddedMask(key, shape, pad);
    const [qs, ks, vs] = [split(q, shape.heads, pad), split(k, shape.heads, pad), split(v, shape.heads, pad)];
    const dc = split(dcontext, shape.heads, pad);
    const weights = mask === null ? p : tf.mul<tf.Tensor4D>(p, mask);
    const dweights = tf.matMul(dc, vs, false, true);
    const dp = mask === null ? dweights : tf.mul<tf.Tensor4D>(dweights, mask);
    const ds = tf.mul<tf.Tensor4D>(tf.mul(p, tf.sub(dp, tf.sum(tf.mul(dp, p), -1, true))), scale);
    return {
      dq: join(tf.matMul(ds, ks), pad),
      dk: join(tf.matMul(ds, qs, true, false), pad),
      dv: join(tf.matMul(weights, dc, true, false), pad),
    };
  });
}
