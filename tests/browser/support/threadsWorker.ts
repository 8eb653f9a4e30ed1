import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../../src/core/errors.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import { loadCheckpoint } from '../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import { openDevice } from '../../../src/engine/device.ts';
import { linearGrad } from '../../../src/engine/kernels/linear.ts';
import { matmul } from '../../../src/engine/kernels/matmul.ts';
import { selfTest } from '../../../src/engine/selfTest.ts';
import { presentKernels, startKernels } from '../../../src/engine/wasm/present.ts';
import { wordOf } from '../../../src/engine/wasm/threads/job.ts';
import { splitEverything } from '../../../src/engine/wasm/threads/split.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../../support/collectRun.ts';
import { kernelNames, kernelResults } from '../../support/kernelCases.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../../support/tinyData.ts';
import { env } from './webgpu.ts';

/** The engine waits for its threads in a worker only: this one runs what a test names, and answers with what it gives. */
const tasks = { compute, grow, lose };

export type Task = keyof typeof tasks;

addEventListener('message', ({ data: { task, threads } }: MessageEvent<{ task: Task; threads: number }>) => {
  tasks[task](threads).then(
    (result) => postMessage(result),
    (error: unknown) => postMessage({ error: String(error) }),
  );
});

const digestOf = (values: Float32Array) =>
  sha256Hex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).slice(0, 16);

/** Counts the jobs of more than one call. */
function countJobs(): () => number {
  const { threads } = presentKernels();
  const { run } = threads;
  let jobs = 0;
  Object.assign(threads, {
    run(...given: Parameters<typeof run>) {
      if (given[1].length > 1) jobs++;
      return run(...given);
    },
  });
  return () => jobs;
}

/** Digests of all that every operation gives at odd sizes, and of ten training steps, with all work shared out. */
async function compute(threads: number) {
  const given = { ...env, threads };
  const device = await openDevice('wasm', given);
  const jobs = countJobs();
  const { passed } = await selfTest(device, given);
  const jobsOfTest = jobs();
  splitEverything(true);
  const digests: Record<string, string> = {};
  for (const name of kernelNames) {
    for (const [rows, width] of [
      [1, 12],
      [63, 61],
      [257, 36],
    ] as const) {
      for (const [part, values] of await kernelResults(name, rows, width)) {
        digests[`${name} ${String(rows)} × ${String(width)}: ${part}`] = digestOf(values);
      }
    }
  }
  const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const config = { ...tinyConfig, steps: 10 };
  const run = await collectRun({ config, checkpoint, tokenizer, data: tinyData, device, appVersion: '0' });
  for (const [name, { values }] of run.model!.weights) digests[name] = digestOf(values);
  splitEverything(false);
  return { adapter: device.adapter, passed, jobsOfTest, jobs: jobs(), digests, curve: run.record!.curve };
}

/** A product and sums of columns where the memory ended when the threads had their first work. */
async function grow(threads: number) {
  await openDevice('wasm', { ...env, threads });
  splitEverything(true);
  const { heap } = presentKernels();
  const products = async () => {
    const a = tf.randomNormal<tf.Rank.R2>([257, 1029], 0, 1, 'float32', 1);
    const { dx, dw, db } = linearGrad(a, a, a);
    const digests = await Promise.all([dx, dw, db].map(async (x) => digestOf(Float32Array.from(await x.data()))));
    return { digests, address: heap.addressOf(dw) };
  };
  const { digests } = await products();
  const end = heap.memory.buffer.byteLength;
  tf.zeros([end / 4]);
  const again = await products();
  return { digests, again: again.digests, beyond: again.address >= end };
}

/** What becomes of a device one of whose threads is killed while it sleeps, and then in the middle of a call. */
async function lose(threads: number) {
  const killable: Worker[] = [];
  const RealWorker = Worker;
  globalThis.Worker = class extends RealWorker {
    constructor(url: string | URL) {
      super(url);
      killable.push(this);
    }
  };
  const device = await openDevice('wasm', { ...env, threads: 1 }); // tfjs starts workers too
  const a = tf.randomNormal<tf.Rank.R2>([257, 129], 0, 1, 'float32', 1);
  const product = async () => {
    const c = tf.tidy(() => matmul(a, tf.transpose(a)));
    const digest = digestOf(Float32Array.from(await c.data()));
    c.dispose();
    return digest;
  };
  const alone = await product();
  const workersOfTfjs = killable.length;
  const { heap } = await startKernels({ threads, patience: 1 });
  splitEverything(true);
  const together = await product();
  const ours = killable.slice(workersOfTfjs);
  for (const worker of ours) worker.terminate();
  const deserted = await product();

  const { notify } = Atomics;
  Object.assign(Atomics, {
    notify(words: Int32Array<ArrayBuffer>, at: number, count?: number) {
      // A job is up: one of those that are gone had just taken a call of it.
      if (at === wordOf.job) Atomics.sub(words, wordOf.untaken, 1);
      return notify(words, at, count);
    },
  });
  const lost = await product().catch((error: unknown) => (error instanceof AppError ? error.code : String(error)));
  Object.assign(Atomics, { notify });
  const after = presentKernels().threads.failure()?.code;
  const again = await openDevice('wasm', { ...env, threads });
  const third = await openDevice('wasm', { ...env, threads }); // as the self-test opens it once more
  return {
    ...{ started: ours.length, same: [together === alone, deserted === alone, (await product()) === alone] },
    ...{
      lost,
      after,
      adapters: [device.adapter, again.adapter, third.adapter],
      sameHeap: presentKernels().heap === heap,
    },
  };
}
