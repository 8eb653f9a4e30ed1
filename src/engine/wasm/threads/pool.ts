import { AppError, messageOf } from '../../../core/errors.ts';
import { threadScript } from '../binaries.ts';
import type { Address } from '../exports.ts';
import type { Heap } from '../heap.ts';
import type { LoadedKernels } from '../load.ts';
import { blockBytes, callKernel, jobBlockAt, mostCalls, putJob, takeCalls, wordOf, type JobKernel } from './job.ts';

/** What a thread is started with. */
export interface ThreadSetup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the job block. */
  readonly block: Address;
  /** Its number, from 1: the one that puts jobs up is number 0. */
  readonly thread: number;
}

/** The threads that share the work of a kernel, the calling one among them. */
export interface Threads {
  readonly count: number;
  /** Why work cannot be shared out any more; null where it can. */
  failure(): AppError | null;
  /**
   * Makes calls of a kernel, at most `mostCalls` and of one number of arguments each, in any order and at the same time; returns
   * what each gave. Each call has `scratchBytes` of work space, given as its last argument. Throws `worker-failed` where a
   * thread is gone; what the calls write to is undefined then.
   */
  run(kernel: JobKernel, calls: readonly (readonly number[])[], scratchBytes?: number): readonly number[];
  end(): void;
}

/** The calling thread alone. */
export function oneThread({ exports }: LoadedKernels, heap: Heap): Threads {
  return {
    count: 1,
    failure: () => null,
    run(kernel, calls, scratchBytes = 0) {
      const scratch = heap.scratch(scratchBytes);
      return calls.map((call) => callKernel(exports, kernel, call, scratch));
    },
    end: () => undefined,
  };
}

const startMs = 10_000;
/** How often the calling thread looks whether the others are done before it goes to sleep: some hundred microseconds. */
const looks = 20_000;

/**
 * Starts `count` − 1 workers that share the kernels' memory. Only a worker may call this, since no page may wait for others. Rejects
 * where a worker does not start. One that has not finished a call after `mostSeconds` is taken for gone; they are counted one by
 * one, so that a machine that slept meanwhile loses one only.
 */
export async function startThreads(
  kernels: LoadedKernels,
  heap: Heap,
  count: number,
  mostSeconds = 30,
): Promise<Threads> {
  const { exports, module } = kernels;
  const alone = oneThread(kernels, heap);
  const { memory } = heap;
  const address = heap.keep(blockBytes);
  const block = jobBlockAt(memory, address);
  block.words.fill(0);
  const url = URL.createObjectURL(new Blob([threadScript], { type: 'text/javascript' }));
  const workers = Array.from({ length: count - 1 }, () => new Worker(url));
  let failure: AppError | null = null;

  const end = () => {
    for (const worker of workers) worker.terminate();
  };
  try {
    await Promise.all(workers.map((worker, i) => started(worker, { module, memory, block: address, thread: i + 1 })));
  } catch (error) {
    end();
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }

  /** Waits until every call is finished; false where a thread is gone. */
  function finished(): boolean {
    const { words } = block;
    for (let look = 0; look < looks; look++) if (Atomics.load(words, wordOf.unfinished) === 0) return true;
    for (let seconds = 0; seconds < mostSeconds;) {
      const left = Atomics.load(words, wordOf.unfinished);
      if (left === 0) return true;
      if (Atomics.load(words, wordOf.failed) === 1) return false;
      if (Atomics.wait(words, wordOf.unfinished, left, 1000) === 'timed-out') seconds++;
    }
    return false;
  }

  function fail(reason: string): AppError {
    failure = new AppError('worker-failed', reason, { reason });
    end();
    return failure;
  }

  return {
    count,
    failure: () => failure,
    run(kernel, calls, scratchBytes = 0) {
      if (failure !== null) throw failure;
      if (calls.length < 2) return alone.run(kernel, calls, scratchBytes);
      if (calls.length > mostCalls) throw new Error(`${String(calls.length)} calls are too many for one job`);
      const stride = Math.ceil(scratchBytes / 128) * 128;
      block.words[wordOf.scratch] = heap.scratch(stride * count);
      block.words[wordOf.scratchStride] = stride;
      putJob(block, kernel, calls);
      try {
        takeCalls(block, exports, 0);
      } catch (error) {
        throw fail(messageOf(error)); // others may still write
      }
      if (!finished()) throw fail('a thread of the wasm kernels is gone');
      return [...block.results.subarray(0, calls.length)];
    },
    end,
  };
}

/** Resolves once a worker has its kernels and waits for jobs. */
function started(worker: Worker, setup: ThreadSetup): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a thread did not start in time')), startMs);
    worker.addEventListener('message', () => {
      clearTimeout(timer);
      resolve();
    });
    worker.addEventListener('error', ({ message }) => {
      clearTimeout(timer);
      reject(new Error(message));
    });
    worker.postMessage(setup);
  });
}
