import { sentenceOf, textOf, type ErrorText } from '../core/errorTexts.ts';
import type { Sentence } from '../data/types.ts';
import type { AnswerRecord, JobProgress, StoredFailure } from '../llm/job/types.ts';
import type { JobEvent, JobOutcome } from '../worker/annotateProtocol.ts';
import type { AnnotateHandle } from '../worker/client.ts';

export type AnnotateStatus = 'starting' | 'running' | 'paused' | 'stopping' | JobOutcome['kind'] | 'failed';

/** The last answers that are shown while a job goes on. */
const shownAnswers = 3;

/** An annotation job in the worker as the page sees it while it goes on, and after it has ended. */
export class AnnotateJob {
  readonly id: string;
  readonly name: string;
  readonly budgetUsd: number | null;

  status: AnnotateStatus = $state('starting');
  progress: JobProgress | null = $state.raw(null);
  /** Why nothing is sent just now, and until when (milliseconds since 1970). */
  held: { readonly failure: StoredFailure; readonly untilMs: number } | null = $state.raw(null);
  /** The newest answers as sentences with the labels that were read, the newest first. */
  last: readonly Sentence[] = $state.raw([]);
  /** Requests of this sitting that ended without an answer. */
  failed: readonly AnswerRecord[] = $state.raw([]);
  /** Why it ended early, or could not begin. */
  problem: ErrorText | null = $state.raw(null);

  readonly ended: boolean = $derived(!['starting', 'running', 'paused', 'stopping'].includes(this.status));
  /** 0 … 1 of the questions that this job can still come to. */
  readonly share: number = $derived(shareOf(this.progress));

  readonly #now: () => number;
  readonly #read: (record: AnswerRecord) => Sentence | null;
  #handle: AnnotateHandle | null = null;

  /** `read` labels a sentence by an answer to it. */
  constructor(
    { id, name, budgetUsd }: Pick<AnnotateJob, 'id' | 'name' | 'budgetUsd'>,
    now: () => number,
    read: (record: AnswerRecord) => Sentence | null,
  ) {
    this.#read = read;
    this.id = id;
    this.name = name;
    this.budgetUsd = budgetUsd;
    this.#now = now;
  }

  /** Follows the job to its end; never rejects: a failure is told by `status` and `problem`. */
  async follow(start: (onEvent: (event: JobEvent) => void) => AnnotateHandle): Promise<void> {
    try {
      this.#handle = start((event) => this.take(event));
      this.#end(await this.#handle.done);
    } catch (error) {
      this.problem = sentenceOf(error);
      this.status = 'failed';
    }
    this.held = null;
  }

  pause(): void {
    this.#handle?.pause();
  }

  continue(): void {
    this.#handle?.continue();
  }

  /** Lets what is in flight come in, since it is paid for; called again, it ends that too. */
  stop(): void {
    if (this.ended) return;
    this.status = 'stopping';
    this.#handle?.stop();
  }

  take(event: JobEvent): void {
    switch (event.kind) {
      case 'progress':
        this.progress = event.progress;
        if (this.status === 'starting') this.status = 'running';
        break;
      case 'answers': {
        const answered = event.records.filter(({ status }) => status === 'answered');
        const read = answered.slice(-shownAnswers).reverse();
        this.last = [...read.flatMap((record) => this.#read(record) ?? []), ...this.last].slice(0, shownAnswers);
        if (answered.length > 0) this.held = null;
        const failed = event.records.filter(({ status }) => status !== 'answered');
        if (failed.length > 0) this.failed = [...this.failed, ...failed];
        break;
      }
      case 'held':
        this.held = { failure: event.failure, untilMs: this.#now() + event.ms };
        break;
      case 'paused':
        if (this.status !== 'stopping') this.status = event.paused ? 'paused' : 'running';
        break;
    }
  }

  #end(outcome: JobOutcome): void {
    this.progress = outcome.progress;
    this.status = outcome.kind;
    if (outcome.kind === 'halted') this.problem = textOf(outcome.failure.code, outcome.failure.detail);
  }
}

function shareOf(progress: JobProgress | null): number {
  if (progress === null || progress.total === 0) return 0;
  return (progress.answered + progress.failed + progress.uncertain) / progress.total;
}
