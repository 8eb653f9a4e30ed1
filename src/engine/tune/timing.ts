import * as tf from '@tensorflow/tfjs-core';
import type { ProductShape } from '../gpu/variants.ts';

/** The factors of a product on tfjs' present device, and a bias where the product is a layer's forward one. */
export interface Factors {
  readonly a: tf.Tensor2D;
  readonly b: tf.Tensor2D;
  readonly bias: tf.Tensor1D | null;
}

export function factorsOf({ layout, m, n, k }: ProductShape): Factors {
  return {
    a: tf.ones<tf.Rank.R2>(layout === 'tn' ? [k, m] : [m, k]),
    b: tf.ones<tf.Rank.R2>(layout === 'nt' ? [n, k] : [k, n]),
    bias: layout === 'nn' ? tf.zeros<tf.Rank.R1>([n]) : null,
  };
}

/** Milliseconds until `times` results of `work` are there: one element of the last is read, behind which all the others lie. */
export async function timeWork(work: () => tf.Tensor2D, times: number, now: () => number): Promise<number> {
  const startedAt = now();
  const corner = tf.tidy(() => {
    let last = work();
    for (let i = 1; i < times; i++) last = work();
    return tf.slice(last, [0, 0], [1, 1]);
  });
  try {
    await corner.data();
  } finally {
    corner.dispose();
  }
  return now() - startedAt;
}
