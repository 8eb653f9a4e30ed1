import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../src/engine/device.ts';
import { halfGpu, scaledHalfGpu, tensorsOf, type Half } from '../../src/engine/gpu/half.ts';
import { product } from '../../src/engine/gpu/matmul.ts';
import { presentVariants, useVariants } from '../../src/engine/gpu/variants.ts';
import { linear, linearGrad } from '../../src/engine/kernels/linear.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../support/collectRun.ts';
import { createRandomValues } from '../support/randomValues.ts';
import { tinyCheckpoint } from '../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../support/tinyData.ts';
import { productCuts } from './support/productCuts.ts';
import { openSwiftShader } from './support/webgpu.ts';

/** Half the distance of two neighbours of binary16, as a share of the number: what rounding may move it by. */
const rounding = 2 ** -11;

let device: Device;

beforeAll(async () => {
  device = await openSwiftShader();
});

afterAll(() => {
  expect(device.failure()).toBeNull();
});

/** The numbers that a matrix in half precision stands for. */
async function valuesOf({ pairs, unit }: Half): Promise<number[]> {
  const stored = await pairs.data<'float32'>();
  const bits = new Uint16Array(stored.buffer, stored.byteOffset, 2 * stored.length);
  const one = unit === null ? 1 : (await unit.data())[0]!;
  return [...bits].map((word) => binary16(word) * one);
}

/** IEEE 754-2019, 3.4, table 3.5. */
function binary16(word: number): number {
  const [exponent, fraction] = [(word >> 10) & 31, word & 1023];
  const size =
    exponent === 31
      ? fraction === 0
        ? Infinity
        : NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return word >> 15 === 0 ? size : -size;
}

function matrixOf(random: (size: number) => Float32Array, rows: number, width: number, size = 1): tf.Tensor2D {
  return tf.tensor2d(
    random(rows * width).map((value) => size * value),
    [rows, width],
  );
}

describe('a matrix in half precision', () => {
  it('holds every number to half a step of binary16, the small ones too', async () => {
    const random = createRandomValues(1);
    for (const [rows, width] of [
      [1, 4],
      [63, 12],
      [257, 68],
    ] as const) {
      const x = matrixOf(random, rows, width);
      const half = halfGpu(x);
      const [wanted, found] = [await x.data(), await valuesOf(half)];
      for (const [i, value] of wanted.entries()) {
        expect(Math.abs(value - found[i]!)).toBeLessThanOrEqual(Math.max(rounding * Math.abs(value), 2 ** -25));
      }
      tf.dispose([x, ...tensorsOf(half)]);
    }
  });

  it('is scaled by a power of two that brings its largest number below the largest of binary16', async () => {
    const random = createRandomValues(2);
    for (const size of [1e-30, 1e-7, 1, 65_504, 1e30]) {
      const x = matrixOf(random, 257, 68, size);
      const half = scaledHalfGpu(x);
      const wanted = await x.data<'float32'>();
      const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const power = 1 / (await half.unit!.data())[0]!;
      expect(Number.isInteger(Math.log2(power))).toBe(true);
      expect(largest * power).toBeGreaterThanOrEqual(2 ** 14);
      expect(largest * power).toBeLessThan(2 ** 15);
      const found = await valuesOf(half);
      for (const [i, value] of wanted.entries()) {
        const least = largest * 2 ** -39; // below that, numbers are as far apart as the smallest one is from 0
        expect(Math.abs(value - found[i]!)).toBeLessThanOrEqual(Math.max(rounding * Math.abs(value), least));
      }
      tf.dispose([x, ...tensorsOf(half)]);
    }
  });

  it('of zeros is of zeros', async () => {
    const half = scaledHalfGpu(tf.zeros([5, 8]));
    expect((await valuesOf(half)).every((value) => value === 0)).toBe(true);
    tf.dispose(tensorsOf(half));
  });
});

