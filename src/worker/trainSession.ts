import { AppError, asAppError, type ErrorCode } from '../core/errors.ts';
import { textOf } from '../core/errorTexts.ts';
import { exportFolder } from '../engine/checkpoint/export.ts';
import type { Checkpoint } from '../engine/checkpoint/load.ts';
import type { Device } from '../engine/device.ts';
import type { TrainedModel } from '../engine/model/trained.ts';
import type { TrainControl, TrainInput } from '../engine/train/train.ts';
import type { RunRecord, TrainEvent } from '../run/events.ts';
import type { Database } from '../storage/database.ts';
import { updateRun } from '../storage/runs.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import type { WorkerEnv } from './env.ts';
import { exportFacts } from './exportFacts.ts';
import { leaveStage, openTraining, stageLeft } from './firstStage.ts';
import type { Gate } from './gate.ts';
import { loadRunCheckpoint } from './loadRunCheckpoint.ts';
import type { Models } from './models.ts';
import type { PageTrainEvent, SessionNote, TrainOutcome, TrainRequest } from './protocol.ts';
import { RunKeeper } from './runKeeper.ts';
import { whenItsTurn } from './runLock.ts';
import { SaveClock } from './saveClock.ts';
import { StepBuffer } from './stepBuffer.ts';
import { choicesOfRun, storedTuning } from './tuning.ts';

type Tell = (event: PageTrainEvent) => void;

/** One training run, from the download of the checkpoint to the stored model. */
export class TrainSession {
  readonly #env: WorkerEnv;
  readonly #request: TrainRequest;
  readonly #models: Models;
  readonly #gate: Gate;
  readonly #tell: Tell;
  readonly #steps: StepBuffer;
  #keeper: RunKeeper | null = null;
  #device: Device | null = null;
  /** Index of the stage that goes on, and of the last. */
  #stage = 0;
  #lastStage = 0;
  /** The step whose snapshot is stored; −1 = none. */
  #savedStep = -1;
  /** Why the last snapshot could not be stored; null where it was. */
  #unsaved: ErrorCode | null = null;
  /** Whether the snapshot that comes next is made for a pause. */
  #pausing = false;

  constructor(env: WorkerEnv, models: Models, request: TrainRequest, gate: Gate, tell: Tell) {
    this.#env = env;
    this.#models = models;
    this.#request = request;
    this.#gate = gate;
    this.#tell = tell;
    this.#steps = new StepBuffer(tell, env.now);
  }

