import type { TrainRequest } from '../worker/protocol.ts';
import type { Client } from '../worker/client.ts';
import { Job } from './job.svelte.ts';

/** Runs one after the other: the present job, those that wait, and those that ended since the page was opened. */
export class QueueState {
  /** The job that goes on, or the last that ended. */
  job: Job | null = $state.raw(null);
  waiting: readonly TrainRequest[] = $state.raw([]);
  ended: readonly Job[] = $state.raw([]);

  readonly active: Job | null = $derived(this.job !== null && !this.job.ended ? this.job : null);

  readonly #client: Client;
  readonly #onEnd: (job: Job) => Promise<void>;
  #going = false;

  constructor(client: Client, onEnd: (job: Job) => Promise<void>) {
    this.#client = client;
    this.#onEnd = onEnd;
  }

  /** Adds runs; they start by themselves when their turn comes. */
  add(requests: readonly TrainRequest[]): void {
    this.waiting = [...this.waiting, ...requests];
    void this.#work();
  }

  /** Takes a run that waits off the queue. */
  drop(runId: string): void {
    this.waiting = this.waiting.filter((request) => request.runId !== runId);
  }

  /** Stops the present run and lets the others wait no longer; gives those. */
  stopAll(): readonly TrainRequest[] {
    const { waiting } = this;
    this.waiting = [];
    this.job?.stop();
    return waiting;
  }

  async #work(): Promise<void> {
    if (this.#going) return;
    this.#going = true;
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      this.waiting = this.waiting.slice(1);
      const job = new Job(next);
      if (this.job !== null) this.ended = [...this.ended, this.job];
      this.job = job;
      await job.follow((request, onEvent) => this.#client.train(request, onEvent));
      await this.#onEnd(job);
      // A run that failed would most likely fail again with other seeds: what waits stays, and the person decides.
      if (job.status === 'failed') break;
    }
    this.#going = false;
  }

  /** Goes on with what waits, after a failure. */
  goOn(): void {
    void this.#work();
  }
}
