import { describe, expect, it } from 'vitest';
import { threadsOf } from '../../src/engine/wasm/threads/count.ts';
import type { Task } from './support/threadsWorker.ts';

/** What a task gives in a worker of its own, as the engine has one. */
async function inWorker(task: Task, threads: number): Promise<Record<string, unknown>> {
  const worker = new Worker(new URL('./support/threadsWorker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Record<string, unknown>>) => resolve(data));
      worker.addEventListener('error', ({ message }) => reject(new Error(message)));
      worker.postMessage({ task, threads });
    });
  } finally {
    worker.terminate();
  }
}

describe('threads of the wasm kernels', () => {
  it('give every operation and ten training steps the bits of one thread', async () => {
    const [one, three] = [await inWorker('compute', 1), await inWorker('compute', 3)];
    expect(one['passed']).toBe(true);
    expect(one['adapter']).toMatch(/^1 thread, SIMD/);
    expect(three['adapter']).toMatch(/^3 threads, SIMD/);
    expect(three['passed']).toBe(true);
    expect(three['jobsOfTest'], 'the self-test shares its work out').toBeGreaterThan(10);
    expect(three['jobs'], 'so do the operations and the run').toBeGreaterThan(500);
    expect(Object.keys(three['digests'] as object).length).toBeGreaterThan(150);
    expect(three['digests']).toEqual(one['digests']);
    expect(three['curve']).toHaveLength(10);
    expect(three['curve']).toEqual(one['curve']);
  });

  it('find what is put into memory that grew after they had started', async () => {
    const [one, three] = [await inWorker('grow', 1), await inWorker('grow', 3)];
    expect(three).toEqual(one);
    expect(three['beyond']).toBe(true);
    expect(three['again']).toEqual(three['digests']);
  });

  it('that are killed while they sleep are not missed; one killed at work is, soon, and one thread goes on', async () => {
    expect(await inWorker('lose', 3)).toEqual({
      started: 2,
      same: [true, true, true],
      lost: 'worker-failed',
      after: 'worker-failed',
      adapters: Array.from({ length: 3 }, () => expect.stringMatching(/^1 thread,/) as unknown),
      sameHeap: true,
    });
  });

  it('are as many as cores but one, of two cores both, and eight at most', () => {
    expect([1, 2, 3, 4, 8, 9, 64].map(threadsOf)).toEqual([1, 2, 2, 3, 7, 8, 8]);
  });
});
