import type { ErrorCode, ErrorDetail } from '../../core/errors.ts';
import type { Price } from '../price.ts';
import type { Finish, ProviderId, Question, TeacherSettings, Usage } from '../providers/provider.ts';

/** How fast a job may ask, and how patiently. */
export interface Limits {
  /** Requests at the same time, from 1. */
  readonly concurrency: number;
  /** Null = as many as come. */
  readonly requestsPerMinute: number | null;
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** Tries of one question, the first among them; only what a second try may mend is tried again. */
  readonly attempts: number;
}

export const defaultLimits: Limits = { concurrency: 4, requestsPerMinute: null, timeoutMs: 120_000, attempts: 4 };

/** What an annotation job is, but for its questions and its teacher. Holds no key. */
export interface JobSpec {
  readonly id: string;
  readonly name: string;
  readonly provider: ProviderId;
  readonly settings: TeacherSettings;
  readonly limits: Limits;
  /** Null where nothing is paid or nobody knows: then there is no budget. */
  readonly price: Price | null;
  /** The job stops before it could cost more; null = no limit. */
  readonly budgetUsd: number | null;
}

/** The person's word over questions that a job does not ask by itself. */
export interface Again {
  /** Ask those again that failed for good. */
  readonly failed: boolean;
  /** Ask those again that were sent before a break and never answered: they may be charged twice. */
  readonly uncertain: boolean;
}

/**
 * `sent`: written down before it was sent. In a store that nobody works on it means that the answer was lost on the way, and
 * may have been charged. `open`: turned away without cost (key, quota, rate, network), to be asked when the job goes on.
 * `failed`: asked in vain, and asked again only on demand.
 */
export type AnswerStatus = 'sent' | 'answered' | 'failed' | 'open';

export interface StoredFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: ErrorDetail;
}

/** One request and what became of it. Identical requests have one record, whichever job asks. */
export interface AnswerRecord extends Usage {
  /** SHA-256 over provider, endpoint, model, settings, prompt text and number of the sample. */
  readonly key: string;
  /** The job that asked, and the first sentence it asked for. */
  readonly jobId: string;
  readonly sentenceId: string;
  readonly sample: number;
  readonly promptHash: string;
  readonly provider: ProviderId;
  readonly settings: TeacherSettings;
  readonly status: AnswerStatus;
  /** Times it was sent. */
  readonly attempts: number;
  /** The raw answer; empty until there is one. */
  readonly text: string;
  /** Null until there is an answer. */
  readonly finish: Finish | null;
  /** The model as the provider named it in its answer. */
  readonly model: string;
  /** From sending to the answer, milliseconds. */
  readonly ms: number;
  /** Of the answer; null where the job knows no price. Tokens that were not told are estimated. */
  readonly costUsd: number | null;
  /** The most that tries without an answer may have cost; null where the job knows no price. */
  readonly uncertainUsd: number | null;
  readonly failure: StoredFailure | null;
  /** Milliseconds since 1970, UTC: last sent, and ended (0 until then). */
  readonly sentMs: number;
  readonly endedMs: number;
}

/** Where a job keeps its requests: IndexedDB in the app, a file on the command line. */
export interface AnswerStore {
  /** The records that there are, by key. */
  load(keys: readonly string[]): Promise<ReadonlyMap<string, AnswerRecord>>;
  /** Resolves once it is kept for good. */
  save(record: AnswerRecord): Promise<void>;
}

/** How far a job is. Counts are of questions; costs are in USD and null without a price. */
export interface JobProgress {
  readonly total: number;
  /** With an answer, those of `reused` among them. */
  readonly answered: number;
  /** Answered before this job, or by an identical question of it: without cost. */
  readonly reused: number;
  readonly failed: number;
  /** Sent before a break and never answered: may have been charged, asked again only on demand. */
  readonly uncertain: number;
  readonly inFlight: number;
  /** Answers by how they ended. */
  readonly finishes: Readonly<Record<Finish, number>>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** What the answers of this job have cost, over all its sessions. */
  readonly spentUsd: number | null;
  /** The most that requests without an answer may have cost besides. */
  readonly uncertainUsd: number | null;
  /** Null until it can be told. */
  readonly secondsLeft: number | null;
}

/** What a job tells while it goes on. */
export type JobEvent =
  /** Once, before anything is sent, and then after each change. */
  | { readonly kind: 'progress'; readonly progress: JobProgress }
  /** Requests that have ended, in the order of their ends; answers that the store held already come first. */
  | { readonly kind: 'answers'; readonly records: readonly AnswerRecord[] }
  /** The provider wants a pause, or a try is waited for; `failure` says why. */
  | { readonly kind: 'held'; readonly ms: number; readonly failure: StoredFailure }
  | { readonly kind: 'paused'; readonly paused: boolean };

/** How a job ended; what it has is stored in any case. */
export type JobOutcome = { readonly progress: JobProgress } & (
  | { readonly kind: 'finished' | 'stopped' }
  /** The next request could have gone over the budget. */
  | { readonly kind: 'budget' }
  /** Every further request would have failed alike. */
  | { readonly kind: 'halted'; readonly failure: StoredFailure }
);

/** A job with everything it is made of. */
export interface JobInput {
  readonly spec: JobSpec;
  readonly questions: readonly Question[];
  readonly again: Again;
}
