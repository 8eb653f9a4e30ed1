import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device } from '../../src/engine/device.ts';
import { adamwErrors, curveErrors, gradientErrors, loadTiny, logitsError, tinyNames } from '../support/goldenModel.ts';
import { openSwiftShader, readGolden } from './support/webgpu.ts';

describe("PyTorch's numbers on webgpu", () => {
  let device: Device;

  beforeAll(async () => {
    device = await openSwiftShader();
  });

  afterAll(() => {
    expect(device.failure()).toBeNull();
  });

  for (const name of tinyNames) {
    it(`${name}: logits within 1e-4`, async () => {
      expect(await logitsError(await loadTiny(readGolden, name))).toBeLessThan(1e-4);
    });

    it(`${name}: every gradient within 1e-4 of its norm + 1e-6 of the global norm`, async () => {
      const errors = await gradientErrors(await loadTiny(readGolden, name));
      expect(errors.size).toBe(name === 'l2-h32' ? 39 : 55);
      for (const [parameter, share] of errors) expect(share, parameter).toBeLessThanOrEqual(1);
    });

    it(`${name}: loss curve of 50 steps within 1e-3`, async () => {
      const before = tf.memory().numTensors;
      expect((await curveErrors(readGolden, name)).loss).toBeLessThan(1e-3);
      expect(tf.memory().numTensors).toBe(before);
    }, 400_000);
  }

  for (const compact of [false, true]) {
    it(`AdamW with recorded gradients within 1e-6, ${compact ? 'compact' : 'full'} word table`, async () => {
      const errors = await adamwErrors(readGolden, compact);
      for (const [what, error] of Object.entries(errors)) expect(error, what).toBeLessThan(1e-6);
    });
  }
});
