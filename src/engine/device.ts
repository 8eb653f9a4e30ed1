import * as tf from '@tensorflow/tfjs-core';
import { AppError, messageOf } from '../core/errors.ts';
import { useVariants, useWorkgroupBytes } from './gpu/variants.ts';
import { OutOfMemory } from './outOfMemory.ts';
import { browserGpu, requestGpu, requireWasm, unavailable } from './support.ts';
import { endThreadsOfTfjs, guardHeap, heapOf } from './wasm/heap.ts';
import { startKernels } from './wasm/present.ts';
import { threadsHere } from './wasm/threads/count.ts';

export type DeviceName = 'webgpu' | 'wasm' | 'cpu';

/** Folder of tfjs' wasm files, a URL or path ending in `/`; or the URL of each by its name. */
export type WasmFiles = string | Readonly<Record<string, string>>;

/** What differs between browser and Node, handed in at the top. */
export interface DeviceEnv {
  readonly wasmPath: WasmFiles;
  /**
   * Where WebGPU comes from outside of browsers. It must be `navigator.gpu` too by then: tfjs looks there. Throws
   * `device-unavailable` where there is none.
   */
  readonly gpu?: () => Promise<GPU>;
  /** Node 20 has relaxed SIMD behind a V8 flag, which this sets; browsers need nothing. */
  readonly enableRelaxedSimd?: () => void;
  /** How many threads wasm is to use where it may use several, whatever the cores; for tests and benchmarks. */
  readonly threads?: number;
}

/** An opened device; tfjs' global backend is this one from now on. */
export interface Device {
  readonly name: DeviceName;
  /** Adapter or runtime in words. */
  readonly adapter: string;
  /** Whether a GPU is only imitated by the processor (SwiftShader, llvmpipe). */
  readonly software: boolean;
  /** wasm: whether it computes several numbers at once; absent on others. */
  readonly simd?: boolean;
  /**
   * What went wrong on the GPU since it was opened, the first of it: WGSL errors and a lost device throw nothing in JS.
   * Chromium tells of an error with the next submission; what a read has waited for is known.
   */
  failure(): AppError | null;
}

/** For an error out of work on a device: the device's own failure where that is the cause, else the error itself. */
export async function causeOf(device: Device, error: unknown): Promise<unknown> {
  if (error instanceof AppError) return error;
  if (error instanceof OutOfMemory) return new AppError('out-of-memory', error.message);
  if (device.name !== 'webgpu') return error;
  // Reads of a lost device are refused before the loss itself is told: by 7 s where the GPU had programs to compile.
  for (let tries = 0; tries < 100 && device.failure() === null; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return device.failure() ?? error;
}

/** Opens a device and makes it tfjs' backend, unless `signal` ends that. Throws `device-unavailable` with the reason. */
export async function openDevice(name: DeviceName, env: DeviceEnv, signal?: AbortSignal): Promise<Device> {
  try {
    tf.enableProdMode(); // else the cpu device greets on stderr, and advises a package that is not ours to add
    if (name === 'webgpu') return await openWebgpu(env, signal);
    if (name === 'wasm') return await openWasm(env);
    await import('@tensorflow/tfjs-backend-cpu');
    await use('cpu');
    return { name, adapter: 'plain JavaScript, for tests', software: true, failure: () => null };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unavailable(name, 'failed', messageOf(error));
  }
}

async function use(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs could not start its ${backend} backend`);
  await tf.ready();
}

async function openWasm({ wasmPath, enableRelaxedSimd, threads: wanted }: DeviceEnv): Promise<Device> {
  requireWasm();
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  // Paths can be set until the backend is there, and never again.
  if (!isOpen('wasm')) {
    wasm.setWasmPaths(wasmPath);
    wasm.setThreadsCount(1); // what takes time is done by our kernels, on threads of our own
  }
  await use('wasm');
  guardHeap(tf.backend());
  if (wasm.getThreadsCount() === 1) endThreadsOfTfjs(tf.backend());
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  if (simd !== true) {
    return { name: 'wasm', adapter: '1 thread, no SIMD', software: false, simd: false, failure: () => null };
  }
  const { relaxed, threads } = await startKernels({
    threads: threadsHere(heapOf(tf.backend()).memory, wanted),
    ...(enableRelaxedSimd === undefined ? {} : { enableRelaxedSimd }),
  });
  const count = `${String(threads.count)} ${threads.count === 1 ? 'thread' : 'threads'}`;
  const adapter = `${count}, SIMD${relaxed ? ' with FMA' : ''}`;
  return { name: 'wasm', adapter, software: false, failure: threads.failure };
}

const softwareAdapter = /swiftshader|llvmpipe|lavapipe|microsoft basic render/i;

/** Whether tfjs has made the backend already. Its own `findBackend` would make one to find it. */
function isOpen(backend: string): boolean {
  return backend in tf.engine().registry;
}

async function openWebgpu({ gpu }: DeviceEnv, signal: AbortSignal | undefined): Promise<Device> {
  const source = gpu === undefined ? browserGpu() : await gpu();
  const { adapter, gpuDevice } = await requestGpu(source, signal);
  let problem: AppError | null = null;
  gpuDevice.addEventListener('uncapturederror', (event) => {
    problem ??= new AppError('gpu-error', event.error.message, { reason: event.error.message.slice(0, 300) });
  });
  void gpuDevice.lost.then((info) => {
    problem ??= new AppError('device-lost', info.message, { reason: info.message || info.reason });
  });
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  signal?.throwIfAborted();
  if (isOpen('webgpu') || 'webgpu' in tf.engine().registryFactory) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(gpuDevice, adapter.info), 3);
  tf.env().set('WEBGPU_CPU_FORWARD', false); // small tensors must not be computed elsewhere in silence
  await use('webgpu');
  const { vendor, architecture, device, description } = adapter.info;
  const words = [...new Set([vendor, architecture, device, description].filter((w) => w !== ''))].join(' ');
  const software = adapter.info.isFallbackAdapter || softwareAdapter.test(words);
  useVariants({ software, matmul: {} });
  useWorkgroupBytes(gpuDevice.limits.maxComputeWorkgroupStorageSize);
  return { name: 'webgpu', adapter: words || 'unnamed adapter', software, failure: () => problem };
}
