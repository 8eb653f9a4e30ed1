import type { ErrorCode, ErrorDetail } from '../core/errors.ts';
import type { Sentence, Span } from '../data/types.ts';
import type { DeviceName, WasmFiles } from '../engine/device.ts';
import type { DeviceReport, DeviceTrouble } from '../engine/reports.ts';
import type { RunConfig } from '../run/config.ts';
import type { ExperimentResult } from '../run/experiment/compareRuns.ts';
import type { AnnotateRequest, JobEvent, JobOutcome, ModelsRequest } from './annotateProtocol.ts';
import type { DevPoint, RunRecord, TrainEvent, TrainPoint } from '../run/events.ts';
import type { Present } from '../run/repeat.ts';
import type { CompareRequest } from './compareSession.ts';
import type { ImportAnswer, ImportRequest, Reading } from './importProtocol.ts';

/**
 * Types only: what the page and the worker say to each other. Every request carries an id, and every reply carries it
 * back: any number of `event`, `job`, `progress` and `examined` replies, then exactly one other, which ends the request.
 */

export type { DeviceName, DeviceReport, DeviceTrouble, WasmFiles };

/** What the self-test found on every device (one that the processor imitates is only opened), and the one that a run takes unless told otherwise. */
export interface Diagnosis {
  readonly devices: readonly DeviceReport[];
  readonly chosen: DeviceName | null;
}

/** The device that a run has opened. */
export interface OpenedDevice {
  readonly name: DeviceName;
  readonly adapter: string;
  readonly software: boolean;
}

/** Data of one run, each with its role. */
export interface RunData {
  readonly silver: readonly Sentence[];
  readonly gold: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly test: readonly Sentence[];
}

/** Ids of the stored datasets that the data came from, so that a run can be gone on with after a reload. */
export type RunDatasets = Readonly<Record<keyof RunData, readonly string[]>>;

/** What a training run needs; the worker keeps all but `data` with the run. */
export interface TrainRequest {
  readonly runId: string;
  readonly name: string;
  readonly config: RunConfig;
  /** Folder of the checkpoint: a same-origin URL ending in '/'. */
  readonly checkpointUrl: string;
  readonly data: RunData;
  readonly datasets: RunDatasets;
  /** What must be said wherever the result is shown, e.g. who wrote the labels of the sample; empty = nothing. */
  readonly notice: string;
  /** null = the faster device by self-test and timed matmul. */
  readonly device: DeviceName | null;
  /** Id of the finished run that this one repeats: what its engine chose for the device is used again. */
  readonly repeats?: string;
  /** The first stage, where other runs of the queue may have trained it or want its end: its key in storage. */
  readonly shared?: { readonly key: string; readonly keep: boolean };
  /** Go on from the newest good snapshot of the run; without one the run begins anew and says so in a note. */
  readonly resume: boolean;
}

/** Sentences that are to be compared by what they are about. */
export interface EmbedRequest {
  /** Folder of the checkpoint: a same-origin URL ending in '/'. */
  readonly checkpointUrl: string;
  readonly sentences: readonly Pick<Sentence, 'id' | 'text' | 'words'>[];
}

/** What a run would be trained with, to be digested. */
export type DigestRequest = Pick<TrainRequest, 'config' | 'checkpointUrl' | 'data'>;

/** The first message to a worker, before any request: what only the page knows. */
export interface Setup {
  readonly kind: 'setup';
  /** Absolute URLs. */
  readonly wasmPath: WasmFiles;
  readonly appVersion: string;
  /** Name of a lock that the worker holds as long as it lives; '' in insecure contexts, which have no locks. */
  readonly life: string;
}

export type ControlAction = 'pause' | 'continue' | 'step' | 'stop';

export interface PredictRequest {
  readonly runId: string;
  readonly sentences: readonly Sentence[];
  /** Whether to tell how sure the model is of each word. */
  readonly sureness: boolean;
}

/** What a model finds in sentences, in their order. */
export interface Found {
  readonly spans: readonly (readonly Span[])[];
  /** The probability of the tag of each word; null where it was not asked for. */
  readonly probabilities: readonly Float32Array[] | null;
}

/** A request that is answered; see `Client` for what each gives. */
export type Request =
  | { readonly id: number; readonly kind: 'diagnose'; readonly again: boolean }
  | { readonly id: number; readonly kind: 'train'; readonly request: TrainRequest }
  | ({ readonly id: number; readonly kind: 'predict' } & PredictRequest)
  | { readonly id: number; readonly kind: 'export'; readonly runId: string }
  | { readonly id: number; readonly kind: 'digest'; readonly request: DigestRequest }
  | {
      readonly id: number;
      readonly kind: 'keep-checkpoint';
      readonly url: string;
      readonly files: readonly BroughtFile[] | null;
    }
  | { readonly id: number; readonly kind: 'annotate'; readonly request: AnnotateRequest }
  | { readonly id: number; readonly kind: 'list-models'; readonly request: ModelsRequest }
  | { readonly id: number; readonly kind: 'embed'; readonly request: EmbedRequest }
  | { readonly id: number; readonly kind: 'compare'; readonly request: CompareRequest }
  | { readonly id: number; readonly kind: 'import'; readonly request: ImportRequest };

