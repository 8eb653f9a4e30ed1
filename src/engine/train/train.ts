import { AppError } from '../../core/errors.ts';
import { Sampler } from '../../blend/sampler.ts';
import type { RunConfig } from '../../run/config.ts';
import type { EngineChoices, TrainEvent } from '../../run/events.ts';
import { learningRateAt } from '../../run/plan.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { Checkpoint } from '../checkpoint/load.ts';
import { causeOf, type Device } from '../device.ts';
import type { TrainedModel } from '../model/trained.ts';
import type { TunedStore } from '../tune/memory.ts';
import { drawBatch } from './draw.ts';
import { finish } from './finish.ts';
import { prepare, type RunData } from './prepare.ts';
import { RunState } from './runState.ts';
import { gradientsWithinMemory } from './withinMemory.ts';

export interface TrainInput {
  readonly config: RunConfig;
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly data: RunData;
  readonly device: Device;
  readonly appVersion: string;
  /** Go on from here; refused where config, data or checkpoint differ. */
  readonly snapshot?: Uint8Array;
  /** Snapshot at the end of an equal first stage of another run, to be taken over instead of training it again. */
  readonly firstStage?: Uint8Array;
  /** What the engine chose for the run that this one repeats; a snapshot's own come first. */
  readonly choices?: EngineChoices;
  /** Where it is kept what was timed on a device; in memory where none is given. */
  readonly tuned?: TunedStore;
}

export interface TrainControl {
  readonly signal: AbortSignal;
  /** Whether a snapshot is wanted before this step, as for a pause: asked first, and once. */
  savesBefore?(step: number): Promise<boolean>;
  /** Waited for before every step: pausing and single steps are done here. */
  beforeStep?(step: number): Promise<void>;
  /** Whether a snapshot is wanted after this step; one is always made at the end of a stage and on abort. */
  wantsSnapshot?(step: number): boolean;
  /** Whether this step's loss is wanted at once, not only when a few can be read together. */
  wantsLoss?(step: number): boolean;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
}

/** Steps whose loss is read back together: every one where reading is free, a few at once where it waits for a GPU. */
const readEvery = { cpu: 1, wasm: 1, webgpu: 8 } as const;

/**
 * One training run as a stream of events; returns the model. On abort it yields a snapshot and throws `stopped`. A loss or
 * a norm that is not finite throws `not-finite`, a GPU error the device's own failure.
 */
export async function* train(input: TrainInput, control: TrainControl): AsyncGenerator<TrainEvent, TrainedModel> {
  const { config, device } = input;
  const prepared = prepare(config, input.checkpoint, input.tokenizer, input.data);
  const state = await RunState.open(input, prepared, control.now).catch(async (error: unknown) => {
    throw await causeOf(device, error);
  });
  try {
    const sizes = { silver: prepared.silver.length, gold: prepared.gold.length };
    const sampler = new Sampler(config.seed, sizes, state.samplerState);
    yield state.started();
    for (let index = state.stage; index < prepared.stages.length; index++) {
      const stage = prepared.stages[index]!;
      if (state.stageStep === 0 && index > 0 && config.restart && !config.keepOptimizer) state.optimizer.restart();
      yield { kind: 'stage', index, plan: state.plans[index]! };
      let ended = state.stageStep >= stage.steps;
      while (!ended) {
        if ((await control.savesBefore?.(state.step)) === true) {
          yield* state.readBack();
          yield await state.snapshot(sampler);
        }
        await control.beforeStep?.(state.step);
        if (control.signal.aborted) {
          yield* state.readBack();
          yield await state.snapshot(sampler);
          throw new AppError('stopped', 'the run was stopped', { step: state.step });
        }
        const { batch, drawn } = drawBatch(prepared, stage, state.stageStep, config.batchSize, sampler);
        const draw = { seed: config.seed, step: state.step };
        const made = await gradientsWithinMemory(
          state.model(),
          batch,
          draw,
          state.choices,
          state.met,
          config.precision,
        );
        if (made.choices !== state.choices) yield state.useSmaller(made.choices);
        const { loss, gradients } = made;
        const learningRate = learningRateAt(config, prepared.stages, index, state.stageStep);
        const norm = state.optimizer.update(gradients, learningRate);
        state.advance({ loss, norm, learningRate, drawn, tokens: batch.tokens });
        const passEnds = stage.draw.kind === 'passes' && sampler.cursor(stage.draw.source).left === 0;
        ended = state.stageStep >= stage.steps;
        const scoreNow =
          input.data.dev.length > 0 &&
          (config.evaluateEvery > 0 ? state.step % config.evaluateEvery === 0 || ended : passEnds || ended);
        const snapshotNow = ended || (control.wantsSnapshot?.(state.step) ?? false);
        const readNow = state.pending >= readEvery[device.name] || (control.wantsLoss?.(state.step) ?? false);
        if (readNow || scoreNow || snapshotNow) yield* state.readBack();
        if (scoreNow) {
          yield await state.scoreDev();
          ended ||= config.patience > 0 && state.waited >= config.patience;
        }
        yield* state.look(stage, ended);
        if (ended) state.nextStage();
        if (snapshotNow || ended) yield await state.snapshot(sampler);
      }
    }
    return yield* finish(input, prepared, state, sampler);
  } catch (error) {
    throw await causeOf(device, error);
  } finally {
    state.dispose();
  }
}
