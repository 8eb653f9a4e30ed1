import type { TrainEvent } from '../../run/events.ts';
import { duration, megabytes, score } from '../terminal/text.ts';

/** What the line of progress of one run says; grows with the run's events. */
export class RunProgress {
  readonly #name: string;
  #steps = 0;
  #step = 0;
  #stage = '';
  #loss = NaN;
  #devF1: number | null = null;
  #tokensPerSecond = 0;
  #heldBytes = 0;
  #secondsLeft: number | null = null;
  #secondsPerStep = 0;

  constructor(name: string) {
    this.#name = name;
  }

  take(event: TrainEvent): void {
    if (event.kind === 'started') {
      this.#steps = event.steps;
      this.#step = event.resumedAt;
    } else if (event.kind === 'stage') {
      this.#stage = event.plan.name;
    } else if (event.kind === 'step') {
      this.#step = event.point.step;
      this.#loss = event.point.loss;
      this.#tokensPerSecond = event.tokensPerSecond;
      this.#heldBytes = event.heldBytes;
      this.#secondsLeft = event.secondsLeft;
      const left = this.#steps - this.#step;
      if (left > 0) this.#secondsPerStep = event.secondsLeft / left;
    } else if (event.kind === 'dev') {
      this.#devF1 = event.point.f1;
    } else if (event.kind === 'finished') {
      this.#secondsLeft = 0;
    }
  }

  /** Seconds until the end of this run and of `stepsAfter` further ones; null before the first step. */
  secondsLeft(stepsAfter = 0): number | null {
    return this.#secondsLeft === null ? null : this.#secondsLeft + stepsAfter * this.#secondsPerStep;
  }

  /** `simple mix seed 0  step 61/178 silver  loss 0.312  dev F1 0.61  812 tokens/s  143 MB`, the last what its device holds now. */
  text(): string {
    const parts = [
      `${this.#name}  step ${String(this.#step)}/${String(this.#steps)}${this.#stage && ` ${this.#stage}`}`,
    ];
    if (!Number.isNaN(this.#loss)) parts.push(`loss ${this.#loss.toFixed(3)}`);
    if (this.#devF1 !== null) parts.push(`dev F1 ${score(this.#devF1)}`);
    if (this.#tokensPerSecond > 0) parts.push(`${String(Math.round(this.#tokensPerSecond))} tokens/s`);
    if (this.#heldBytes > 0) parts.push(megabytes(this.#heldBytes));
    return parts.join('  ');
  }
}

/** `, 1 min 20 s left`; nothing before it can be told. */
export function timeLeft(seconds: number | null): string {
  return seconds === null ? '' : `  ${duration(seconds)} left`;
}
