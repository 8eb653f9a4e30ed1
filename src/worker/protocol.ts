import type { ErrorCode, ErrorDetail } from '../core/errors.ts';
import type { Sentence, Span } from '../data/types.ts';
import type { RunConfig } from '../run/config.ts';
import type { TrainEvent } from '../run/events.ts';

/** Types only: what the page and the worker say to each other. Every request carries an id; replies carry it back. */

export type DeviceName = 'webgpu' | 'wasm' | 'cpu';

/** One device as it was found: whether it can be used, and how fast its matmul was. */
export interface DeviceReport {
  readonly name: DeviceName;
  /** Adapter or runtime in words, e.g. "google swiftshader" or "8 threads, SIMD". */
  readonly adapter: string;
  readonly software: boolean;
  readonly usable: boolean;
  /** Why not, or what the self-test found; empty when it passed. */
  readonly problem: string;
  /** Rate of a timed matrix product in GFLOP/s; 0 = not timed. */
  readonly gflops: number;
  readonly selfTestMs: number;
}

/** Data of one run, each with its role. */
export interface RunData {
  readonly silver: readonly Sentence[];
  readonly gold: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly test: readonly Sentence[];
}

export type Request =
  | { readonly id: number; readonly kind: 'diagnose' }
  | {
      readonly id: number;
      readonly kind: 'train';
      readonly runId: string;
      readonly config: RunConfig;
      /** Folder of the checkpoint: a same-origin URL ending in '/'. */
      readonly checkpointUrl: string;
      readonly data: RunData;
      /** null = the faster device by self-test and timed matmul. */
      readonly device: DeviceName | null;
      /** Go on from the run's last snapshot in IndexedDB. */
      readonly resume: boolean;
    }
  | { readonly id: number; readonly kind: 'control'; readonly action: 'pause' | 'continue' | 'step' | 'stop' }
  | { readonly id: number; readonly kind: 'predict'; readonly runId: string; readonly texts: readonly string[] }
  | { readonly id: number; readonly kind: 'export'; readonly runId: string };

/** Event of a train request, without the snapshot's bytes: the worker keeps those in IndexedDB itself. */
export type PageTrainEvent = Exclude<TrainEvent, { kind: 'snapshot' }> | { readonly kind: 'saved'; readonly step: number };

export type Reply =
  | { readonly id: number; readonly kind: 'devices'; readonly devices: readonly DeviceReport[]; readonly chosen: DeviceName | null }
  | { readonly id: number; readonly kind: 'loading'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly id: number; readonly kind: 'event'; readonly event: PageTrainEvent }
  | { readonly id: number; readonly kind: 'paused'; readonly paused: boolean }
  | { readonly id: number; readonly kind: 'predicted'; readonly sentences: readonly { readonly sentence: Sentence; readonly spans: readonly Span[] }[] }
  | { readonly id: number; readonly kind: 'exported'; readonly fileName: string; readonly zip: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly kind: 'done' }
  | { readonly id: number; readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly detail: ErrorDetail };
