import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../core/errors.ts';
import type { Sampler, SamplerState } from '../../blend/sampler.ts';
import { digestJson } from '../../core/hash.ts';
import type { DevPoint, StagePlan, TrainEvent, TrainPoint } from '../../run/events.ts';
import type { Bert } from '../model/bert.ts';
import { compactTable, newHead, toTensors, wordTable, type Tensor32 } from '../model/parameters.ts';
import { extraRowsOf, withExtraRows, type ExtraRows } from './devTable.ts';
import { encodeSentence, type Encoded } from './encode.ts';
import { predictTags, scorePredictions } from './evaluate.ts';
import { Optimizer } from './optimizer.ts';
import { stageSettings, type Prepared } from './prepare.ts';
import { readSnapshot, restoreTensors, writeSnapshot, type Progress, type SnapshotKey } from './snapshot.ts';
import type { TrainInput } from './train.ts';

/** What a step gives back before it is read from the device. */
interface StepResult {
  readonly loss: tf.Scalar;
  readonly norm: tf.Scalar;
  readonly learningRate: number;
  readonly silverShare: number;
  readonly tokens: number;
}

/** The moving parts of one run: optimizer, curves, counters, best parameters. */
export class RunState {
  readonly plans: readonly StagePlan[];
  readonly totalSteps: number;
  readonly optimizer: Optimizer;
  readonly curve: TrainPoint[];
  readonly dev: DevPoint[];
  readonly samplerState: SamplerState | undefined;
  step: number;
  stage: number;
  stageStep: number;
  waited: number;
  shrink: number;
  bestF1: number | null;
  bestShrink: number;
  best: Map<string, tf.Tensor> | null;
  tokens: number;
  readonly #input: TrainInput;
  readonly #prepared: Prepared;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #secondsBefore: number;
  readonly #tokensBefore: number;
  readonly #stepsBefore: number;
  readonly #dev: readonly Encoded[];
  readonly #extra: ExtraRows;
  #pending: (StepResult & { step: number })[] = [];

  static open(input: TrainInput, prepared: Prepared, now: () => number): RunState {
    const { snapshot, firstStage } = input;
    if (snapshot !== undefined) return new RunState(input, prepared, now, snapshot, prepared.key);
    const stage = prepared.stages[0];
    if (firstStage === undefined || stage === undefined) return new RunState(input, prepared, now);
    return new RunState(input, prepared, now, firstStage, stageKey(input, prepared, 0), 1);
  }

  private constructor(
    input: TrainInput,
    prepared: Prepared,
    now: () => number,
    bytes?: Uint8Array,
    key?: SnapshotKey,
    stage?: number,
  ) {
    this.#input = input;
    this.#prepared = prepared;
    this.#now = now;
    this.#startedAt = now();
    this.plans = plansOf(prepared);
    this.totalSteps = prepared.stages.reduce((sum, s) => sum + s.steps, 0);
    const { config, checkpoint } = input;
    const settings = { weightDecay: config.weightDecay, clipNorm: config.clipNorm };
    const snapshot = bytes === undefined || key === undefined ? null : readSnapshot(bytes, key, stage !== undefined);
    const full = wordTableOf(input);
    if (snapshot === null) {
      const weights = new Map([...checkpoint.weights].filter(([name]) => !name.startsWith('classifier.')));
      weights.set(wordTable, compactTable(full, prepared.pieceIds));
      for (const [name, weight] of newHead(prepared.bert, prepared.tags.length, config.seed)) weights.set(name, weight);
      this.optimizer = Optimizer.fresh(toTensors(weights), settings);
      this.best = null;
    } else {
      const { states, best } = restoreTensors(snapshot);
      this.optimizer = new Optimizer(states, settings, snapshot.progress.t);
      this.best = best;
    }
    const progress: Partial<Progress> = snapshot?.progress ?? {};
    this.step = progress.step ?? 0;
    this.stage = stage ?? progress.stage ?? 0;
    this.stageStep = stage === undefined ? (progress.stageStep ?? 0) : 0;
    this.waited = progress.waited ?? 0;
    this.shrink = progress.shrink ?? 1;
    this.bestF1 = progress.bestF1 ?? null;
    this.bestShrink = progress.bestShrink ?? 1;
    this.curve = [...(progress.curve ?? [])];
    this.dev = [...(progress.dev ?? [])];
    this.tokens = progress.tokens ?? 0;
    this.samplerState = progress.sampler;
    this.#secondsBefore = progress.seconds ?? 0;
    this.#tokensBefore = this.tokens;
    this.#stepsBefore = this.step;
    this.#dev = input.data.dev.map((s) => encodeSentence(input.tokenizer, s, config.maxPieces));
    this.#extra = extraRowsOf(full, prepared.pieceIds, this.#dev);
  }

