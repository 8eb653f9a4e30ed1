import { Gate } from './gate.ts';

/** Steers a job: a first stop lets what is in flight end, since it is paid for; a second ends that too. */
export class JobControl {
  readonly gate = new Gate();
  readonly #abort = new AbortController();

  get abort(): AbortSignal {
    return this.#abort.signal;
  }

  pause(): void {
    this.gate.pause();
  }

  continue(): void {
    this.gate.continue();
  }

  /** Runs have single steps, jobs have none. */
  step(): void {
    this.pause();
  }

  stop(): void {
    if (this.gate.signal.aborted) this.#abort.abort();
    this.gate.stop();
  }
}
