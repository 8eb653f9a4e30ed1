import { AppError, messageOf } from '../core/errors.ts';
import type { DeviceName } from './device.ts';
import { deviceTroubles, type DeviceTrouble } from './reports.ts';
import { Silent } from './timeLimit.ts';

/** The failure of a device that cannot be opened, with what `troubleOf` reads. */
export function unavailable(device: DeviceName, trouble: DeviceTrouble, reason: string): AppError {
  return new AppError('device-unavailable', reason, { device, trouble, reason });
}

/** What is amiss with a device, by what opening or using it threw. */
export function troubleOf(error: unknown): DeviceTrouble {
  if (error instanceof Silent) return 'silent';
  if (!(error instanceof AppError)) return 'failed';
  if (error.code === 'device-lost') return 'lost';
  return deviceTroubles.find((trouble) => trouble === error.detail['trouble']) ?? 'failed';
}

/** The browser's WebGPU. Throws `device-unavailable`. */
export function browserGpu(): GPU {
  const scope = globalThis as { isSecureContext?: boolean; navigator?: { gpu?: GPU } };
  if (scope.isSecureContext === false) {
    throw unavailable('webgpu', 'insecure', 'this page is not a secure context: open it on localhost or over https');
  }
  const gpu = scope.navigator?.gpu;
  if (gpu === undefined) throw unavailable('webgpu', 'no-api', 'there is no WebGPU here');
  return gpu;
}

/**
 * What the kernels count on: the limits that the WebGPU specification promises of every adapter (section 3.6.2, "Limits").
 * Compatibility adapters, and browsers that spread less to hide which card there is, may have less.
 */
export const leastLimits = {
  maxBufferSize: 256 * 1024 * 1024,
  maxStorageBufferBindingSize: 128 * 1024 * 1024,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65_535,
} as const;

const limitNames = Object.keys(leastLimits) as (keyof typeof leastLimits)[];

/** An adapter and a device of it with the largest limits that tfjs-webgpu 4.22 asks for (`dist/base.js`). Throws `device-unavailable`. */
export async function requestGpu(
  gpu: GPU,
  signal: AbortSignal | undefined,
): Promise<{ readonly adapter: GPUAdapter; readonly gpuDevice: GPUDevice }> {
  const adapter = await allowed(() => gpu.requestAdapter({ powerPreference: 'high-performance' }));
  signal?.throwIfAborted();
  if (adapter === null) throw unavailable('webgpu', 'no-adapter', 'no graphics adapter was found');
  for (const name of limitNames) {
    if (adapter.limits[name] >= leastLimits[name]) continue;
    const reason = `${name} is ${String(adapter.limits[name])}, and ${String(leastLimits[name])} is needed`;
    throw unavailable('webgpu', 'limits', reason);
  }
  const requiredLimits = Object.fromEntries(limitNames.map((name) => [name, adapter.limits[name]]));
  const gpuDevice = await allowed(() => adapter.requestDevice({ requiredLimits }));
  if (signal?.aborted === true) gpuDevice.destroy(); // nobody will use it
  signal?.throwIfAborted();
  return { adapter, gpuDevice };
}

/** A refusal by name is told apart from a failure. */
async function allowed<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name !== 'NotAllowedError' && name !== 'SecurityError') throw error;
    throw unavailable('webgpu', 'blocked', messageOf(error));
  }
}

/** The smallest module there is: its magic number and version. */
const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Throws `device-unavailable` where WebAssembly is missing, or forbidden by a policy: then tfjs would only fail to start. */
export function requireWasm(): void {
  const scope = globalThis as { WebAssembly?: typeof WebAssembly };
  if (scope.WebAssembly === undefined) throw unavailable('wasm', 'no-wasm', 'there is no WebAssembly here');
  try {
    new scope.WebAssembly.Module(emptyModule);
  } catch (error) {
    throw unavailable('wasm', 'wasm-blocked', messageOf(error));
  }
}
