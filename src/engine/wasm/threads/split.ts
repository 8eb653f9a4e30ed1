import { presentKernels } from '../present.ts';
import { mostCalls } from './job.ts';

/**
 * Parts for each thread: more than one, so that a thread that the system holds up, or a slower core, leaves its share to others.
 */
const partsEach = 4;

/** A part that takes one thread less than this is not worth waking another for. */
const leastNs = 20_000;

let everything = false;

/** Whether to share out work that is too small to be worth it: tests of a device do, so that they test its threads. */
export function splitEverything(yes: boolean): void {
  everything = yes;
}

/** Where a part begins, and how much it has. */
export type Part = readonly [from: number, size: number];

/**
 * Parts of `total` things for the present threads: one where that is faster. `nsEach` is what a thing takes one thread, roughly.
 * Parts but the last have a multiple of `unit`.
 */
export function split(total: number, unit: number, nsEach: number): Part[] {
  const { count } = presentKernels().threads;
  const worthwhile = everything ? Infinity : Math.floor((total * nsEach) / leastNs);
  const most = count === 1 ? 1 : Math.min(partsEach * count, mostCalls, worthwhile);
  const size = Math.ceil(total / Math.max(1, most) / unit) * unit;
  const parts: Part[] = [];
  for (let from = 0; from < total; from += size) parts.push([from, Math.min(size, total - from)]);
  return parts.length === 0 ? [[0, total]] : parts;
}
