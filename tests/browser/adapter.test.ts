import { expect, it } from 'vitest';
import { openDevice } from '../../src/engine/device.ts';

it('these tests run on SwiftShader and on nothing else', async () => {
  const device = await openDevice('webgpu', { wasmPath: '' });
  expect(device.adapter).toBe('google swiftshader');
  expect(device.software).toBe(true);
  expect(device.failure()).toBeNull();
});
