import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../../core/errors.ts';
import type { Sampler, SamplerState } from '../../blend/sampler.ts';
import type { Stage } from '../../run/plan.ts';
import type { DevPoint, EngineChoices, StagePlan, TrainEvent, TrainPoint } from '../../run/events.ts';
import { deviceBytes } from '../deviceBytes.ts';
import type { Bert } from '../model/parts.ts';
import { begin, wordTableOf, type Beginning } from './begin.ts';
import { extraRowsOf, withExtraRows, type ExtraRows } from './devTable.ts';
import type { Drawn } from './draw.ts';
import { encodeSentence, type Encoded } from './encode.ts';
import { predictTags, scorePredictions } from './evaluate.ts';
import type { Optimizer } from './optimizer.ts';
import { firstStageKey, plansOf, stepsOf, type Prepared } from './prepare.ts';
import { writeSnapshot, type Progress } from './snapshot.ts';
import { StageCounts } from './stageCounts.ts';
import type { TrainInput } from './train.ts';
import { Watch } from './watch.ts';

/** What a step gives back before it is read from the device. */
interface StepResult {
  readonly loss: tf.Scalar;
  readonly norm: tf.Scalar;
  readonly learningRate: number;
  readonly drawn: Drawn['drawn'];
  readonly tokens: number;
}

/** The moving parts of one run: optimizer, curves, counters, best parameters. */
export class RunState {
  readonly plans: readonly StagePlan[];
  readonly totalSteps: number;
  readonly optimizer: Optimizer;
  readonly curve: TrainPoint[];
  readonly dev: DevPoint[];
  /** null where the snapshot that the run goes on from did not count them. */
  readonly stages: StageCounts | null;
  readonly watch: Watch | null;
  readonly samplerState: SamplerState;
  /** Packed lengths that the device has had room for. */
  readonly met = new Set<string>();
  choices: EngineChoices;
  /** Most bytes that the device held so far. */
  peakBytes: number;
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
  /** Where the run began, or goes on. */
  readonly #before: Progress;
  readonly #dev: readonly Encoded[];
  readonly #extra: ExtraRows;
  #pending: (StepResult & { step: number; heldBytes: number })[] = [];

  /** Rejects as `begin` does. */
  static async open(input: TrainInput, prepared: Prepared, now: () => number): Promise<RunState> {
    return new RunState(input, prepared, now, await begin(input, prepared, now));
  }

  private constructor(input: TrainInput, prepared: Prepared, now: () => number, beginning: Beginning) {
    const { optimizer, best, progress, choices } = beginning;
    this.choices = choices;
    this.#input = input;
    this.#prepared = prepared;
    this.#now = now;
    this.#startedAt = now();
    this.plans = plansOf(prepared.stages);
    this.totalSteps = stepsOf(prepared.stages);
    this.optimizer = optimizer;
    this.best = best;
    this.step = progress.step;
    this.stage = progress.stage;
    this.stageStep = progress.stageStep;
    this.waited = progress.waited;
    this.shrink = progress.shrink;
    this.bestF1 = progress.bestF1;
    this.bestShrink = progress.bestShrink;
    this.curve = [...progress.curve];
    this.dev = [...progress.dev];
    this.stages = progress.stages === undefined ? null : new StageCounts(progress.stages);
    this.watch = progress.watch === undefined ? null : Watch.open(input, prepared, progress.watch);
    this.tokens = progress.tokens;
    this.peakBytes = progress.peakBytes;
    this.samplerState = progress.sampler;
    this.#before = progress;
    this.#dev = input.data.dev.map((s) => encodeSentence(input.tokenizer, s, input.config.maxPieces));
    this.#extra = extraRowsOf(wordTableOf(input.checkpoint.weights), prepared.pieceIds, this.#dev);
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
    return this.#before.seconds + (this.#now() - this.#startedAt) / 1000;
  }

