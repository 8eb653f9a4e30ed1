import { AppError } from '../core/errors.ts';
import type { Sentence, Span } from '../data/types.ts';
import { wordsOf } from '../data/words.ts';
import type { Present } from '../run/repeat.ts';
import type { AnnotateRequest, JobEvent, JobOutcome, ModelsRequest } from './annotateProtocol.ts';
import { createChannel, type ChannelOptions, type Progress } from './channel.ts';
import type { ExperimentResult } from '../run/experiment/compareRuns.ts';
import type { CompareRequest } from './compareSession.ts';
import type { ImportAnswer, ImportRequest, Reading } from './importProtocol.ts';
import type {
  BroughtFile,
  DeviceReport,
  Diagnosis,
  DigestRequest,
  EmbedRequest,
  Found,
  PageTrainEvent,
  PredictRequest,
  TrainOutcome,
  TrainRequest,
} from './protocol.ts';

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

/** What is told while a request about files goes on. */
export interface ImportEvents {
  readonly onReading?: (reading: Reading) => void;
  /** Parts of a bundle that are packed. */
  readonly onProgress?: Progress;
}

export interface Predicted {
  readonly sentence: Sentence;
  readonly spans: readonly Span[];
}

export interface Exported {
  readonly fileName: string;
  readonly zip: Uint8Array<ArrayBuffer>;
}

/**
 * The page's side of the worker: one long-lived worker, made at the first request. All promises reject with AppError. After
 * a fatal error of the worker every open request rejects with `worker-failed`, and the next request starts a new worker.
 */
export interface Client {
  /** Self-test and timed matmul of every device, once or with `again` anew; waits for a run that goes on. */
  diagnose(onReport?: (report: DeviceReport) => void, again?: boolean): Promise<Diagnosis>;
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
  /** The same, with the probability that the model gives to the tag of each word. */
  predictSurely(
    runId: string,
    sentences: readonly Sentence[],
    onProgress?: Progress,
  ): Promise<{ readonly spans: Found['spans']; readonly probabilities: readonly Float32Array[] }>;
  /** The model of a finished run as a zipped Hugging Face folder. */
  exportModel(runId: string): Promise<Exported>;
  /** Digests of the data and of the checkpoint that a run would be trained with, which is kept as for a run. */
  digest(request: DigestRequest): Promise<Present['digests']>;
  /** The embedding `[H]` of each sentence by the checkpoint, which is kept as for a run; see `embeddingsOf`. */
  embed(request: EmbedRequest, onProgress?: Progress): Promise<readonly Float32Array[]>;
  /** Keeps a checkpoint under its URL, once it has proved to be sound: the files that were brought, or else those at the URL. */
  keepCheckpoint(url: string, files: readonly BroughtFile[] | null): Promise<void>;
  /** Asks a teacher; a job with an id that is stored goes on where it was. Jobs go on beside runs and each other. */
  annotate(request: AnnotateRequest, onEvent: (event: JobEvent) => void): AnnotateHandle;
  /** The names of the models that an endpoint offers. */
  listModels(request: ModelsRequest): Promise<readonly string[]>;
  /** Compares finished runs with their stored predictions and data, in seconds rather than at once. */
  compare(request: CompareRequest): Promise<ExperimentResult>;
  /** Reads files and makes them datasets; see `createImportClient`. */
  import(request: ImportRequest, listeners?: ImportEvents): ImportHandle;
  /** Ends the worker; open requests reject with `stopped`. */
  close(): void;
}

export function createClient(options: ChannelOptions): Client {
  const { ask, controlOf, end } = createChannel(options);

  function find(request: PredictRequest, onProgress?: Progress): Promise<Found> {
    return ask('predicted', { kind: 'predict', ...request }, { onProgress }).answer;
  }

  async function predictSentences(runId: string, sentences: readonly Sentence[], onProgress?: Progress) {
    return (await find({ runId, sentences, sureness: false }, onProgress)).spans;
  }

  return {
    async diagnose(onReport, again = false) {
      return (await ask('diagnosed', { kind: 'diagnose', again }, { onReport }).answer).diagnosis;
    },
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
    import(request, listeners = {}) {
      const { id, answer } = ask('imported', { kind: 'import', request }, listeners);
      return { stop: controlOf(id)('stop'), done: answer.then((reply) => reply.answer) };
    },
    listModels: async (request) => (await ask('models-listed', { kind: 'list-models', request }).answer).models,
    compare: async (request) => (await ask('compared', { kind: 'compare', request }).answer).result,
    predictSentences,
    async predictSurely(runId, sentences, onProgress) {
      const { spans, probabilities } = await find({ runId, sentences, sureness: true }, onProgress);
      return { spans, probabilities: probabilities ?? [] };
    },
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
    digest: async (request) => (await ask('digested', { kind: 'digest', request }).answer).digests,
    embed: async (request, onProgress) =>
      (await ask('embedded', { kind: 'embed', request }, { onProgress }).answer).vectors,
    async keepCheckpoint(url, files) {
      await ask('checkpoint-kept', { kind: 'keep-checkpoint', url, files }).answer;
    },
    close: () => {
      end(new AppError('stopped', 'the client was closed'));
    },
  };
}
