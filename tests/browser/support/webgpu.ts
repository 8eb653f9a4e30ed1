import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { openDevice, type Device, type DeviceEnv } from '../../../src/engine/device.ts';
import type { ReadGolden } from '../../support/goldenModel.ts';

/** tfjs' wasm files as the test server gives them. */
export const env = { wasmPath: '/node_modules/@tensorflow/tfjs-backend-wasm/dist/' } satisfies DeviceEnv;

/** Opens webgpu and makes sure that it is SwiftShader: a test cannot pass on another adapter unnoticed. */
export async function openSwiftShader(): Promise<Device> {
  const device = await openDevice('webgpu', env);
  expect(device.adapter).toBe('google swiftshader');
  return device;
}

/** The GPU device behind tfjs' present backend, webgpu. */
export function gpuDevice(): GPUDevice {
  return (tf.backend() as tf.KernelBackend & { readonly device: GPUDevice }).device;
}

/** Reads below `tests/golden/` in the browser. */
export const readGolden: ReadGolden = async (path) => {
  const response = await fetch(`/tests/golden/${path}`);
  if (!response.ok) throw new Error(`${String(response.status)} for ${path}`);
  return new Uint8Array(await response.arrayBuffer());
};
