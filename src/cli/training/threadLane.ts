import { Worker } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import { threadScript } from '../files/package.ts';
import type { Lane } from './lane.ts';
import type { ThreadMessage, ThreadRequest, ThreadSetup } from './threadMessages.ts';
import type { RunOrder, TrainRunHooks } from './trainRun.ts';

/** A thread beside this one. It is started with its first run, and again where it ended by itself. */
export function threadLane(setup: ThreadSetup): Lane {
  let worker: Worker | null = null;
  return {
    async train(order, hooks) {
      const started = worker ?? new Worker(threadScript(), { workerData: setup });
      worker = started;
      started.once('exit', () => {
        if (worker === started) worker = null;
      });
      return { run: await trainIn(started, order, hooks), model: null };
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };
}

function trainIn(worker: Worker, order: RunOrder, hooks: TrainRunHooks): Promise<FinishedRun> {
  const ask = (request: ThreadRequest) => worker.postMessage(request);
  const stop = () => ask({ kind: 'stop' });
  return new Promise<FinishedRun>((resolve, reject) => {
    const onMessage = (message: ThreadMessage) => {
      if (message.kind === 'event') {
        hooks.onEvent(message.event, message.origin);
        return;
      }
      if (message.kind === 'stage-kept') {
        hooks.stageKept(message.digest);
        return;
      }
      leave();
      if (message.kind === 'finished') resolve(message.run);
      else if (message.code === null) reject(new Error(message.message));
      else reject(new AppError(message.code, message.message, message.detail));
    };
    const onEnd = (reason: unknown) => {
      leave();
      const text = reason instanceof Error ? reason.message : 'the second thread ended';
      reject(new AppError('worker-failed', text, { reason: text }));
    };
    const leave = () => {
      hooks.signal.removeEventListener('abort', stop);
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
    };
    worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
    hooks.signal.addEventListener('abort', stop, { once: true });
    ask({ kind: 'train', order });
    if (hooks.signal.aborted) stop();
  });
}
