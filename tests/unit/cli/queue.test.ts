import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import type { Lane } from '../../../src/cli/training/lane.ts';
import { Queue, type QueuedRun } from '../../../src/cli/training/queue.ts';
import { memoryStages } from '../../../src/cli/training/stageStore.ts';
import type { RunOrder, TrainRunHooks } from '../../../src/cli/training/trainRun.ts';
import { defaultConfig } from '../../../src/run/config.ts';
import { finishedRun } from '../../support/finishedRuns.ts';

/** A run by its seed, with the digest of its first stage. */
const queued = (seed: number, digest: string | null): QueuedRun => ({
  config: { ...defaultConfig, seed },
  digest,
  ...{ steps: 5, ownSteps: 5, firstStage: digest, group: 'simple mix' },
});

/** Lanes that train when they are told to, and write down what they were asked. */
function harness(
  runs: readonly QueuedRun[],
  lanes: number,
  act: (order: RunOrder, tries: number) => void = () => undefined,
) {
  const stages = memoryStages();
  const log: string[] = [];
  const said: string[] = [];
  const done: number[] = [];
  const tries = new Map<number, number>();
  const open = new Map<number, () => void>();
  const abort = new AbortController();
  const train = async (name: string, order: RunOrder, hooks: TrainRunHooks) => {
    const { seed } = order.config;
    log.push(`${name} ${String(seed)}${order.resume ? ' resumed' : ''}`);
    tries.set(seed, (tries.get(seed) ?? 0) + 1);
    await new Promise<void>((resolve, reject) => {
      open.set(seed, resolve);
      hooks.signal.addEventListener('abort', () => reject(new AppError('stopped', 'stopped')));
    });
    act(order, tries.get(seed)!);
    if (order.stage?.keep === true) {
      await stages.write(order.stage.digest, Uint8Array.of(1));
      hooks.stageKept(order.stage.digest);
    }
    return { run: finishedRun({ seed }, 1), model: null };
  };
  const queue = new Queue(
    runs,
    runs.map((_, i) => i),
    stages,
    false,
    lanes,
    {
      signal: abort.signal,
      say: (line) => said.push(line),
      progress: () => undefined,
      finished: (index) => done.push(index),
    },
  );
  const all = Array.from({ length: lanes }, (_, i): Lane => ({
    train: (order, hooks) => train(String.fromCharCode(97 + i), order, hooks),
    close: () => Promise.resolve(),
  }));
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  const end = async (seed: number) => {
    open.get(seed)!();
    await settle();
  };
  return { queue, work: queue.work(all), stages, log, said, done, abort, end, settle };
}

describe('the queue', () => {
  it('trains in order, and waits with a run whose first stage another lane is training', async () => {
    const h = harness([queued(0, 's'), queued(1, 's'), queued(2, null), queued(3, 's')], 2);
    await h.settle();
    expect(h.log).toEqual(['a 0', 'b 2']);
    await h.end(2);
    expect(h.log).toEqual(['a 0', 'b 2']);
    await h.end(0);
    expect(
      h.log
        .slice(2)
        .map((line) => line.slice(2))
        .sort(),
    ).toEqual(['1', '3']);
    expect(await h.stages.has('s')).toBe(true);
    await h.end(1);
    expect(await h.stages.has('s')).toBe(true);
    await h.end(3);
    await h.work;
    expect(await h.stages.has('s')).toBe(false);
    expect(h.done).toEqual([2, 0, 1, 3]);
  });

  it('takes a stage that was laid down while it asked for it, without waiting for that run to end', async () => {
    const stages = memoryStages();
    let answer: (() => void) | null = null;
    const slow = {
      ...stages,
      async has(digest: string) {
        const found = await stages.has(digest);
        if (!found) await new Promise<void>((resolve) => (answer = resolve));
        return found;
      },
    };
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    let keep: (() => void) | null = null;
    const lane: Lane = {
      async train({ config, stage }, hooks) {
        begun.push(config.seed);
        keep ??= () => void stages.write(stage!.digest, Uint8Array.of(1)).then(() => hooks.stageKept(stage!.digest));
        await new Promise<void>((resolve) => ends.push(resolve));
        return { run: finishedRun({ seed: config.seed }, 1), model: null };
      },
      close: () => Promise.resolve(),
    };
    const hooks = { say: () => undefined, progress: () => undefined, finished: () => undefined };
    const { signal } = new AbortController();
    const queue = new Queue([queued(0, 's'), queued(1, 's')], [0, 1], slow, false, 2, { signal, ...hooks });
    const work = queue.work([lane, lane]);
    const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
    await settle();
    expect(begun).toEqual([0]);
    keep!();
    await settle();
    answer!();
    await settle();
    expect(begun).toEqual([0, 1]);
    for (const end of ends) end();
    await work;
  });

  it('tries a run that failed once more from its snapshot, and goes on with the rest', async () => {
    const h = harness([queued(0, null), queued(1, null), queued(2, null)], 1, ({ config }, tries) => {
      if (config.seed === 0 || (config.seed === 1 && tries === 1)) throw new AppError('gpu-error', 'lost');
    });
    await h.settle();
    for (const seed of [0, 0, 1, 1, 2]) await h.end(seed);
    await h.work;
    expect(h.log).toEqual(['a 0', 'a 0 resumed', 'a 1', 'a 1 resumed', 'a 2']);
    expect(h.done).toEqual([1, 2]);
    expect(h.queue.failures).toEqual([{ config: { ...defaultConfig, seed: 0 }, code: 'gpu-error', message: 'lost' }]);
    expect(h.said.filter((line) => line.includes('Trying once more'))).toHaveLength(2);
  });

  it('lets a run train the stage itself where the one before it failed', async () => {
    const h = harness([queued(0, 's'), queued(1, 's')], 2, ({ config }) => {
      if (config.seed === 0) throw new Error('broken');
    });
    await h.settle();
    await h.end(0);
    await h.end(0);
    await h.end(1);
    await h.work;
    expect(h.done).toEqual([1]);
  });

  it('stops all lanes at Ctrl-C, those that wait too', async () => {
    const h = harness([queued(0, 's'), queued(1, 's')], 2);
    await h.settle();
    h.abort.abort();
    await expect(h.work).rejects.toMatchObject({ code: 'stopped' });
    expect(h.log).toEqual(['a 0']);
  });

  it('does not go on where no run can do better: a full disk ends all, and the cause is told', async () => {
    const h = harness([queued(0, null), queued(1, null), queued(2, null)], 2, ({ config }) => {
      if (config.seed === 0) throw new AppError('storage-full', 'no room');
    });
    await h.settle();
    h.end(0).catch(() => undefined);
    await expect(h.work).rejects.toMatchObject({ code: 'storage-full' });
    expect(h.log).toEqual(['a 0', 'b 1']);
  });

  it('throws the failure of an only run', async () => {
    const h = harness([queued(0, null)], 1, () => {
      throw new AppError('not-finite', 'NaN');
    });
    await h.settle();
    h.end(0).catch(() => undefined);
    await expect(h.work).rejects.toMatchObject({ code: 'not-finite' });
  });
});
