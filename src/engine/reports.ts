import type { DeviceName } from './device.ts';

/** What may be amiss with a device. The sentences for people stand in `state/deviceTexts.ts`. */
export const deviceTroubles = [
  /** webgpu: the page came by plain http from another machine. */
  'insecure',
  /** webgpu: the browser has none. */
  'no-api',
  /** webgpu: the browser has it and refuses it to this page. */
  'blocked',
  /** webgpu: no graphics card that may be used. */
  'no-adapter',
  /** webgpu: there was a graphics card before, and the browser finds it no longer. */
  'gone',
  /** webgpu: less is allowed than WebGPU promises, and the kernels count on. */
  'limits',
  /** webgpu: usable, and only imitated by the processor. */
  'software',
  /** wasm: the browser has no WebAssembly. */
  'no-wasm',
  /** wasm: the page's policy forbids it. */
  'wasm-blocked',
  /** wasm: usable without SIMD, which makes it slow. */
  'no-simd',
  /** The device was lost while it was tested. */
  'lost',
  /** No answer in time. */
  'silent',
  /** The self-test found wrong numbers. */
  'wrong',
  /** Anything else; `DeviceReport.problem` has the browser's own words. */
  'failed',
] as const;
export type DeviceTrouble = (typeof deviceTroubles)[number];

/** One device as it was found: whether it can be used, and how fast its matmul was. */
export interface DeviceReport {
  readonly name: DeviceName;
  /** Adapter or runtime in words, e.g. "google swiftshader" or "8 threads, SIMD"; empty where it did not open. */
  readonly adapter: string;
  /** Whether a GPU is only imitated by the processor. */
  readonly software: boolean;
  readonly usable: boolean;
  /** What makes the device unusable or slow; null = nothing. */
  readonly trouble: DeviceTrouble | null;
  /** Why it is not usable, or what the self-test found, in technical words; empty when it passed. */
  readonly problem: string;
  /** Rate of a timed matrix product in GFLOP/s; 0 = not timed. */
  readonly gflops: number;
  /** null = not tested yet: a software GPU is tested only when a run takes it. */
  readonly selfTestMs: number | null;
}
