import { AppError, messageOf, type ErrorCode } from '../../core/errors.ts';
import { sentenceOf } from '../../core/errorTexts.ts';
import type { TrainedModel } from '../../engine/model/trained.ts';
import type { RunConfig } from '../../run/config.ts';
import type { CostedRun } from '../../run/experiment/cost.ts';
import { judgedScores, type FinishedRun } from '../../run/experiment/table.ts';
import { counted, duration, score } from '../terminal/text.ts';
import type { Lane } from './lane.ts';
import { RunProgress } from './progressLine.ts';
import type { StageStore } from './stageStore.ts';
import { titleOf } from './trainRun.ts';

/** A run of the queue; `digest` names its first stage within the store, null where that is never shared. */
export interface QueuedRun extends CostedRun {
  readonly config: RunConfig;
  readonly digest: string | null;
}

/** A run that failed twice. */
export interface FailedRun {
  readonly config: RunConfig;
  readonly code: ErrorCode | null;
  readonly message: string;
}

export interface QueueHooks {
  readonly signal: AbortSignal;
  /** A line about something that happened once. */
  say(line: string): void;
  /** How far the runs that go on are, in words, and the seconds left of all, null before they can be told. */
  progress(text: string, secondsLeft: number | null): void;
  finished(index: number, run: FinishedRun, model: TrainedModel | null): void;
}

/** Failures that a second try cannot mend, and that concern all runs alike. */
const final: readonly ErrorCode[] = ['stopped', 'snapshot-mismatch', 'storage-full', 'file-unreadable'];

/** Trains the runs `todo` (indices) on the lanes, each lane one at a time, in order as far as shared stages allow. */
export class Queue {
  readonly #runs: readonly QueuedRun[];
  readonly #stages: StageStore;
  readonly #resume: boolean;
  readonly #hooks: QueueHooks;
  readonly #waiting: number[];
  /** How many runs that have a stage go on at present, by its digest. */
  readonly #inTraining = new Map<string, number>();
  readonly #progress: (RunProgress | null)[];
  #wake: (() => void)[] = [];
  readonly failures: FailedRun[] = [];

  constructor(
    runs: readonly QueuedRun[],
    todo: readonly number[],
    stages: StageStore,
    resume: boolean,
    lanes: number,
    hooks: QueueHooks,
  ) {
    this.#runs = runs;
    this.#waiting = [...todo];
    this.#stages = stages;
    this.#resume = resume;
    this.#hooks = hooks;
    this.#progress = Array.from({ length: lanes }, () => null);
  }

  /** Works until nothing waits. Throws what stops all runs; others go on after a run that failed twice. */
  async work(lanes: readonly Lane[]): Promise<void> {
    const stopped = new AbortController();
    const signal = AbortSignal.any([this.#hooks.signal, stopped.signal]);
    const ended = await Promise.allSettled(
      lanes.map((lane, place) =>
        this.#follow(lane, place, signal).catch((error: unknown) => {
          stopped.abort();
          this.#wakeAll();
          throw error;
        }),
      ),
    );
    const reasons: unknown[] = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    // The cause, rather than the stop of the other lanes that follows from it.
    const first = reasons.find((reason) => !isStop(reason)) ?? reasons[0];
    if (first !== undefined) throw first instanceof Error ? first : new Error(messageOf(first));
  }

