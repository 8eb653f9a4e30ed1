import type { JobEvent } from '../llm/job/types.ts';

/** Milliseconds between two messages about progress and answers. */
const everyMs = 50;

/** Puts progress and answers together, so that a fast job does not flood the page; all else is told at once, in order. */
export class JobEvents {
  readonly #tell: (event: JobEvent) => void;
  #progress: JobEvent | null = null;
  #answers: Extract<JobEvent, { kind: 'answers' }>['records'] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(tell: (event: JobEvent) => void) {
    this.#tell = tell;
  }

  take(event: JobEvent): void {
    if (event.kind === 'progress') this.#progress = event;
    else if (event.kind === 'answers') this.#answers = [...this.#answers, ...event.records];
    else {
      this.flush();
      this.#tell(event);
      return;
    }
    this.#timer ??= setTimeout(() => this.flush(), everyMs);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#answers.length > 0) this.#tell({ kind: 'answers', records: this.#answers });
    if (this.#progress !== null) this.#tell(this.#progress);
    this.#answers = [];
    this.#progress = null;
  }
}
