import * as tf from '@tensorflow/tfjs-core';
import { heapOf } from './wasm/heap.ts';

/**
 * Bytes that tfjs' present device holds and will not give back by itself: on webgpu all buffers, free ones included, on wasm
 * the heap. 0 on cpu, where nobody counts them.
 */
export function deviceBytes(): number {
  if (tf.getBackend() === 'wasm') return heapOf(tf.backend()).memory.buffer.byteLength;
  return (tf.memory() as tf.MemoryInfo & { numBytesAllocatedInGPU?: number }).numBytesAllocatedInGPU ?? 0;
}
