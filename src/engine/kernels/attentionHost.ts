import type * as tf from '@tensorflow/tfjs-core';
import type { AttentionGrads, AttentionInputs, AttentionOutputs, AttentionShape } from './attention.ts';
import { allocate, view } from './backend.ts';
import { maskOf, type DropoutKey } from './dropout.ts';

/** The loops of `attention.ts` for devices whose memory JavaScript sees; probabilities packed, [Σ A T²]. */
export function attendHost(
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
): AttentionOutputs {
  const [rows, width] = q.shape;
  const { offsets, heads } = shape;
  const depth = width / heads;
  const scale = 1 / Math.sqrt(depth);
  let count = 0;
  for (let b = 0; b + 1 < offsets.length; b++) count += heads * (offsets[b + 1]! - offsets[b]!) ** 2;
  const mask = maskOf(key, [count]);
  const context = allocate([rows, width]) as tf.Tensor2D;
  const probabilities = allocate([count]);
  const [qs, ks, vs, out, p] = [view(q), view(k), view(v), view(context), view(probabilities)];
  const keep = mask === null ? null : view(mask);
  out.fill(0);
  let at = 0;
  for (let b = 0; b + 1 < offsets.length; b++) {
    const [first, end] = [offsets[b]!, offsets[b + 1]!];
    for (let a = 0; a < heads; a++) {
      for (let i = first; i < end; i++) {
        const qAt = i * width + a * depth;
        let highest = -Infinity;
        for (let j = first; j < end; j++) {
          const kAt = j * width + a * depth;
          let dot = 0;
          for (let d = 0; d < depth; d++) dot += qs[qAt + d]! * ks[kAt + d]!;
          dot *= scale;
          p[at + j - first] = dot;
          if (dot > highest) highest = dot;
        }
        let sum = 0;
        for (let j = 0; j < end - first; j++) {
          const e = Math.exp(p[at + j]! - highest);
          p[at + j] = e;
          sum += e;
        }
        for (let j = 0; j < end - first; j++) {
          const share = p[at + j]! / sum;
          p[at + j] = share;
          const weight = keep === null ? share : share * keep[at + j]!;
          const vAt = (first + j) * width + a * depth;
          for (let d = 0; d < depth; d++) out[qAt + d]! += weight * vs[vAt + d]!;
        }
        at += end - first;
      }
    }
  }
  mask?.dispose();
  return { context, saved: probabilities };
}

export function attendGradHost(
  dcontext: tf.Tensor2D,
  { q, k, v }: AttentionInputs,
  { offsets, heads }: AttentionShape,
  key: DropoutKey | null,
  { saved }: AttentionOutputs,
): AttentionGrads {
  const [rows, width] = q.shape;
  const depth = width / heads;
  const scale = 1 / Math.sqrt(depth);
  const mask = maskOf(key, [saved.size]);
  const grads = {
    dq: allocate([rows, width]) as tf.Tensor2D,
    dk: allocate([rows, width]) as tf.Tensor2D,
    dv: allocate([rows, width]) as tf.Tensor2D,
  };
  const [qs, ks, vs, dc, p] = [view(q), view(k), view(v), view(dcontext), view(saved)];
  const [dq, dk, dv] = [view(grads.dq).fill(0), view(grads.dk).fill(0), view(grads.dv).fill(0)];
  const keep = mask === null ? null : view(mask);
  const dp = new Float32Array(offsets.reduce((most, end, b) => Math.max(most, end - (offsets[b - 1] ?? 0)), 0));
  let at = 0;
  for (let b = 0; b + 1 < offsets.length; b++) {
    const [first, end] = [offsets[b]!, offsets[b + 1]!];
    const size = end - first;
    for (let a = 0; a < heads; a++) {
      for (let i = first; i < end; i++) {
        const qAt = i * width + a * depth;
        let along = 0;
        for (let j = 0; j < size; j++) {
          const vAt = (first + j) * width + a * depth;
          const kept = keep === null ? 1 : keep[at + j]!;
          const weight = p[at + j]! * kept;
          let dot = 0;
          for (let d = 0; d < depth; d++) {
            dot += dc[qAt + d]! * vs[vAt + d]!;
            dv[vAt + d]! += weight * dc[qAt + d]!;
          }
          dp[j] = dot * kept;
          along += dp[j]! * p[at + j]!;
        }
        for (let j = 0; j < size; j++) {
          const ds = p[at + j]! * (dp[j]! - along) * scale;
          const kAt = (first + j) * width + a * depth;
          for (let d = 0; d < depth; d++) {
            dq[qAt + d]! += ds * ks[kAt + d]!;
            dk[kAt + d]! += ds * qs[qAt + d]!;
          }
        }
        at += size;
      }
    }
  }
  mask?.dispose();
  return grads;
}
