import { Worker } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import type { RunRecord } from '../../run/events.ts';
import { threadScript } from '../files/package.ts';
import type { ThreadMessage, ThreadOrder } from './threadMessages.ts';

/**
 * Trains one run in a thread beside this one. Ends the thread where `signal` is aborted, throwing `stopped`; failures of
 * the thread are thrown here.
 */
export async function trainInThread(
  order: ThreadOrder,
  signal: AbortSignal,
  progress: (text: string, secondsLeft: number | null) => void,
): Promise<RunRecord> {
  const worker = new Worker(threadScript(), { workerData: order });
  try {
    return await new Promise<RunRecord>((resolve, reject) => {
      const stop = () => reject(new AppError('stopped', 'the thread was stopped'));
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      worker.on('message', (message: ThreadMessage) => {
        if (message.kind === 'progress') progress(message.text, message.secondsLeft);
        else if (message.kind === 'finished') resolve(message.record);
        else if (message.code === null) reject(new Error(message.message));
        else reject(new AppError(message.code, message.message, message.detail));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        reject(
          new AppError('worker-failed', `the second thread ended with ${String(code)}`, {
            reason: 'the second thread ended',
          }),
        );
      });
    });
  } finally {
    await worker.terminate();
  }
}