  model(): Bert {
    return { config: this.#prepared.bert, parameters: this.optimizer.parameters() };
  }

  started(): TrainEvent {
    const { tags, pieceIds } = this.#prepared;
    let parameters = 0;
    for (const tensor of this.optimizer.parameters().values()) parameters += tensor.size;
    return {
      kind: 'started',
      steps: this.totalSteps,
      stages: this.plans,
      resumedAt: this.step,
      tags,
      parameters,
      vocabUsed: pieceIds.length,
    };
  }

  advance(result: StepResult): void {
    this.step++;
    this.stageStep++;
    this.tokens += result.tokens;
    const heldBytes = deviceBytes();
    this.peakBytes = Math.max(this.peakBytes, heldBytes);
    this.shrink *= 1 - result.learningRate * this.#input.config.weightDecay;
    this.stages?.add(this.stage, result.drawn);
    this.#pending.push({ ...result, step: this.step, heldBytes });
  }

  /** Takes smaller portions from now on, and tells so. */
  useSmaller(choices: EngineChoices): TrainEvent {
    this.choices = choices;
    const { microBatchTokens, recompute } = choices;
    return { kind: 'smaller-portions', step: this.step, microBatchTokens, recompute };
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
    for (const { step, loss, norm, learningRate, drawn, tokens, heldBytes } of pending) {
      const [lossValue, gradNorm] = [(await loss.data())[0]!, (await norm.data())[0]!];
      tf.dispose([loss, norm]);
      const failure = this.#input.device.failure();
      if (failure !== null) throw failure;
      if (!Number.isFinite(lossValue) || !Number.isFinite(gradNorm)) {
        const { precision } = this.#input.config;
        throw new AppError('not-finite', `loss ${String(lossValue)}, norm ${String(gradNorm)}`, { step, precision });
      }
      const silverShare = drawn.silver / (drawn.silver + drawn.gold);
      const point = { step, loss: lossValue, learningRate, gradNorm, silverShare };
      this.curve.push(point);
      const elapsed = (this.#now() - this.#startedAt) / 1000;
      const tokensPerSecond = elapsed > 0 ? (this.tokens - this.#before.tokens) / elapsed : 0;
      const left = this.totalSteps - this.plannedStep;
      const secondsLeft = (elapsed / Math.max(1, this.step - this.#before.step)) * Math.max(0, left);
      yield { kind: 'step', point, tokens, tokensPerSecond, secondsLeft, heldBytes };
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
    const labels = Object.fromEntries(Object.entries(scores.default.labels).map(([label, score]) => [label, score.f1]));
    const point = { step: this.step, f1, best, labels };
    this.dev.push(point);
    return { kind: 'dev', point, scores };
  }

  /** Looks at the sentences with both labels where that is due; `stageEnd` = the step was the last of its stage. */
  async *look(stage: Stage, stageEnd: boolean): AsyncGenerator<TrainEvent> {
    if (this.watch === null || !(stageEnd || this.watch.isDue(stage, this.stageStep))) return;
    yield* this.readBack();
    const at = { step: this.step, stage: this.stage, stageEnd };
    const point = await this.watch.look(this.model(), this.shrink, at, stage);
    yield { kind: 'why', point };
  }

  async snapshot(sampler: Sampler): Promise<TrainEvent> {
    const progress: Progress = {
      step: this.step,
      stage: this.stage,
      stageStep: this.stageStep,
      t: this.optimizer.t,
      tokens: this.tokens,
      peakBytes: this.peakBytes,
      seconds: this.seconds,
      shrink: this.shrink,
      sampler: sampler.state(),
      curve: this.curve,
      dev: this.dev,
      waited: this.waited,
      bestF1: this.bestF1,
      bestShrink: this.bestShrink,
      ...(this.stages !== null && { stages: this.stages.progress() }),
      ...(this.watch !== null && { watch: this.watch.progress() }),
    };
    const endsFirst = this.stage === 1 && this.stageStep === 0;
    const key = { ...this.#prepared.key, stage: endsFirst ? firstStageKey(this.#prepared).config : null };
    const parts = { key, pieceIds: [...this.#prepared.pieceIds], engine: this.choices, progress };
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
