import * as tf from '@tensorflow/tfjs-core';
import type { AttentionGrads, AttentionInputs, AttentionOutputs, AttentionShape } from '../kernels/attention.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import {
  attentionContextShader,
  attentionKeysShader,
  attentionQueriesShader,
  attentionStatsShader,
  headIsSupported,
} from './attentionShaders.ts';
import { dispatch, f, fold, u, type Word } from './dispatch.ts';
import { dropWords } from './snippets.ts';

export { headIsSupported };

const rowTables = new WeakMap<Int32Array, { readonly table: tf.Tensor2D; readonly start: number }>();

/**
 * First row, end and first dropout place of the sequence of each row, int32 [N, 4]; rows of no sequence have an empty range.
 * Made once for a batch: `offsets` is its key, and the caller's `tf.tidy` owns the tensor.
 */
function rowTable({ offsets, heads }: AttentionShape, rows: number, key: DropoutKey | null): tf.Tensor2D {
  const start = key?.start ?? 0;
  const known = rowTables.get(offsets);
  if (known?.table.isDisposed === false && known.table.shape[0] === rows && known.start === start) return known.table;
  const values = new Int32Array(rows * 4);
  let place = start;
  for (let b = 0; b + 1 < offsets.length; b++) {
    const [first, end] = [offsets[b]!, offsets[b + 1]!];
    for (let row = first; row < end; row++) values.set([first, end, place | 0, 0], row * 4);
    place += heads * (end - first) ** 2;
  }
  const table = tf.tensor2d(values, [rows, 4], 'int32');
  rowTables.set(offsets, { table, start });
  return table;
}

function words(rows: number, heads: number, depth: number, key: DropoutKey | null): Word[] {
  return [u(rows), u(heads), f(1 / Math.sqrt(depth)), ...(key === null ? [] : dropWords({ ...key, start: 0 }))];
}

/** Saves the maximum and 1 / Σ exp of every row of scores, [A, N, 2], for the gradient. */
export function attendGpu(
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
): AttentionOutputs {
  const [rows, width] = q.shape;
  const depth = width / shape.heads;
  const [context, saved] = dispatch({
    shader: attentionContextShader(depth, key !== null),
    inputs: [q, k, v, rowTable(shape, rows, key)],
    outputs: [
      [rows, width],
      [shape.heads, rows, 2],
    ],
    uniforms: words(rows, shape.heads, depth, key),
    groups: fold(Math.ceil((rows * shape.heads) / 64)),
  });
  return { context: context as tf.Tensor2D, saved: saved! };
}

export function attendGradGpu(
  dcontext: tf.Tensor2D,
  { q, k, v }: AttentionInputs,
  shape: AttentionShape,
  key: DropoutKey | null,
  { context, saved }: AttentionOutputs,
): AttentionGrads {
  const [rows, width] = q.shape;
  const depth = width / shape.heads;
  const drop = key !== null;
  const uniforms = words(rows, shape.heads, depth, key);
  const groups = fold(Math.ceil((rows * shape.heads) / 64));
  const table = rowTable(shape, rows, key);
  const whole = [rows, width];
  const [stats] = dispatch({
    shader: attentionStatsShader(depth),
    inputs: [dcontext, context, saved],
    outputs: [[shape.heads, rows, 4]],
    uniforms,
    groups,
  });
  const inputs = [q, k, v, dcontext, stats!, table];
  const [dq] = dispatch({ shader: attentionQueriesShader(depth, drop), inputs, outputs: [whole], uniforms, groups });
  const [dk, dv] = dispatch({
    shader: attentionKeysShader(depth, drop),
    inputs,
    outputs: [whole, whole],
    uniforms,
    groups,
  });
  stats!.dispose();
  return { dq: dq as tf.Tensor2D, dk: dk as tf.Tensor2D, dv: dv as tf.Tensor2D };
}
