import * as tf from '@tensorflow/tfjs-core';
import { heapOf, type Heap } from './heap.ts';
import { loadKernels, type LoadedKernels, type LoadOptions } from './load.ts';
import { oneThread, startThreads, type Threads } from './threads/pool.ts';

/** The kernels linked to the heap of tfjs' present wasm backend. */
export interface PresentKernels extends LoadedKernels {
  readonly heap: Heap;
  readonly threads: Threads;
  /** Whether others than the calling thread could not be started on this heap, or were lost: they are not tried again. */
  readonly alone: boolean;
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
  present = { ...loaded, heap, ...(await threadsFor(loaded, heap, options, before)) };
  return present;
}

/** The threads of before where they serve. */
async function threadsFor(
  loaded: LoadedKernels,
  heap: Heap,
  { threads: count = 1, patience }: StartOptions,
  before: PresentKernels | null,
): Promise<Pick<PresentKernels, 'threads' | 'alone'>> {
  const same = before?.heap === heap ? before : null;
  const alone = same !== null && (same.alone || same.threads.failure() !== null);
  if (same?.relaxed === loaded.relaxed && same.threads.count === count && !alone) {
    return { threads: same.threads, alone };
  }
  before?.threads.end();
  if (count === 1 || alone) return { threads: oneThread(loaded, heap), alone };
  try {
    return { threads: await startThreads(loaded, heap, count, patience), alone };
  } catch {
    return { threads: oneThread(loaded, heap), alone: true }; // what the page says of the device tells how many there are
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