describe('products of half precision against sums in float64', () => {
  for (const { layout, variant, title } of productCuts) {
    it(title, async () => {
      const random = createRandomValues(3);
      const along = layout === 'tn' ? ([1, 63, 65, 257] as const) : ([4, 64, 68, 260] as const);
      for (const [s, rows] of [1, 63, 65, 257].entries()) {
        // The packed rows may be of any number; widths are multiples of 4.
        const [m, n, k] = layout === 'tn' ? [68, 60, along[s]!] : [rows, 60, along[s]!];
        const small = 1e-9; // as gradients are
        const a = matrixOf(random, layout === 'tn' ? k : m, layout === 'tn' ? m : k, layout === 'nt' ? small : 1);
        const b = matrixOf(random, layout === 'nt' ? n : k, layout === 'nt' ? k : n, layout === 'tn' ? small : 1);
        const halves = [
          layout === 'nt' ? scaledHalfGpu(a) : halfGpu(a),
          layout === 'tn' ? scaledHalfGpu(b) : halfGpu(b),
        ] as const;
        const [left, right] = [await valuesOf(halves[0]), await valuesOf(halves[1])];
        for (const parts of [1, 3]) {
          const c = product({ variant, parts }, layout, halves[0], halves[1], null);
          const found = await c.data();
          c.dispose();
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              let [sum, sizes] = [0, 0];
              for (let q = 0; q < k; q++) {
                const x = layout === 'tn' ? left[q * m + i]! : left[i * k + q]!;
                const y = layout === 'nt' ? right[j * k + q]! : right[q * n + j]!;
                sum += x * y;
                sizes += Math.abs(x * y);
              }
              // Products are exact, so that what is left is the rounding of a sum of k terms in float32.
              if (!(Math.abs(sum - found[i * n + j]!) <= (k + 1) * 2 ** -24 * sizes)) {
                expect.fail(
                  `${String(m)} × ${String(n)} × ${String(k)}: ${String(found[i * n + j])}, not ${String(sum)}`,
                );
              }
            }
          }
        }
        tf.dispose([a, b, ...halves.flatMap(tensorsOf)]);
      }
    });
  }

  it('a linear layer and its gradients, to what rounding its factors costs', async () => {
    const random = createRandomValues(4);
    const [x, w, dy] = [matrixOf(random, 65, 36), matrixOf(random, 36, 48), matrixOf(random, 65, 48, 1e-8)];
    const b = tf.tensor1d(random(48));
    const before = tf.memory().numTensors;
    const [halfX, halfW] = [halfGpu(x), halfGpu(w)];
    const half = { y: linear(halfX, halfW, b), ...linearGrad(dy, halfX, halfW) };
    const full = { y: linear(x, w, b), ...linearGrad(dy, x, w) };
    for (const name of ['y', 'dx', 'dw', 'db'] as const) {
      const [wanted, found] = [await full[name].data(), await half[name].data()];
      const norm = (values: Float32Array) => Math.hypot(...values);
      const apart = norm(Float32Array.from(wanted, (value, i) => value - found[i]!)) / norm(Float32Array.from(wanted));
      expect(apart, name).toBeLessThan(2 * rounding);
      if (name !== 'db') expect(apart, `${name} is not computed in full`).toBeGreaterThan(rounding / 16);
    }
    tf.dispose([...tensorsOf(halfX), ...tensorsOf(halfW), ...Object.values(half), ...Object.values(full)]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a run in half precision', () => {
  const variantsBefore = presentVariants();
  afterAll(() => {
    useVariants(variantsBefore);
  });

  it('follows the run in full, twice the same bit for bit, and goes on as it began', async () => {
    const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
    const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
    const config = { ...tinyConfig, steps: 50, precision: 'f16' } as const;
    const input = { config, checkpoint, tokenizer, data: tinyData, device, appVersion: '0' };
    const full = await collectRun({ ...input, config: { ...config, precision: 'f32' } });
    const half = await collectRun(input);
    expect(half.error).toBeNull();
    expect(half.record!.config.precision).toBe('f16');
    expect(half.record!.curve).toHaveLength(50);
    for (const [i, { loss }] of half.record!.curve.entries()) {
      expect(Math.abs(loss - full.record!.curve[i]!.loss), `step ${String(i + 1)}`).toBeLessThan(0.02);
    }
    expect(half.model!.weights).not.toEqual(full.model!.weights);
    const stopped = await collectRun(input, { stopAt: 20 });
    const snapshot = stopped.snapshots.at(-1)!.bytes;
    const resumed = await collectRun({ ...input, snapshot });
    expect(resumed.model!.weights).toEqual(half.model!.weights);
    const other = await collectRun({ ...input, config: { ...config, precision: 'f32' }, snapshot });
    expect(other.error).toMatchObject({ code: 'snapshot-mismatch', detail: { part: 'config' } });
    const again = await collectRun({ ...input, choices: { ...half.record!.engine, recompute: true } });
    expect(again.model!.weights).toEqual(half.model!.weights);
  });

  it('ends where numbers grow beyond those of half precision, and says which it was; full goes on', async () => {
    const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
    const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
    const gamma = 'encoder.layer.0.attention.output.LayerNorm.weight';
    const { shape, values } = checkpoint.weights.get(gamma)!;
    const weights = new Map(checkpoint.weights).set(gamma, { shape, values: values.map((value) => 1e6 * value) });
    const runOf = (precision: 'f32' | 'f16') => {
      const config = { ...tinyConfig, steps: 2, precision };
      const large = { ...checkpoint, weights };
      return collectRun({ config, checkpoint: large, tokenizer, data: tinyData, device, appVersion: '0' });
    };
    expect((await runOf('f32')).error).toBeNull();
    expect((await runOf('f16')).error).toMatchObject({ code: 'not-finite', detail: { step: 1, precision: 'f16' } });
  });
});
