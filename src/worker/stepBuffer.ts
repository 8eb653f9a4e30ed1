import type { TrainEvent, TrainPoint } from '../run/events.ts';
import type { PageTrainEvent } from './protocol.ts';

type StepEvent = Extract<TrainEvent, { kind: 'step' }>;

/** At most 20 messages a second: a fast GPU does hundreds of steps. */
const leastMs = 50;

/** Gathers steps into groups for the page. None is lost as long as `flush` comes before whatever is not a step. */
export class StepBuffer {
  readonly #send: (event: PageTrainEvent) => void;
  readonly #now: () => number;
  #points: TrainPoint[] = [];
  #tokens = 0;
  #last: StepEvent | null = null;
  #sentAt = -Infinity;

  constructor(send: (event: PageTrainEvent) => void, now: () => number) {
    this.#send = send;
    this.#now = now;
  }

  add(event: StepEvent): void {
    this.#points.push(event.point);
    this.#tokens += event.tokens;
    this.#last = event;
    if (this.#now() - this.#sentAt >= leastMs) this.flush();
  }

  flush(): void {
    if (this.#last === null) return;
    const { tokensPerSecond, secondsLeft, heldBytes } = this.#last;
    this.#send({ kind: 'steps', points: this.#points, tokens: this.#tokens, tokensPerSecond, secondsLeft, heldBytes });
    this.#points = [];
    this.#tokens = 0;
    this.#last = null;
    this.#sentAt = this.#now();
  }
}
