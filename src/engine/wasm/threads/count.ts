import { isShared } from '../load.ts';

/** Beyond this more threads mostly wait for each other, and for memory. */
const most = 8;

/**
 * How many threads the kernels may have here: those `wanted`, else by the number of cores. One where memory cannot be
 * shared (a page that is not cross-origin isolated, Node) or where the calling thread may not wait for others (a page).
 */
export function threadsHere(memory: WebAssembly.Memory, wanted?: number): number {
  if (!isShared(memory) || !('WorkerGlobalScope' in globalThis)) return 1;
  return wanted ?? threadsOf(navigator.hardwareConcurrency);
}

/** One core is the page's, but of two both: it is idle while it waits. Some browsers tell fewer cores than there are. */
export function threadsOf(cores: number): number {
  return Math.max(1, Math.min(most, cores <= 2 ? cores : cores - 1));
}
