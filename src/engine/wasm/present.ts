import * as tf from '@tensorflow/tfjs-core';
import { heapOf, type Heap } from './heap.ts';
import { loadKernels, type LoadedKernels, type LoadOptions } from './load.ts';

/** The kernels linked to the heap of tfjs' present wasm backend. */
export interface PresentKernels extends LoadedKernels {
  readonly heap: Heap;
  /** Threads of tfjs' own operations. */
  readonly threads: number;
  /** Whether matrix products are ours, on one thread, rather than tfjs', on all of them. */
  readonly ownProducts: boolean;
}

/**
 * The most threads with which tfjs' matMul is not used until both were timed (`tune/products.ts`). On one, ours makes 58–66
 * GFLOP/s where tfjs' makes 36–48 (bench/LOG.md).
 */
const mostThreads = (relaxed: boolean) => (relaxed ? 2 : 1);

let present: PresentKernels | null = null;

/** Loads the kernels for tfjs' present backend, the wasm one with `threads` threads; those of an earlier one are forgotten. */
export async function startKernels(threads: number, options: LoadOptions = {}): Promise<PresentKernels> {
  present = null;
  const heap = heapOf(tf.backend());
  const loaded = await loadKernels(heap.memory, options);
  present = { ...loaded, heap, threads, ownProducts: threads <= mostThreads(loaded.relaxed) };
  return present;
}

/** Whether `startKernels` has been through. */
export function haveKernels(): boolean {
  return present !== null;
}

export function presentKernels(): PresentKernels {
  if (present === null) throw new Error('the wasm kernels are not loaded');
  return present;
}

/** Chooses whose matrix products are used from now on. */
export function useOwnProducts(own: boolean): void {
  present = { ...presentKernels(), ownProducts: own };
}
