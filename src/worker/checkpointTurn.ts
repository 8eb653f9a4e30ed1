import { AppError } from '../core/errors.ts';

type Progress = (done: number, total: number) => void;

interface Turn {
  /** Resolves when the turn is over, however it ended. */
  readonly over: Promise<void>;
  readonly listeners: Set<Progress>;
}

/** Checkpoints that are being read in this worker, by their URL. */
const turns = new Map<string, Turn>();

export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?: Progress | undefined;
}

/**
 * Reads a checkpoint while nobody else in this worker reads the one at the same URL: who comes second is told how far the
 * first is, waits, and then finds kept what that has fetched. `task` tells its progress. Throws `stopped` where `signal` ends the
 * waiting, and what `task` throws.
 */
export async function inCheckpointTurn<T>(
  url: string,
  { signal, onProgress = () => undefined }: TurnOptions,
  task: (tell: Progress) => Promise<T>,
): Promise<T> {
  for (let before = turns.get(url); before !== undefined; before = turns.get(url)) {
    before.listeners.add(onProgress);
    onProgress(0, 0); // unknown until the first tells more
    await unlessAborted(before.over, signal);
    before.listeners.delete(onProgress);
  }
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const listeners = new Set([onProgress]);
  turns.set(url, { over, listeners });
  try {
    return await task((done, total) => {
      for (const listener of listeners) listener(done, total);
    });
  } finally {
    turns.delete(url);
    end();
  }
}

async function unlessAborted(over: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const ended = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => {
      reject(new AppError('stopped', 'waiting for a checkpoint was stopped'));
    };
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { signal: ended.signal });
  });
  try {
    await Promise.race([over, aborted]);
  } finally {
    ended.abort();
  }
}
