import type { DeviceName } from './device.ts';

/** One device as it was found: whether it can be used, and how fast its matmul was. */
export interface DeviceReport {
  readonly name: DeviceName;
  /** Adapter or runtime in words, e.g. "google swiftshader" or "8 threads, SIMD"; empty where it did not open. */
  readonly adapter: string;
  /** Whether a GPU is only imitated by the processor. */
  readonly software: boolean;
  readonly usable: boolean;
  /** Why not, or what the self-test found; empty when it passed. */
  readonly problem: string;
  /** Rate of a timed matrix product in GFLOP/s; 0 = not timed. */
  readonly gflops: number;
  /** null = not tested yet: a software GPU is tested only when a run takes it. */
  readonly selfTestMs: number | null;
}
