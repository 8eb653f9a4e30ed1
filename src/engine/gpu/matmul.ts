import type * as tf from '@tensorflow/tfjs-core';
import { dispatch, fold, u } from './dispatch.ts';
import { isHalf, shapeOf, type Factor } from './half.ts';
import { matmulShader, sumPartsShader, tileOf, type MatmulVariant } from './matmulShaders.ts';
import type { Layout } from './matmulText.ts';
import { matmulChoice } from './variants.ts';

/** Rows and columns of C and the length of its sums, from the shapes of the factors. */
export function sizesOf(
  layout: Layout,
  a: readonly number[],
  b: readonly number[],
): { m: number; n: number; k: number } {
  const [a0 = 0, a1 = 0] = a;
  const [b0 = 0, b1 = 0] = b;
  return { m: layout === 'tn' ? a1 : a0, n: layout === 'nt' ? b0 : b1, k: layout === 'tn' ? a0 : a1 };
}

/**
 * C of the layout, plus `bias` [N] by row where it is given; see `matmulShaders.ts`. Both factors are float32, or both are in
 * half precision.
 */
export function matmulGpu(layout: Layout, a: Factor, b: Factor, bias: tf.Tensor1D | null = null): tf.Tensor2D {
  const sizes = sizesOf(layout, shapeOf(a), shapeOf(b));
  return product(matmulChoice({ layout, ...sizes, half: isHalf(a) }), layout, a, b, bias);
}

/** The unit of the one factor that has one; null where neither has. */
function unitOf(a: Factor, b: Factor): tf.Scalar | null {
  const [first, second] = [a, b].map((factor) => (isHalf(factor) ? factor.unit : null));
  return first ?? second ?? null;
}

function storedOf(factor: Factor): tf.Tensor2D {
  return isHalf(factor) ? factor.pairs : factor;
}

/** How a product of these sizes is made: the cut of C, and into how many parts the sum over k is cut. */
export interface MatmulChoice {
  readonly variant: MatmulVariant;
  readonly parts: number;
}

/** The product by a given choice, for the tuner and the tests. */
export function product(
  { variant, parts }: MatmulChoice,
  layout: Layout,
  a: Factor,
  b: Factor,
  bias: tf.Tensor1D | null,
): tf.Tensor2D {
  const { m, n, k } = sizesOf(layout, shapeOf(a), shapeOf(b));
  const whole = (...widths: number[]) => widths.every((width) => width % 4 === 0);
  const vector = layout === 'tn' ? whole(m, n) : whole(k, n);
  const third = bias ?? unitOf(a, b);
  const text = { layout, bias: bias !== null, vector, half: isHalf(a), scaled: bias === null && third !== null };
  const shader = matmulShader(variant, text);
  const [tileRows, tileColumns] = tileOf(variant, vector);
  const cuts = bias === null ? Math.max(1, Math.min(parts, Math.ceil(k / 16))) : 1;
  const part = 16 * Math.ceil(k / cuts / 16);
  const used = Math.max(1, Math.ceil(k / part));
  const [c] = dispatch({
    shader,
    inputs: [storedOf(a), storedOf(b), ...(third === null ? [] : [third])],
    outputs: [used === 1 ? [m, n] : [used, m, n]],
    uniforms: [u(m), u(n), u(k), u(part)],
    groups: [Math.ceil(n / tileColumns), Math.ceil(m / tileRows), used],
  });
  if (c === undefined) throw new Error('a product without a result');
  if (used === 1) return c as tf.Tensor2D;
  const [sum] = dispatch({
    shader: sumPartsShader,
    inputs: [c],
    outputs: [[m, n]],
    uniforms: [u(m * n), u(used)],
    groups: fold(Math.ceil((m * n) / 64)),
  });
  c.dispose();
  return sum as tf.Tensor2D;
}
