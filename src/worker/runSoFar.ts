import type { DevPoint, TrainPoint } from '../run/events.ts';
import type { PageTrainEvent } from './protocol.ts';

/** The events of a run, put together to those that are needed by somebody who comes later. */
export class RunSoFar {
  /** The newest of each kind of which only the newest counts, in the order in which they came. */
  readonly #newest = new Map<PageTrainEvent['kind'], PageTrainEvent>();
  readonly #notes: PageTrainEvent[] = [];
  #started: Extract<PageTrainEvent, { kind: 'started' }> | null = null;
  #curve: TrainPoint[] = [];
  #dev: DevPoint[] = [];

  add(event: PageTrainEvent): void {
    switch (event.kind) {
      case 'started':
        this.#started = event;
        this.#curve = [...event.curve];
        this.#dev = [...event.dev];
        for (const over of ['waiting', 'loading', 'steps'] as const) this.#newest.delete(over);
        return;
      case 'steps':
        this.#curve.push(...event.points);
        this.#keep({ ...event, points: [] });
        return;
      case 'dev':
        this.#dev.push(event.point);
        return;
      case 'note':
        this.#notes.push(event);
        return;
      case 'waiting':
      case 'loading':
      case 'device':
      case 'stage':
      case 'saved':
      case 'paused':
      case 'stopping':
      case 'finished':
        this.#keep(event);
    }
  }

  events(): readonly PageTrainEvent[] {
    const started = this.#started;
    const beginning = started === null ? [] : [{ ...started, curve: [...this.#curve], dev: [...this.#dev] }];
    return [...beginning, ...this.#newest.values(), ...this.#notes];
  }

  #keep(event: PageTrainEvent): void {
    this.#newest.delete(event.kind);
    this.#newest.set(event.kind, event);
  }
}
