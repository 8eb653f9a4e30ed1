import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../kernels/linear.ts';
import { matmulNT, matmulTN } from '../kernels/matmul.ts';
import type { ProductShape } from '../gpu/variants.ts';
import { presentKernels, useOwnProducts } from '../wasm/present.ts';
import { factorsOf, timeWork } from './timing.ts';

const rounds = 3;

/**
 * On wasm with threads: times our products, on one thread, against tfjs', on all of them, over `shapes` in turn, and leaves
 * the faster ones chosen. With one thread ours are the faster ones and nothing is timed.
 */
export async function tuneProducts(shapes: readonly ProductShape[], now: () => number): Promise<'ours' | 'tfjs'> {
  if (presentKernels().threads > 1) useOwnProducts(await oursAreFaster(shapes, now));
  return presentKernels().ownProducts ? 'ours' : 'tfjs';
}

/** Best of three rounds, since whatever else the machine does can only slow a round down. */
async function oursAreFaster(shapes: readonly ProductShape[], now: () => number): Promise<boolean> {
  const { ours, tfjs } = await timeBoth(shapes, now);
  return ours <= tfjs;
}

/** Milliseconds of one round over `shapes` with each side's products. */
export async function timeBoth(
  shapes: readonly ProductShape[],
  now: () => number,
): Promise<Readonly<Record<'ours' | 'tfjs', number>>> {
  const least = { ours: Infinity, tfjs: Infinity };
  for (let round = -1; round < rounds; round++) {
    for (const side of ['ours', 'tfjs'] as const) {
      useOwnProducts(side === 'ours');
      let ms = 0;
      for (const shape of shapes) ms += await timeProduct(shape, now);
      if (round >= 0) least[side] = Math.min(least[side], ms); // the first round wakes the threads
    }
  }
  return least;
}

async function timeProduct(shape: ProductShape, now: () => number): Promise<number> {
  const { a, b, bias } = factorsOf(shape);
  const work = () => {
    if (bias !== null) return linear(a, b, bias);
    return shape.layout === 'nt' ? matmulNT(a, b) : matmulTN(a, b);
  };
  const ms = await timeWork(work, 1, now);
  tf.dispose(bias === null ? [a, b] : [a, b, bias]);
  return ms;
}
