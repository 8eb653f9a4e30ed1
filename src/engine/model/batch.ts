import * as tf from '@tensorflow/tfjs-core';
import { ignored, plainForm, type LossForm } from '../kernels/crossEntropy.ts';

/** One sequence of a batch: piece ids [T] with [CLS] and [SEP], and a tag number or `ignored` for each piece [T]. */
export interface Sequence {
  readonly ids: Int32Array;
  readonly labels: Int32Array;
  /** How its pieces are scored; plain cross-entropy where it is left out. */
  readonly form?: LossForm;
}

/** Sequences laid end to end without padding, and rows of no sequence up to the bucket. */
export interface PackedBatch {
  /** Piece ids, [N]; rows of no sequence hold 0. */
  readonly ids: Int32Array;
  /** Place in its sequence of each row, [N]. */
  readonly positions: Int32Array;
  /** Tag numbers or `ignored`, [N]. */
  readonly labels: Int32Array;
  /** How each row is scored, [3 N], as `crossEntropy` takes it. */
  readonly forms: Float32Array;
  /** First row of each sequence, and the end of the last, [B + 1]. */
  readonly offsets: Int32Array;
  /** Rows that belong to sequences: the tokens of the batch. */
  readonly tokens: number;
  /** Rows whose label is scored. */
  readonly labelled: number;
  /** What stands before this batch in a larger one that it is a part of: rows, and Σ T² of their sequences. */
  readonly before: { readonly rows: number; readonly pairs: number };
}

/**
 * The packed length is rounded up to a multiple of this. On webgpu few different sizes must occur, because tfjs pools free
 * buffers by exact size and never gives them back; elsewhere only whole vectors matter: at 16 sentences 64 rows cost 14 %.
 */
function bucketRows(): number {
  return tf.getBackend() === 'webgpu' ? 64 : 8;
}

export function pack(sequences: readonly Sequence[]): PackedBatch {
  const tokens = sequences.reduce((sum, s) => sum + s.ids.length, 0);
  const bucket = bucketRows();
  const rows = Math.max(1, Math.ceil(tokens / bucket)) * bucket;
  const ids = new Int32Array(rows);
  const positions = new Int32Array(rows);
  const labels = new Int32Array(rows).fill(ignored);
  const forms = new Float32Array(3 * rows);
  const offsets = new Int32Array(sequences.length + 1);
  let at = 0;
  sequences.forEach((sequence, b) => {
    ids.set(sequence.ids, at);
    labels.set(sequence.labels, at);
    const { weight, smoothing, q } = sequence.form ?? plainForm;
    for (let t = 0; t < sequence.ids.length; t++) {
      positions[at + t] = t;
      forms.set([weight, smoothing, q], 3 * (at + t));
    }
    at += sequence.ids.length;
    offsets[b + 1] = at;
  });
  const labelled = labels.reduce((n, l) => n + (l === ignored ? 0 : 1), 0);
  return { ids, positions, labels, forms, offsets, tokens, labelled, before: { rows: 0, pairs: 0 } };
}

/** Cuts a batch between sequences into parts of at most `most` tokens each, or of one sequence that is longer by itself. */
export function partsOf(batch: PackedBatch, most: number): readonly PackedBatch[] {
  if (batch.tokens <= most) return [batch];
  const { ids, labels, forms, offsets } = batch;
  const parts: PackedBatch[] = [];
  let pairs = 0;
  for (let first = 0; first + 1 < offsets.length;) {
    const before = { rows: offsets[first]!, pairs };
    const sequences: Sequence[] = [];
    let next = first;
    do {
      const [start, end] = [offsets[next]!, offsets[next + 1]!];
      const [weight = 0, smoothing = 0, q = 0] = forms.subarray(3 * start);
      const form = { weight, smoothing, q };
      sequences.push({ ids: ids.subarray(start, end), labels: labels.subarray(start, end), form });
      pairs += (end - start) ** 2;
      next++;
    } while (next + 1 < offsets.length && offsets[next + 1]! - before.rows <= most);
    parts.push({ ...pack(sequences), before });
    first = next;
  }
  return parts;
}