/** A file that a person picked: one of a folder, with its path there, or a zip. */
export interface BroughtFile {
  readonly path: string;
  readonly blob: Blob;
}

/** Steers the train or annotate request with the id `id`; not answered, but for the events that follow from it. */
export interface Control {
  readonly id: number;
  readonly kind: 'control';
  readonly action: ControlAction;
}

export type ToWorker = Setup | Request | Control;

/** Something that went another way than planned without ending the run, as its session tells it. */
export type SessionNote =
  /** The newest snapshot did not verify; the run goes on from the one before. */
  | { readonly what: 'older-snapshot'; readonly step: number }
  /** A run before has trained this run's first stage just so; the run begins at its end, after `step` updates. */
  | { readonly what: 'first-stage-shared'; readonly step: number }
  /** From the step after `step` on the device has no room for whole batches: they go through in smaller portions. */
  | { readonly what: 'memory-short'; readonly step: number }
  /** There was nothing to go on from, or all `damaged` snapshots did not verify; the run begins anew. */
  | { readonly what: 'no-snapshot'; readonly damaged: number }
  /** The run has finished, but its model, and without `recordKept` its scores too, could not be kept: `code` says why. */
  | { readonly what: 'model-not-saved'; readonly code: ErrorCode; readonly recordKept: boolean }
  /** The run goes on, but its state or its checkpoint could not be kept. */
  | { readonly what: 'snapshot-not-saved' | 'checkpoint-not-cached'; readonly code: ErrorCode };

/** The same, with what ends a session and not the run: device or worker were lost after `step` updates, and another goes on. */
export type Note = SessionNote | { readonly what: 'lost'; readonly step: number; readonly code: ErrorCode };

/** What a train request tells the page: the events of the run without the snapshots' bytes, steps in groups, and more. */
export type PageTrainEvent =
  /** Another run or a self-test of this worker has to end first, or the run of another tab. */
  | { readonly kind: 'waiting'; readonly elsewhere: boolean }
  /** Before and after the steps: 'checkpoint', 'device', 'encoding', at the end 'scoring', after a loss 'recovering'; total 0 = unknown. */
  | { readonly kind: 'loading'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly kind: 'device'; readonly device: OpenedDevice }
  /** With the curves up to `resumedAt` where the run goes on from a snapshot. */
  | (Extract<TrainEvent, { kind: 'started' }> & {
      readonly curve: readonly TrainPoint[];
      readonly dev: readonly DevPoint[];
    })
  | Extract<TrainEvent, { kind: 'stage' | 'dev' | 'finished' }>
  /** One or more steps, in order, none left out; sent at most 20 times a second. */
  | {
      readonly kind: 'steps';
      readonly points: readonly TrainPoint[];
      /** Tokens of these steps. */
      readonly tokens: number;
      readonly tokensPerSecond: number;
      readonly secondsLeft: number;
      /** Held by the device after the last of them; 0 where nobody counts. */
      readonly heldBytes: number;
    }
  | { readonly kind: 'saved'; readonly step: number }
  | { readonly kind: 'paused'; readonly paused: boolean }
  /** Somebody has asked the run to stop, in this tab or another; told by the page's side alone. */
  | { readonly kind: 'stopping' }
  | { readonly kind: 'note'; readonly note: Note };

/** How a run ended, unless it failed. */
export type TrainOutcome =
  | { readonly kind: 'finished'; readonly record: RunRecord }
  /** Stopped by the person; `step` = updates done, 0 = before the first. A snapshot is kept. */
  | { readonly kind: 'stopped'; readonly step: number };

export type Reply =
  /** The answer to `setup`, which has no id, where there are locks: the worker holds the lock of its life. */
  | { readonly id: 0; readonly kind: 'alive' }
  | { readonly id: number; readonly kind: 'event'; readonly event: PageTrainEvent }
  | { readonly id: number; readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly id: number; readonly kind: 'examined'; readonly report: DeviceReport }
  | { readonly id: number; readonly kind: 'reading'; readonly reading: Reading }
  | { readonly id: number; readonly kind: 'imported'; readonly answer: ImportAnswer }
  | { readonly id: number; readonly kind: 'diagnosed'; readonly diagnosis: Diagnosis }
  | { readonly id: number; readonly kind: 'trained'; readonly outcome: TrainOutcome }
  | { readonly id: number; readonly kind: 'job'; readonly event: JobEvent }
  | { readonly id: number; readonly kind: 'annotated'; readonly outcome: JobOutcome }
  | { readonly id: number; readonly kind: 'models-listed'; readonly models: readonly string[] }
  /** [H] each, in the order of the request. */
  | { readonly id: number; readonly kind: 'embedded'; readonly vectors: readonly Float32Array[] }
  | ({ readonly id: number; readonly kind: 'predicted' } & Found)
  | { readonly id: number; readonly kind: 'checkpoint-kept' }
  | { readonly id: number; readonly kind: 'compared'; readonly result: ExperimentResult }
  | { readonly id: number; readonly kind: 'digested'; readonly digests: Present['digests'] }
  | { readonly id: number; readonly kind: 'exported'; readonly fileName: string; readonly zip: Uint8Array<ArrayBuffer> }
  | {
      readonly id: number;
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly detail: ErrorDetail;
    };