  /** Steps as planned before the next one: the place on a learning-rate schedule that runs through. */
  get plannedStep(): number {
    return (this.plans[this.stage]?.firstStep ?? 0) + this.stageStep;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** Seconds of this run so far, those before a resume included. */
  get seconds(): number {
    return this.#secondsBefore + (this.#now() - this.#startedAt) / 1000;
  }

  model(): Bert {
    return { config: this.#prepared.bert, parameters: this.optimizer.parameters() };
  }

  started(): TrainEvent {
    const { tags, pieceIds } = this.#prepared;
    let parameters = 0;
    for (const tensor of this.optimizer.parameters().values()) parameters += tensor.size;
    const vocabUsed = pieceIds.length;
    return {
      kind: 'started',
      steps: this.totalSteps,
      stages: this.plans,
      resumedAt: this.step,
      tags,
      parameters,
      vocabUsed,
    };
  }

  advance(result: StepResult): void {
    this.step++;
    this.stageStep++;
    this.tokens += result.tokens;
    this.shrink *= 1 - result.learningRate * this.#input.config.weightDecay;
    this.#pending.push({ ...result, step: this.step });
  }

  nextStage(): void {
    this.stage++;
    this.stageStep = 0;
    this.waited = 0;
  }

  /** Reads losses and norms of the steps since the last time. Throws where the device failed or a number is not finite. */
  async *readBack(): AsyncGenerator<TrainEvent> {
    const pending = this.#pending;
    this.#pending = [];
    for (const { step, loss, norm, learningRate, silverShare, tokens } of pending) {
      const [lossValue, gradNorm] = [(await loss.data())[0]!, (await norm.data())[0]!];
      tf.dispose([loss, norm]);
      const failure = this.#input.device.failure();
      if (failure !== null) throw failure;
      if (!Number.isFinite(lossValue) || !Number.isFinite(gradNorm)) {
        throw new AppError('not-finite', `loss ${String(lossValue)}, norm ${String(gradNorm)}`, { step });
      }
      const point = { step, loss: lossValue, learningRate, gradNorm, silverShare };
      this.curve.push(point);
      const elapsed = (this.#now() - this.#startedAt) / 1000;
      const tokensPerSecond = elapsed > 0 ? (this.tokens - this.#tokensBefore) / elapsed : 0;
      const left = this.totalSteps - this.plannedStep;
      const secondsLeft = (elapsed / Math.max(1, this.step - this.#stepsBefore)) * Math.max(0, left);
      yield { kind: 'step', point, tokens, tokensPerSecond, secondsLeft };
    }
  }

  /** Scores dev with the present parameters and keeps them where they are the best so far. */
  async scoreDev(): Promise<TrainEvent> {
    const { dev } = this.#input.data;
    const { tags } = this.#prepared;
    const parameters = this.optimizer.parameters();
    const predicted = await withExtraRows(parameters, this.#extra, this.shrink, (all) =>
      predictTags({ config: this.#prepared.bert, parameters: all }, this.#dev, this.#extra.rowOf),
    );
    const scores = scorePredictions(dev, predicted, tags);
    const { f1 } = scores.default.micro;
    const best = this.bestF1 === null || f1 > this.bestF1;
    if (best) {
      this.bestF1 = f1;
      this.waited = 0;
      if (this.#input.config.keepBest) this.#keepBest(parameters);
    } else {
      this.waited++;
    }
    const point = { step: this.step, f1, best };
    this.dev.push(point);
    return { kind: 'dev', point, scores };
  }

  async snapshot(sampler: Sampler): Promise<TrainEvent> {
    const progress: Progress = {
      step: this.step,
      stage: this.stage,
      stageStep: this.stageStep,
      t: this.optimizer.t,
      tokens: this.tokens,
      seconds: this.seconds,
      shrink: this.shrink,
      sampler: sampler.state(),
      curve: this.curve,
      dev: this.dev,
      waited: this.waited,
      bestF1: this.bestF1,
      bestShrink: this.bestShrink,
    };
    const endsFirst = this.stage === 1 && this.stageStep === 0;
    const key = { ...this.#prepared.key, stage: endsFirst ? stageKey(this.#input, this.#prepared, 0).config : null };
    const parts = { key, pieceIds: [...this.#prepared.pieceIds], progress };
    const bytes = await writeSnapshot(parts, this.optimizer.states, this.best);
    return { kind: 'snapshot', step: this.step, stageEnd: this.stageStep === 0 && this.step > 0, bytes };
  }

  dispose(): void {
    this.optimizer.dispose();
    if (this.best !== null) tf.dispose([...this.best.values()]);
    for (const { loss, norm } of this.#pending) tf.dispose([loss, norm]);
  }

  #keepBest(parameters: ReadonlyMap<string, tf.Tensor>): void {
    if (this.best !== null) tf.dispose([...this.best.values()]);
    this.best = new Map([...parameters].map(([name, tensor]) => [name, tf.add(tensor, 0)]));
    this.bestShrink = this.shrink;
  }
}

function wordTableOf({ checkpoint }: TrainInput): Tensor32 {
  const table = checkpoint.weights.get(wordTable);
  if (table === undefined) throw new AppError('checkpoint-invalid', `no ${wordTable}`, { tensor: wordTable });
  return table;
}

/** The key of a stage's end, equal for all runs that train this stage alike. */
function stageKey(input: TrainInput, prepared: Prepared, index: number): SnapshotKey {
  const stage = prepared.stages[index];
  return { ...prepared.key, config: digestJson(stage === undefined ? null : stageSettings(input.config, stage)) };
}

function plansOf({ stages }: Prepared): readonly StagePlan[] {
  let firstStep = 0;
  return stages.map(({ name, draw, steps }) => {
    const plan = {
      name,
      source: draw.kind === 'mixed' ? ('both' as const) : draw.source,
      firstStep,
      endStep: firstStep + steps,
    };
    firstStep += steps;
    return plan;
  });
}
