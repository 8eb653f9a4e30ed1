import { AppError } from '../core/errors.ts';
import type { JobEvent } from './annotateProtocol.ts';
import type { Reading } from './importProtocol.ts';
import type { ControlAction, DeviceReport, PageTrainEvent, Reply, Request, Setup } from './protocol.ts';

/** What the client needs of a `Worker`; tests hand in another. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
  addEventListener(type: 'messageerror', listener: () => void): void;
}

export interface ChannelOptions {
  /** Makes the worker, e.g. `() => new Worker(new URL('../worker/entry.ts', import.meta.url), { type: 'module' })`. */
  readonly createWorker: () => WorkerLike;
  readonly wasmPath: Setup['wasmPath'];
  readonly appVersion: string;
  /** Locks over all tabs; undefined in insecure contexts, where a worker that ends without a word is not noticed. */
  readonly locks?: LockManager | undefined;
}

export type Progress = (done: number, total: number) => void;

type Body<R> = R extends { readonly id: number } ? Omit<R, 'id'> : never;
type Answer = Exclude<Reply, { kind: 'event' | 'job' | 'progress' | 'reading' | 'examined' | 'failed' | 'alive' }>;

interface Open {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: AppError) => void;
  readonly onEvent: ((event: PageTrainEvent) => void) | null;
  readonly onJob: ((event: JobEvent) => void) | null;
  readonly onProgress: Progress | null;
  readonly onReport: ((report: DeviceReport) => void) | null;
  readonly onReading: ((reading: Reading) => void) | null;
}

type Listeners = {
  readonly [K in 'onEvent' | 'onJob' | 'onProgress' | 'onReport' | 'onReading']?: Open[K] | undefined;
};

/** Requests to one long-lived worker and its replies; see `Client` for what ends and restarts it. */
export function createChannel({ createWorker, wasmPath, appVersion, locks }: ChannelOptions) {
  const open = new Map<number, Open>();
  let worker: WorkerLike | null = null;
  let lastId = 0;

  function end(error: AppError): void {
    worker?.terminate();
    worker = null;
    const left = [...open.values()];
    open.clear();
    for (const { reject } of left) reject(error);
  }

  function start(): WorkerLike {
    const started = createWorker();
    const fail = (reason: string) => {
      if (worker === started) end(new AppError('worker-failed', reason, { reason }));
    };
    const life = locks === undefined ? '' : `vermeil/worker/${crypto.randomUUID()}`;
    started.addEventListener('message', ({ data }) => {
      if (worker !== started) return;
      const reply = data as Reply; // the one decoding point: the worker is our own code
      if (reply.kind !== 'alive') receive(reply);
      // Browsers say nothing when they end a worker for want of memory, but they free its locks.
      else void locks?.request(life, () => fail('the browser ended it without a word'));
    });
    started.addEventListener('error', ({ message }) => {
      fail(message ?? 'the worker did not start');
    });
    started.addEventListener('messageerror', () => {
      fail('a message could not be read');
    });
    started.postMessage({ kind: 'setup', wasmPath, appVersion, life } satisfies Setup);
    return started;
  }

  /** A reply to a request that is no longer open is stale and dropped. */
  function receive(reply: Exclude<Reply, { kind: 'alive' }>): void {
    const request = open.get(reply.id);
    if (request === undefined) return;
    if (reply.kind === 'event') return request.onEvent?.(reply.event);
    if (reply.kind === 'job') return request.onJob?.(reply.event);
    if (reply.kind === 'progress') return request.onProgress?.(reply.done, reply.total);
    if (reply.kind === 'reading') return request.onReading?.(reply.reading);
    if (reply.kind === 'examined') return request.onReport?.(reply.report);
    open.delete(reply.id);
    if (reply.kind === 'failed') request.reject(new AppError(reply.code, reply.message, reply.detail));
    else request.resolve(reply);
  }

  function ask<K extends Answer['kind']>(
    kind: K,
    body: Body<Request>,
    { onEvent = null, onJob = null, onProgress = null, onReport = null, onReading = null }: Listeners = {},
  ): { id: number; answer: Promise<Extract<Answer, { kind: K }>> } {
    const id = ++lastId;
    const answer = new Promise<Answer>((resolve, reject) => {
      open.set(id, { resolve, reject, onEvent, onJob, onProgress, onReport, onReading });
      try {
        worker ??= start();
        worker.postMessage({ ...body, id });
      } catch (error) {
        open.delete(id);
        reject(new AppError('worker-failed', String(error), { reason: String(error) }));
      }
    });
    const isOfKind = (found: Answer): found is Extract<Answer, { kind: K }> => found.kind === kind;
    return {
      id,
      answer: answer.then((found) => {
        if (isOfKind(found)) return found;
        throw new AppError('worker-failed', `${found.kind} in answer to ${body.kind}`, {
          reason: 'an answer of another kind',
        });
      }),
    };
  }

  /** What steers a request while it is open. */
  function controlOf(id: number) {
    return (action: ControlAction) => () => {
      if (open.has(id)) worker?.postMessage({ id, kind: 'control', action });
    };
  }

  return { ask, controlOf, end };
}