  /** Runs to the end or until it is stopped. Throws the AppError of a failed run, whose last snapshot stays. */
  async run(): Promise<TrainOutcome> {
    const onWait = () => this.#tell({ kind: 'waiting', elsewhere: true });
    const { runId } = this.#request;
    const outcome = await whenItsTurn(this.#env.locks, runId, this.#gate.signal, onWait, () => this.#runHere());
    if (outcome !== null) return outcome;
    await updateRun(await this.#env.database(), runId, { status: 'stopped' });
    return { kind: 'stopped', step: 0 };
  }

  async #runHere(): Promise<TrainOutcome> {
    const { appVersion, agent, today } = this.#env;
    const database = await this.#env.database();
    const keeper = await RunKeeper.begin(database, today, this.#request, `Vermeil ${appVersion}, ${agent}`);
    this.#keeper = keeper;
    try {
      return { kind: 'finished', record: await this.#trainAndKeep(database, keeper) };
    } catch (thrown) {
      const error = this.#device?.failure() ?? asAppError(thrown); // what the device reports explains more
      this.#steps.flush();
      if (error.code !== 'stopped') {
        await keeper.failed(error);
        throw error;
      }
      keeper.tell('stopped');
      await keeper.change({ status: 'stopped' });
      return { kind: 'stopped', step: keeper.step };
    }
  }

  async #trainAndKeep(database: Database, keeper: RunKeeper): Promise<RunRecord> {
    const { config, data, repeats, shared } = this.#request;
    const checkpoint = await this.#loadCheckpoint(database);
    const device = await this.#openDevice();
    this.#tellOfSnapshot(keeper); // of a try that finds no device there is nothing to tell
    this.#loading('encoding', 0, 0);
    await this.#env.nextTask(); // encoding takes a moment in which no message goes out
    const input: TrainInput = {
      config,
      checkpoint,
      tokenizer: createTokenizer(checkpoint.tokenizerFiles),
      data,
      device,
      appVersion: this.#env.appVersion,
      tuned: storedTuning(database),
      ...(keeper.found.good === null ? {} : { snapshot: keeper.found.good.bytes }),
      ...(await choicesOfRun(database, repeats)),
    };
    const saveClock = new SaveClock(() => this.#now());
    const stage = await stageLeft(database, shared);
    const { events, first, taken } = await openTraining(input, this.#control(keeper, saveClock), stage);
    if (taken !== null) keeper.takeOver(taken);
    let finished: Extract<TrainEvent, { kind: 'finished' }> | null = null;
    for (let next = first; ; next = await events.next()) {
      if (next.done === true) return this.#keepModel(next.value, finished, keeper);
      if (next.value.kind === 'finished') finished = next.value;
      else await this.#handle(next.value, keeper, device, saveClock);
      if (next.value.kind === 'started' && taken !== null)
        this.#note({ what: 'first-stage-shared', step: keeper.step });
    }
  }

  async #keepModel(
    model: TrainedModel,
    finished: Extract<TrainEvent, { kind: 'finished' }> | null,
    keeper: RunKeeper,
  ): Promise<RunRecord> {
    if (finished === null) throw new Error('the run ended without a record');
    const { record } = finished;
    const files = exportFolder(model, exportFacts(this.#request, record));
    this.#models.hold(this.#request.runId, files);
    const unkept = await keeper.finished(finished, files);
    if (unkept !== null) {
      this.#models.keepHeld();
      this.#note({ what: 'model-not-saved', ...unkept });
    }
    await keeper.letGoWeights();
    this.#tell(finished);
    return record;
  }

  #control(keeper: RunKeeper, saveClock: SaveClock): TrainControl {
    return {
      signal: this.#gate.signal,
      savesBefore: async (step) => {
        await this.#env.nextTask();
        this.#pausing = this.#gate.holds && step !== this.#savedStep; // a tab closed while paused loses nothing
        return this.#pausing;
      },
      beforeStep: async () => {
        if (this.#gate.paused) this.#steps.flush(); // no later step will push out what is too young to be sent
        await this.#gate.pass(this.#env.now, async (held) => {
          await keeper.change({ status: held ? 'paused' : 'running' });
          this.#tell({ kind: 'paused', paused: held }); // stored by now: other tabs go by it
        });
      },
      wantsSnapshot: () => saveClock.due(),
      wantsLoss: () => this.#gate.paused, // a single step is done to be looked at
      now: () => this.#now(),
    };
  }

  async #handle(
    event: Exclude<TrainEvent, { kind: 'finished' }>,
    keeper: RunKeeper,
    device: Device,
    saveClock: SaveClock,
  ): Promise<void> {
    if (event.kind === 'step') {
      keeper.addPoint(event.point);
      this.#steps.add(event);
      return;
    }
    this.#steps.flush();
    switch (event.kind) {
      case 'started':
        this.#lastStage = event.stages.length - 1;
        this.#tell({ ...event, ...(await keeper.started(event, device)) });
        return;
      case 'snapshot': {
        const code = await keeper.saveSnapshot(event.step, event.bytes);
        saveClock.saved();
        if (code === null) {
          this.#savedStep = event.step;
          this.#tell({ kind: 'saved', step: event.step });
        } else if (code !== this.#unsaved) this.#note({ what: 'snapshot-not-saved', code });
        this.#unsaved = code; // on a full disk, say, each of many would be told
        if (event.stageEnd && !this.#pausing) await this.#stageEnded(event.bytes, keeper, device);
        return;
      }
      case 'dev':
        keeper.addDev(event.point);
        this.#tell(event);
        return;
      case 'smaller-portions':
        this.#note({ what: 'memory-short', step: event.step });
        return;
      case 'stage':
        this.#stage = event.index;
        this.#tell(event);
        return;
      case 'why': // shown with the record, in which all of them stand
    }
  }

  async #stageEnded(bytes: Uint8Array<ArrayBuffer>, keeper: RunKeeper, { name, adapter }: Device): Promise<void> {
    if (this.#stage === 0) {
      const stage = { bytes, ...keeper.curves(), device: { name, adapter } };
      await leaveStage(await this.#env.database(), this.#request.shared, stage);
    }
    if (this.#stage < this.#lastStage) return;
    this.#loading('scoring', 0, 0);
    await this.#env.nextTask(); // as before encoding
  }

  #loadCheckpoint(database: Database): Promise<Checkpoint> {
    return loadRunCheckpoint(this.#env, database, this.#request, {
      signal: this.#gate.signal,
      onProgress: (done, total) => this.#loading('checkpoint', done, total),
      onNotCached: (code) => this.#note({ what: 'checkpoint-not-cached', code }),
    });
  }

  async #openDevice(): Promise<Device> {
    this.#loading('device', 0, 0);
    this.#models.release();
    this.#device = await this.#env.devices.open(this.#request.device);
    if (this.#gate.signal.aborted) throw new AppError('stopped', 'stopped before the first step');
    const { name, adapter, software } = this.#device;
    this.#tell({ kind: 'device', device: { name, adapter, software } });
    return this.#device;
  }

  #tellOfSnapshot({ found: { good, damaged } }: RunKeeper): void {
    if (!this.#request.resume) return;
    if (good === null) this.#note({ what: 'no-snapshot', damaged });
    else if (damaged > 0) this.#note({ what: 'older-snapshot', step: good.step });
  }

  /** Time that leaves out pauses, so that rates and the time left do not suffer from them. */
  #now(): number {
    return this.#env.now() - this.#gate.heldMs;
  }

  #loading(what: 'checkpoint' | 'device' | 'encoding' | 'scoring', done: number, total: number): void {
    this.#tell({ kind: 'loading', what, done, total });
  }

  #note(note: SessionNote): void {
    // That the model was not kept stands in the log with the run's end.
    if (note.what !== 'model-not-saved')
      this.#keeper?.tell(note.what, 'code' in note ? textOf(note.code, {}).what : '');
    this.#tell({ kind: 'note', note });
  }
}
