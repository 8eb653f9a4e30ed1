import { AppError } from '../core/errors.ts';
import type { Sentence, Span } from '../data/types.ts';
import type { AnnotateRequest, JobEvent, JobOutcome, ModelsRequest } from './annotateProtocol.ts';
import { wordsOf } from '../data/words.ts';
import type { ImportAnswer, ImportRequest, Reading } from './importProtocol.ts';
import type {
  BroughtFile,
  ControlAction,
  DeviceReport,
  Diagnosis,
  PageTrainEvent,
  Reply,
  Request,
  Setup,
  TrainOutcome,
  TrainRequest,
} from './protocol.ts';

/** What the client needs of a `Worker`; tests hand in another. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
  addEventListener(type: 'messageerror', listener: () => void): void;
}

export interface ClientOptions {
  /** Makes the worker, e.g. `() => new Worker(new URL('../worker/entry.ts', import.meta.url), { type: 'module' })`. */
  readonly createWorker: () => WorkerLike;
  readonly wasmPath: Setup['wasmPath'];
  readonly appVersion: string;
}

/** A run that goes on in the worker. */
export interface TrainHandle {
  readonly runId: string;
  pause(): void;
  continue(): void;
  /** One step, then paused. */
  step(): void;
  /** Ends the run after the present step; its snapshot is kept, and `done` gives `stopped`. */
  stop(): void;
  /** Rejects with the AppError of a failed run. */
  readonly done: Promise<TrainOutcome>;
}

/** An annotation job that goes on in the worker. */
export interface AnnotateHandle {
  readonly jobId: string;
  pause(): void;
  continue(): void;
  /** Ends the job once what is in flight has come; called again, it ends that too, which may be charged all the same. */
  stop(): void;
  /** Rejects with the AppError of a job that could not begin or whose end could not be stored. */
  readonly done: Promise<JobOutcome>;
}

/** A request about files on their way in; stopping one that reads a file rejects `done` with `stopped`. */
export interface ImportHandle {
  stop(): void;
  readonly done: Promise<ImportAnswer>;
}

export interface Predicted {
  readonly sentence: Sentence;
  readonly spans: readonly Span[];
}

export interface Exported {
  readonly fileName: string;
  readonly zip: Uint8Array<ArrayBuffer>;
}

export type Progress = (done: number, total: number) => void;

/**
 * The page's side of the worker: one long-lived worker, made at the first request. All promises reject with AppError. After
 * a fatal error of the worker every open request rejects with `worker-failed`, and the next request starts a new worker.
 */
export interface Client {
  /** Self-test and timed matmul of every device, each told as soon as it is known; waits for a run that goes on. */
  diagnose(onReport?: (report: DeviceReport) => void): Promise<Diagnosis>;
  /** Starts a run, or queues it behind the one that goes on. */
  train(request: TrainRequest, onEvent: (event: PageTrainEvent) => void): TrainHandle;
  /** Entities that the model of a finished run finds in texts, one sentence a text. */
  predict(runId: string, texts: readonly string[]): Promise<readonly Predicted[]>;
  /** The same for sentences with words, e.g. a test set; spans in the order of the sentences. */
  predictSentences(
    runId: string,
    sentences: readonly Sentence[],
    onProgress?: Progress,
  ): Promise<readonly (readonly Span[])[]>;
  /** The model of a finished run as a zipped Hugging Face folder. */
  exportModel(runId: string): Promise<Exported>;
  /** Keeps a checkpoint under its URL, once it has proved to be sound: the files that were brought, or else those at the URL. */
  keepCheckpoint(url: string, files: readonly BroughtFile[] | null): Promise<void>;
  /** Asks a teacher; a job with an id that is stored goes on where it was. Jobs go on beside runs and each other. */
  annotate(request: AnnotateRequest, onEvent: (event: JobEvent) => void): AnnotateHandle;
  /** The names of the models that an endpoint offers. */
  listModels(request: ModelsRequest): Promise<readonly string[]>;
  /** Reads files and makes them datasets; see `createImportClient`. */
  import(request: ImportRequest, onReading?: (reading: Reading) => void): ImportHandle;
  /** Ends the worker; open requests reject with `stopped`. */
  close(): void;
}

type Body<R> = R extends { readonly id: number } ? Omit<R, 'id'> : never;
type Answer = Exclude<Reply, { kind: 'event' | 'job' | 'progress' | 'reading' | 'examined' | 'failed' }>;

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

export function createClient({ createWorker, wasmPath, appVersion }: ClientOptions): Client {
  const setup: Setup = { kind: 'setup', wasmPath, appVersion };
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
    started.addEventListener('message', ({ data }) => {
      if (worker === started) receive(data as Reply); // the one decoding point: the worker is our own code
    });
    started.addEventListener('error', ({ message }) => {
      fail(message ?? 'the worker did not start');
    });
    started.addEventListener('messageerror', () => {
      fail('a message could not be read');
    });
    started.postMessage(setup);
    return started;
  }

  /** A reply to a request that is no longer open is stale and dropped. */
  function receive(reply: Reply): void {
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

  async function predictSentences(runId: string, sentences: readonly Sentence[], onProgress?: Progress) {
    return (await ask('predicted', { kind: 'predict', runId, sentences }, { onProgress }).answer).spans;
  }

  /** What steers a request while it is open. */
  function controlOf(id: number) {
    return (action: ControlAction) => () => {
      if (open.has(id)) worker?.postMessage({ id, kind: 'control', action });
    };
  }

  return {
    diagnose: async (onReport) => (await ask('diagnosed', { kind: 'diagnose' }, { onReport }).answer).diagnosis,
    train(request, onEvent) {
      const { id, answer } = ask('trained', { kind: 'train', request }, { onEvent });
      const control = controlOf(id);
      return {
        runId: request.runId,
        pause: control('pause'),
        continue: control('continue'),
        step: control('step'),
        stop: control('stop'),
        done: answer.then(({ outcome }) => outcome),
      };
    },
    annotate(request, onJob) {
      const { id, answer } = ask('annotated', { kind: 'annotate', request }, { onJob });
      const control = controlOf(id);
      return {
        jobId: request.spec.id,
        pause: control('pause'),
        continue: control('continue'),
        stop: control('stop'),
        done: answer.then(({ outcome }) => outcome),
      };
    },
    import(request, onReading) {
      const { id, answer } = ask('imported', { kind: 'import', request }, { onReading });
      return { stop: controlOf(id)('stop'), done: answer.then((reply) => reply.answer) };
    },
    listModels: async (request) => (await ask('models-listed', { kind: 'list-models', request }).answer).models,
    predictSentences,
    async predict(runId, texts) {
      const sentences = texts.map((text, i): Sentence => ({
        id: String(i + 1),
        text,
        words: wordsOf(text),
        spans: null,
      }));
      const spans = await predictSentences(runId, sentences);
      return sentences.map((sentence, i) => ({ sentence, spans: spans[i] ?? [] }));
    },
    async exportModel(runId) {
      const { fileName, zip } = await ask('exported', { kind: 'export', runId }).answer;
      return { fileName, zip };
    },
    async keepCheckpoint(url, files) {
      await ask('checkpoint-kept', { kind: 'keep-checkpoint', url, files }).answer;
    },
    close: () => {
      end(new AppError('stopped', 'the client was closed'));
    },
  };
}
