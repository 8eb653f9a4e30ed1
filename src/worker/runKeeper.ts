import { textOf } from '../core/errorTexts.ts';
import type { AppError, ErrorCode } from '../core/errors.ts';
import type { DevPoint, TrainEvent, TrainPoint } from '../run/events.ts';
import type { LogEntry, LogKind } from '../run/log.ts';
import type { Database } from '../storage/database.ts';
import { storageError } from '../storage/errors.ts';
import { letGoWeights } from '../storage/keepWeights.ts';
import { saveModel } from '../storage/models.ts';
import { savePredictions } from '../storage/predictions.ts';
import { remakeRun, unmarked, updateRun, type RunChange, type StoredRun } from '../storage/runs.ts';
import {
  deleteSnapshots,
  dropOlderSnapshots,
  newestSnapshot,
  saveSnapshot,
  type FoundSnapshot,
} from '../storage/snapshots.ts';
import type { Device } from '../engine/device.ts';
import type { ModelFiles } from './models.ts';
import type { TrainRequest } from './protocol.ts';

export interface Curves {
  readonly curve: readonly TrainPoint[];
  readonly dev: readonly DevPoint[];
}

/** What of a finished run could not be stored: its model, and perhaps its record. */
export interface Unkept {
  readonly code: ErrorCode;
  readonly recordKept: boolean;
}

/** Keeps one run in the database while it goes on: its status, its curves, its snapshots, its model. */
export class RunKeeper {
  /** What the run goes on from. */
  readonly found: FoundSnapshot;
  readonly #database: Database;
  readonly #today: () => number;
  readonly #runId: string;
  #curve: TrainPoint[];
  #dev: DevPoint[];
  #log: LogEntry[];
  #step: number;

  private constructor(database: Database, today: () => number, run: StoredRun, found: FoundSnapshot) {
    this.#database = database;
    this.#today = today;
    this.#runId = run.id;
    this.found = found;
    this.#curve = [...run.curve];
    this.#dev = [...run.dev];
    this.#log = [...run.log];
    this.#step = run.step;
  }

  /**
   * Stores the run as running. A run that is not to be resumed loses the snapshots of a former one with its id; what a person
   * said of it stays. `place` tells the log where it runs.
   */
  static async begin(
    database: Database,
    today: () => number,
    request: TrainRequest,
    place: string,
  ): Promise<RunKeeper> {
    const found = request.resume ? await newestSnapshot(database, request.runId) : { good: null, damaged: 0 };
    if (!request.resume) await deleteSnapshots(database, request.runId);
    const run = await remakeRun(database, request.runId, (before) => begun(request, before, found, place, today()));
    return new RunKeeper(database, today, run, found);
  }

  get step(): number {
    return this.#step;
  }

  /** The curves up to where the run begins: points after the snapshot are trained again. */
  async started(
    { resumedAt, steps, stages }: Extract<TrainEvent, { kind: 'started' }>,
    { name, adapter }: Device,
  ): Promise<Curves> {
    this.#step = resumedAt;
    this.#curve = this.#curve.filter(({ step }) => step <= resumedAt);
    this.#dev = this.#dev.filter(({ step }) => step <= resumedAt);
    await this.change({
      steps,
      stages,
      step: resumedAt,
      device: { name, adapter },
      curve: this.#curve,
      dev: this.#dev,
    });
    return this.curves();
  }

  /** Takes over the curves of a first stage that another run has trained. */
  takeOver({ curve, dev }: Curves): void {
    this.#curve = [...curve];
    this.#dev = [...dev];
  }

