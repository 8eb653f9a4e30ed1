import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { withVariant } from '../../../src/engine/kernels/backend.ts';
import { largestDifference } from '../../support/goldenModel.ts';
import { kernelNames, kernelResults } from '../../support/kernelCases.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';

/** Size of the largest element, 1 at least: sums over many rows are compared by their own size. */
function sizeOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}

/** The composition of tfjs operations on cpu is the truth here; it is held against PyTorch by the golden tests. */
async function expectSame(
  name: string,
  rows: number,
  width: number,
  device: 'cpu' | 'wasm',
  variant: 'host' | 'wasm' = 'host',
): Promise<void> {
  await openNodeDevice('cpu');
  const wanted = await withVariant('reference', () => kernelResults(name, rows, width));
  await openNodeDevice(device);
  const before = tf.memory().numTensors;
  const found = await withVariant(variant, () => kernelResults(name, rows, width));
  expect(tf.memory().numTensors, 'tensors').toBe(before);
  expect([...found.keys()]).toEqual([...wanted.keys()]);
  for (const [part, values] of wanted) {
    const other = found.get(part)!;
    expect(other.length).toBe(values.length);
    expect(largestDifference(values, other) / sizeOf(values), `${name}: ${part}`).toBeLessThan(2e-5);
  }
}

for (const device of ['cpu', 'wasm'] as const) {
  describe(`host loops on ${device} against the compositions`, () => {
    for (const name of kernelNames) {
      for (const rows of [1, 63, 65, 257]) {
        it(`${name}, ${String(rows)} rows`, () => expectSame(name, rows, 12, device));
      }
      it(`${name}, 65 rows of 13`, () => expectSame(name, 65, 13, device));
    }
  });
}

describe('SIMD kernels on wasm against the compositions', () => {
  for (const name of kernelNames) {
    for (const [rows, width] of [
      [1, 12],
      [63, 12],
      [65, 13],
      [257, 96],
    ] as const) {
      it(`${name}, ${String(rows)} rows of ${String(width)}`, () => expectSame(name, rows, width, 'wasm', 'wasm'));
    }
  }
});

describe('more rows than a dispatch has workgroups, 70,000', () => {
  for (const name of ['layerNorm', 'layerNormWithResidualAndDropout', 'crossEntropy', 'activation', 'linear']) {
    it(name, () => expectSame(name, 70_000, 4, 'wasm', 'wasm'));
  }
});
