import { expect, it } from 'vitest';
import { openDevice } from '../../src/engine/device.ts';

// In a file of its own: tfjs starts its wasm backend once in the life of a page.
it('wasm files that are not where they should be make the device unavailable', async () => {
  await expect(openDevice('wasm', { wasmPath: '/nowhere/' })).rejects.toMatchObject({
    code: 'device-unavailable',
    detail: { device: 'wasm', reason: 'tfjs could not start its wasm backend' },
  });
});
