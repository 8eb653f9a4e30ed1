import * as tf from '@tensorflow/tfjs-core';
import { matmul } from './kernels/matmul.ts';

/**
 * Rate of the matrix product on tfjs' present device in GFLOP/s, the best of a few sizes that each take some milliseconds of
 * the clock `now`.
 */
export async function timeMatmul(now = () => performance.now()): Promise<number> {
  let best = 0;
  for (const size of [128, 256, 512, 1024]) {
    const [a, b] = [tf.ones<tf.Rank.R2>([size, size]), tf.ones<tf.Rank.R2>([size, size])];
    const seconds = await timeProducts(a, b, 4, now);
    tf.dispose([a, b]);
    best = Math.max(best, (4 * 2 * size ** 3) / seconds / 1e9);
    // The next size takes eight times as long.
    if (seconds > 0.06) break;
  }
  return best;
}

async function timeProducts(a: tf.Tensor2D, b: tf.Tensor2D, times: number, now: () => number): Promise<number> {
  const run = async (count: number) => {
    const corner = tf.tidy(() => {
      let last = matmul(a, b);
      for (let i = 1; i < count; i++) last = matmul(a, b);
      return tf.slice(last, [0, 0], [1, 1]);
    });
    await corner.data();
    corner.dispose();
  };
  await run(1); // compiles the shader
  const startedAt = now();
  await run(times);
  return Math.max(1e-5, (now() - startedAt) / 1000);
}