  async #follow(lane: Lane, place: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const index = await this.#next(signal);
      if (index === null) return;
      const { digest } = this.#runs[index]!;
      try {
        await this.#train(lane, place, index, signal);
      } finally {
        this.#count(digest, -1);
        this.#progress[place] = null;
        this.#wakeAll();
      }
      if (digest !== null && !this.#isWanted(digest)) await this.#stages.drop(digest);
    }
  }

  /** The first run that need not wait for a stage that another lane is training; null where none waits any more. */
  async #next(signal: AbortSignal): Promise<number | null> {
    for (;;) {
      if (signal.aborted) throw new AppError('stopped', 'the experiment was stopped');
      if (this.#waiting.length === 0) return null;
      // Asked for before the store is: what happens while it answers must wake this lane too.
      const woken = new Promise<void>((resolve) => this.#wake.push(resolve));
      const index = await this.#firstReady();
      if (index === null) {
        await woken;
        continue;
      }
      const at = this.#waiting.indexOf(index);
      if (at < 0) continue; // another lane has taken it while the store was asked
      this.#waiting.splice(at, 1);
      this.#count(this.#runs[index]!.digest, 1);
      return index;
    }
  }

  async #firstReady(): Promise<number | null> {
    for (const index of [...this.#waiting]) {
      const { digest } = this.#runs[index]!;
      if (digest === null || !this.#isInTraining(digest) || (await this.#stages.has(digest))) return index;
    }
    return null;
  }

  #count(digest: string | null, change: number): void {
    if (digest !== null) this.#inTraining.set(digest, (this.#inTraining.get(digest) ?? 0) + change);
  }

  #isInTraining(digest: string): boolean {
    return (this.#inTraining.get(digest) ?? 0) > 0;
  }

  #isWanted(digest: string): boolean {
    return this.#isInTraining(digest) || this.#waiting.some((index) => this.#runs[index]!.digest === digest);
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }

  async #train(lane: Lane, place: number, index: number, signal: AbortSignal): Promise<void> {
    const { config } = this.#runs[index]!;
    const title = titleOf(config);
    try {
      await this.#try(lane, place, index, signal, this.#resume);
    } catch (error) {
      if (isFinal(error) || this.#runs.length === 1) throw error;
      this.#hooks.say(`${title}: failed (${sentenceOf(error).what}) Trying once more.`);
      try {
        await this.#try(lane, place, index, signal, true);
      } catch (again) {
        if (isFinal(again)) throw again;
        const code = again instanceof AppError ? again.code : null;
        this.failures.push({ config, code, message: messageOf(again) });
        this.#hooks.say(`${title}: failed again. The other runs go on; --resume tries this one anew.`);
      }
    }
  }

  async #try(lane: Lane, place: number, index: number, signal: AbortSignal, resume: boolean): Promise<void> {
    const { config, digest } = this.#runs[index]!;
    const title = titleOf(config);
    const progress = new RunProgress(title);
    this.#progress[place] = progress;
    const keep = digest !== null && this.#waiting.some((other) => this.#runs[other]!.digest === digest);
    const order = { config, resume, stage: digest === null ? null : { digest, keep } };
    const { run, model } = await lane.train(order, {
      signal,
      onEvent: (event, origin) => {
        progress.take(event);
        if (event.kind === 'started' && event.resumedAt > 0) {
          const from =
            origin === 'snapshot' ? 'goes on from its snapshot' : 'takes over the first stage of an earlier run';
          this.#hooks.say(`${title}: ${from}, ${counted(event.resumedAt, 'step')} done`);
        }
        this.#tellProgress();
      },
      stageKept: () => this.#wakeAll(),
    });
    const { record } = run;
    const f1 = judgedScores(record)?.default.micro.f1;
    const told = f1 === undefined ? '' : `, F1 ${score(f1)}`;
    this.#hooks.say(`${title}: done, ${counted(record.steps, 'step')} in ${duration(record.seconds)}${told}`);
    this.#hooks.finished(index, run, model);
  }

  #tellProgress(): void {
    const going = this.#progress.filter((one) => one !== null);
    const steps = this.#waiting.reduce((sum, index) => sum + this.#runs[index]!.ownSteps, 0) / this.#progress.length;
    const left = going.map((one) => one.secondsLeft(steps));
    const known = left.filter((seconds) => seconds !== null);
    this.#hooks.progress(going.map((one) => one.text()).join('  |  '), known.length === 0 ? null : Math.max(...known));
  }
}

function isStop(error: unknown): boolean {
  return error instanceof AppError ? error.code === 'stopped' : error instanceof Error && error.name === 'AbortError';
}

function isFinal(error: unknown): boolean {
  return isStop(error) || (error instanceof AppError && final.includes(error.code));
}
