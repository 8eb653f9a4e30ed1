import * as tf from '@tensorflow/tfjs-core';
import { heapOf, type Heap } from './heap.ts';
import { loadKernels, type LoadedKernels, type LoadOptions } from './load.ts';
import { oneThread, startThreads, type Threads } from './threads/pool.ts';

/** The kernels linked to the heap of tfjs' present wasm backend. */
export interface PresentKernels extends LoadedKernels {
  readonly heap: Heap;
  readonly threads: Threads;
}

export interface StartOptions extends LoadOptions {
  /** Threads that are to share the work; 1 unless told otherwise, and where others cannot be had. */
  readonly threads?: number;
  /** Seconds after which a thread that does not answer is given up; for tests. */
  readonly patience?: number;
}

let present: PresentKernels | null = null;

/** Loads the kernels for tfjs' present backend, the wasm one; those of another are forgotten, and their threads end. */
export async function startKernels(options: StartOptions = {}): Promise<PresentKernels> {
  const before = present;
  present = null;
  const found = heapOf(tf.backend());
  const heap = before?.heap.memory === found.memory ? before.heap : found;
  const loaded = await loadKernels(heap.memory, options);
  present = { ...loaded, heap, threads: await threadsFor(loaded, heap, options, before) };
  return present;
}

/** The threads of before where they serve. After one of them was lost there is only the calling one. */
async function threadsFor(
  loaded: LoadedKernels,
  heap: Heap,
  { threads: count = 1, patience }: StartOptions,
  before: PresentKernels | null,
): Promise<Threads> {
  const lost = before !== null && before.threads.failure() !== null;
  if (before?.heap === heap && before.relaxed === loaded.relaxed && before.threads.count === count && !lost) {
    return before.threads;
  }
  before?.threads.end();
  if (count === 1 || lost) return oneThread(loaded, heap);
  try {
    return await startThreads(loaded, heap, count, patience);
  } catch {
    return oneThread(loaded, heap); // what the page says of the device tells how many there are
  }
}

/** Whether `startKernels` has been through. */
export function haveKernels(): boolean {
  return present !== null;
}

export function presentKernels(): PresentKernels {
  if (present === null) throw new Error('the wasm kernels are not loaded');
  return present;
}