  /** The curves so far. */
  curves(): Curves {
    return { curve: [...this.#curve], dev: [...this.#dev] };
  }

  addPoint(point: TrainPoint): void {
    this.#curve.push(point);
    this.#step = point.step;
  }

  addDev(point: DevPoint): void {
    this.#dev.push(point);
  }

  /** Writes a line into the log; it is stored with the next change. */
  tell(what: LogKind, detail = '', step = this.#step): void {
    this.#log.push({ ms: this.#today(), what, step, detail });
  }

  /** Stores the snapshot and the curves together; gives why that was not possible, null where it was. */
  saveSnapshot(step: number, bytes: Uint8Array<ArrayBuffer>): Promise<ErrorCode | null> {
    const change = this.#stamped({ step, curve: this.#curve, dev: this.#dev });
    return this.#withRoom(() => saveSnapshot(this.#database, { runId: this.#runId, step, bytes }, change));
  }

  /** Stores a change of the run; gives why that was not possible, null where it was. */
  change(change: RunChange): Promise<ErrorCode | null> {
    return codeOf(updateRun(this.#database, this.#runId, this.#stamped(change)));
  }

  /**
   * Stores the end of the run; where the model finds no room, the rest without it. Gives why the model was not kept, and whether
   * the rest was; where it was not, the last snapshot stays to go on from.
   */
  async finished(
    { record, predictions }: Extract<TrainEvent, { kind: 'finished' }>,
    files: ModelFiles,
  ): Promise<Unkept | null> {
    const { steps, curve, dev } = record;
    this.tell('finished', '', steps);
    const change = this.#stamped({ status: 'finished', record, step: steps, curve, dev, modelKept: true });
    const runId = this.#runId;
    const code = await this.#withRoom(() => saveModel(this.#database, { runId, files }, change, predictions));
    if (code === null) return null;
    const without = { ...change, modelKept: false };
    const stored =
      predictions !== null && (await codeOf(savePredictions(this.#database, { runId, predictions }, without))) === null;
    const recordKept = stored || (await this.change(without)) === null;
    if (!recordKept) return { code, recordKept };
    // Snapshots hold more than the weights do, and nobody goes on from them any more.
    await codeOf(deleteSnapshots(this.#database, runId));
    const again = await codeOf(saveModel(this.#database, { runId, files }, change, predictions));
    if (again === null) return null;
    this.tell('model-not-saved', textOf(again, {}).what, steps);
    await this.change({});
    return { code: again, recordKept };
  }

  /** Lets go of weights that need not be kept now that this run has finished; what fails here is done at the next run's end. */
  async letGoWeights(): Promise<void> {
    await letGoWeights(this.#database, this.#today()).catch(() => undefined);
  }

  /** Stores why the run failed, where it can: the failure itself is told to the page in any case. */
  async failed({ code, message, detail }: AppError): Promise<void> {
    const error = { code, message, detail };
    this.tell('failed', textOf(code, detail).what);
    await this.change({ status: 'failed', error, step: this.#step, curve: this.#curve, dev: this.#dev });
  }

  /** Where there is no room, once more without the older snapshot. */
  async #withRoom(save: () => Promise<void>): Promise<ErrorCode | null> {
    const code = await codeOf(save());
    if (code !== 'storage-full') return code;
    const hasMore = await dropOlderSnapshots(this.#database, this.#runId).catch(() => false);
    return hasMore ? codeOf(save()) : code;
  }

  #stamped(change: RunChange): RunChange {
    return { ...change, log: [...this.#log], updatedMs: this.#today() };
  }
}

/** What is stored of a run that begins now, or goes on from the snapshot that was found. */
function begun(
  request: TrainRequest,
  before: StoredRun | null,
  { good: snapshot }: FoundSnapshot,
  place: string,
  now: number,
): StoredRun {
  const { tags, notes, pinned } = before ?? unmarked;
  const step = snapshot?.step ?? 0;
  return {
    id: request.runId,
    name: before?.name ?? request.name,
    ...{ tags, notes, pinned },
    config: request.config,
    status: 'running',
    datasets: request.datasets,
    checkpointUrl: request.checkpointUrl,
    notice: request.notice,
    device: null,
    steps: snapshot === null ? 0 : (before?.steps ?? 0),
    step,
    stages: snapshot === null ? [] : (before?.stages ?? []),
    curve: snapshot === null ? [] : (before?.curve ?? []),
    dev: snapshot === null ? [] : (before?.dev ?? []),
    record: null,
    modelKept: false,
    error: null,
    log: [...(before?.log ?? []), { ms: now, what: snapshot === null ? 'begun' : 'gone-on', step, detail: place }],
    createdMs: before?.createdMs ?? now,
    updatedMs: now,
  };
}

async function codeOf(saving: Promise<void>): Promise<ErrorCode | null> {
  try {
    await saving;
    return null;
  } catch (error) {
    return storageError(error).code;
  }
}
