import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../src/engine/device.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { shippedCurveErrors, shippedLogitsError } from '../../support/goldenShipped.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';

const files = {
  golden: readGolden,
  public: async (path: string) =>
    new Uint8Array(await readFile(fileURLToPath(new URL(`../../../public/${path}`, import.meta.url)))),
};

describe('the shipped checkpoint on wasm', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openNodeDevice('wasm');
  });

  for (const layers of [2, 6] as const) {
    it(`logits at ${String(layers)} layers within 1e-4 of transformers`, async () => {
      expect(await shippedLogitsError(files, layers)).toBeLessThan(1e-4);
    });
  }

  it('loss curve of 50 steps at 2 layers within 1e-4 of PyTorch', async () => {
    const { loss, norm } = await shippedCurveErrors(files, device);
    expect(loss).toBeLessThan(1e-4);
    expect(norm).toBeLessThan(1e-3);
  }, 120_000);
});
