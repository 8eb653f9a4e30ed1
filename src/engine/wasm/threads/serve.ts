import type { KernelExports } from '../exports.ts';
import { jobBlockAt, takeCalls, wordOf, type JobBlock } from './job.ts';
import type { ThreadSetup } from './pool.ts';

/**
 * What a thread of the pool runs, as a classic script of its own: `scripts/build-wasm.mjs` makes it a string in `binaries.ts`.
 * It takes one message, answers it, and from then on hears none: it waits in the shared memory.
 */
addEventListener(
  'message',
  ({ data }: MessageEvent<ThreadSetup>) => {
    void serve(data);
  },
  { once: true },
);

/** How often a thread looks for the next job before it goes to sleep: some ten microseconds. */
const looks = 2000;

async function serve({ module, memory, block: address, thread }: ThreadSetup): Promise<void> {
  const instance = await WebAssembly.instantiate(module, { env: { memory, log: Math.log } });
  const exports = instance.exports as unknown as KernelExports;
  const block = jobBlockAt(memory, address);
  postMessage('ready');
  try {
    for (let seen = 0; ;) {
      seen = nextJob(block, seen);
      takeCalls(block, exports, thread);
    }
  } catch (error) {
    Atomics.store(block.words, wordOf.failed, 1);
    Atomics.notify(block.words, wordOf.unfinished);
    throw error;
  }
}

/** Waits for a job after the one that was seen. */
function nextJob({ words }: JobBlock, seen: number): number {
  for (let look = 0; look < looks; look++) {
    const job = Atomics.load(words, wordOf.job);
    if (job !== seen) return job;
  }
  Atomics.wait(words, wordOf.job, seen);
  return Atomics.load(words, wordOf.job);
}
