import type { Address, KernelExports } from '../exports.ts';

/**
 * A job is a list of calls of one kernel that may be made in any order and at the same time, because no two write to one place.
 * It stands in a block of the shared memory. Threads take calls from its end by counting down; whoever takes the last
 * one is not the last to finish, which is counted by itself.
 */
export interface JobBlock {
  readonly words: Int32Array;
  /** The arguments of each call, `mostArguments` to a call. */
  readonly numbers: Float64Array;
  /** What each call has returned. */
  readonly results: Float64Array;
}

/** The kernels that jobs are made of; a job names its kernel by the place in this list. */
export const jobKernels = [
  'product',
  'activate',
  'activateGrad',
  'layerNorm',
  'layerNormGrad',
  'attend',
  'attendGrad',
  'adamw',
  'sumOfSquares',
  'sumRows',
] as const satisfies readonly (keyof KernelExports)[];

export type JobKernel = (typeof jobKernels)[number];

/** Indices into `JobBlock.words`. The first three are waited for and counted by all threads: each has a cache line of its own. */
export const wordOf = {
  /** Goes up by one with every job. */
  job: 0,
  /** Calls that no thread has taken; 0 or less where there are none. */
  untaken: 16,
  /** Calls that are not finished. */
  unfinished: 32,
  /** 1 once a thread has failed. */
  failed: 48,
  kernel: 49,
  argumentCount: 50,
  /** Where the work space of the first thread begins, and the bytes from there to that of the next. */
  scratch: 51,
  scratchStride: 52,
} as const;

const wordBytes = 256;
const mostArguments = 20;
export const mostCalls = 64;
export const blockBytes = wordBytes + 8 * mostCalls * (mostArguments + 1);

/** The block at an address of the shared memory, a multiple of 8. It stays valid when the memory grows. */
export function jobBlockAt(memory: WebAssembly.Memory, address: Address): JobBlock {
  const numbersAt = address + wordBytes;
  return {
    words: new Int32Array(memory.buffer, address, wordBytes / 4),
    numbers: new Float64Array(memory.buffer, numbersAt, mostCalls * mostArguments),
    results: new Float64Array(memory.buffer, numbersAt + 8 * mostCalls * mostArguments, mostCalls),
  };
}

/** Puts a job up: from here on threads take its calls. The one before must be finished. */
export function putJob({ words, numbers }: JobBlock, kernel: JobKernel, calls: readonly (readonly number[])[]): void {
  words[wordOf.kernel] = jobKernels.indexOf(kernel);
  words[wordOf.argumentCount] = calls[0]?.length ?? 0;
  for (const [i, call] of calls.entries()) numbers.set(call, i * mostArguments);
  Atomics.store(words, wordOf.unfinished, calls.length);
  Atomics.store(words, wordOf.untaken, calls.length);
  Atomics.add(words, wordOf.job, 1);
  Atomics.notify(words, wordOf.job, calls.length - 1);
}

/** Takes calls and makes them, as thread number `thread`, until none is left. */
export function takeCalls({ words, numbers, results }: JobBlock, exports: KernelExports, thread: number): void {
  for (;;) {
    const call = Atomics.sub(words, wordOf.untaken, 1) - 1;
    if (call < 0) return;
    // Nothing of the job is read before a call of it is taken: it cannot change until that call is finished.
    const kernel = jobKernels[words[wordOf.kernel]!]!;
    const from = call * mostArguments;
    const given = [...numbers.subarray(from, from + words[wordOf.argumentCount]!)];
    const scratch = (words[wordOf.scratch]! >>> 0) + thread * words[wordOf.scratchStride]!;
    results[call] = callKernel(exports, kernel, given, scratch);
    if (Atomics.sub(words, wordOf.unfinished, 1) === 1) Atomics.notify(words, wordOf.unfinished);
  }
}

/** Calls a kernel, its work space last; one that needs none does not look at it. Kernels that return nothing give 0. */
export function callKernel(
  exports: KernelExports,
  kernel: JobKernel,
  given: readonly number[],
  scratch: Address,
): number {
  const call = exports[kernel] as unknown as (...given: readonly number[]) => number | undefined;
  return call(...given, scratch) ?? 0;
}
