import { AppError, messageOf } from '../../core/errors.ts';
import type { Reply, Teacher, TeacherFailure } from '../providers/provider.ts';
import { Bell } from './bell.ts';
import { Ledger, type Entry } from './ledger.ts';
import { checkJob, isAsked } from './plan.ts';
import { failuresInARow, longestWaitMs, policyOf, waitMs } from './retry.ts';
import type { AnswerRecord, AnswerStore, JobEvent, JobInput, JobOutcome, StoredFailure } from './types.ts';

/** What a job needs of the place it runs in. */
export interface JobEnv {
  readonly teacher: Teacher;
  readonly store: AnswerStore;
  /** Milliseconds since 1970, UTC. */
  today(): number;
  /** Milliseconds of a clock that only goes forward and stands still while the job is paused. */
  now(): number;
  /** A number in [0, 1), to spread tries. */
  random(): number;
  /** Before the first second try; doubles with each. */
  readonly firstWaitMs?: number;
  /** Returns when the next request may be sent or the job is to stop; tells when holding begins and ends. */
  pass(onHeld: (held: boolean) => void): Promise<void>;
  /** Ends the job once what is in flight has ended. */
  readonly stop: AbortSignal;
  /** Ends what is in flight too; those requests stay as sent and may be charged. */
  readonly abort: AbortSignal;
  onEvent(event: JobEvent): void;
}

/** Why a job sends nothing more. */
type End = { readonly kind: 'stopped' | 'budget' } | { readonly kind: 'halted'; readonly failure: StoredFailure };

/**
 * Asks a teacher every question that has no answer yet. A request is stored as sent before it is sent, and its answer when
 * it comes, so that an end at any moment loses no answer and asks nothing twice. Throws `config-invalid` for a job that
 * cannot be run and the error of a store that cannot be read; everything later is told by the outcome.
 */
export async function runJob(input: JobInput, env: JobEnv): Promise<JobOutcome> {
  checkJob(input.spec);
  return new Job(input, env).run();
}

/** What is done with a request that has ended: nothing, or another try after `ms`. */
type Next =
  | { readonly kind: 'rest' }
  | {
      readonly kind: 'again';
      readonly count: number;
      readonly ms: number;
      readonly holdsAll: boolean;
      readonly failure: StoredFailure;
    };
const rest: Next = { kind: 'rest' };

/** One session of a job: a loop that sends, one request at a time, and the replies that come back to it. */
class Job {
  readonly #input: JobInput;
  readonly #env: JobEnv;
  readonly #ledger: Ledger;
  readonly #bell = new Bell();
  readonly #waiting: Entry[] = [];
  /** When a request that waits for another try may be sent, and how often this session has sent it. */
  readonly #tries = new Map<Entry, { readonly notBefore: number; readonly count: number }>();
  readonly #unsaved: AnswerRecord[] = [];
  #flying = 0;
  /** No request at all before this moment. */
  #heldUntil = -Infinity;
  #nextByRate = -Infinity;
  #inARow = 0;
  #ended = 0;
  #firstSentAt: number | null = null;
  #end: End | null = null;

  constructor(input: JobInput, env: JobEnv) {
    this.#input = input;
    this.#env = env;
    this.#ledger = new Ledger(input.spec, input.questions);
  }

  async run(): Promise<JobOutcome> {
    await this.#begin();
    const onStop = () => this.#bell.ring();
    this.#env.stop.addEventListener('abort', onStop);
    while (!this.#over() && this.#waiting.length + this.#flying > 0) await this.#oneTurn();
    while (this.#flying > 0) await this.#bell.wait(null);
    this.#env.stop.removeEventListener('abort', onStop);
    for (const record of this.#unsaved) await this.#env.store.save(record).catch(() => undefined); // told already
    for (const entry of this.#waiting) this.#ledger.change(entry, { state: 'resting' });
    const progress = this.#tell();
    return this.#end === null ? { kind: 'finished', progress } : { ...this.#end, progress };
  }

  async #begin(): Promise<void> {
    const { entries } = this.#ledger;
    const known = await this.#env.store.load(entries.map(({ key }) => key));
    for (const entry of entries) {
      const record = known.get(entry.key);
      const asked = isAsked(record, this.#input.again);
      this.#ledger.change(entry, { record: record ?? null, state: asked ? 'waiting' : 'resting' });
      if (asked) this.#waiting.push(entry);
    }
    this.#tell();
    const records = [...known.values()].filter(({ status }) => status === 'answered');
    if (records.length > 0) this.#env.onEvent({ kind: 'answers', records });
  }

  /** Whether nothing more is to be sent. */
  #over(): boolean {
    if (this.#env.stop.aborted) this.#end ??= { kind: 'stopped' };
    return this.#end !== null;
  }

  /** Sends one request, or waits for whatever has to happen first. */
  async #oneTurn(): Promise<void> {
    if (this.#waiting.length > 0) await this.#env.pass((paused) => this.#env.onEvent({ kind: 'paused', paused }));
    if (this.#over()) return;
    const { limits, budgetUsd } = this.#input.spec;
    const now = this.#env.now();
    const next = this.#firstReady(now);
    if (this.#flying >= limits.concurrency || next === null) {
      const until = this.#flying >= limits.concurrency ? null : this.#nextMoment();
      return this.#bell.wait(until === null ? null : Math.max(0, until - now));
    }
    if (budgetUsd !== null && this.#ledger.committedUsd() + (next.greatestUsd ?? 0) > budgetUsd) {
      if (this.#flying > 0) return this.#bell.wait(null); // what comes back may have cost less than it might
      this.#end = { kind: 'budget' };
      return;
    }
    if (limits.requestsPerMinute !== null) this.#nextByRate = now + 60_000 / limits.requestsPerMinute;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    void this.#send(next);
  }

  #firstReady(now: number): Entry | null {
    if (now < this.#heldUntil || now < this.#nextByRate) return null;
    return this.#waiting.find((entry) => (this.#tries.get(entry)?.notBefore ?? -Infinity) <= now) ?? null;
  }

  /** When a request may be sent next; null where only something in flight can tell. */
  #nextMoment(): number | null {
    if (this.#waiting.length === 0) return null;
    const moments = this.#waiting.map((entry) => this.#tries.get(entry)?.notBefore ?? -Infinity);
    return Math.max(this.#heldUntil, this.#nextByRate, Math.min(...moments));
  }

  /** Never rejects: whatever happens is in the books, and the bell rings. */
  async #send(entry: Entry): Promise<void> {
    const { store, today, now } = this.#env;
    this.#flying++;
    this.#ledger.change(entry, { state: 'flying' });
    let next = rest;
    try {
      const sent = this.#ledger.sent(entry, today());
      await store.save(sent);
      this.#ledger.change(entry, { record: sent });
      this.#tell();
      const startedAt = now();
      this.#firstSentAt ??= startedAt;
      const reply = await this.#ask(entry);
      if (reply !== null) next = await this.#take(entry, sent, reply, Math.round(now() - startedAt));
    } catch (error) {
      this.#halt(error); // nothing was sent, or nothing came of it: the record says which
    }
    this.#flying--;
    this.#settle(entry, next);
    this.#tell();
    this.#bell.ring();
  }

  /** The reply; null where the request was aborted. A teacher that throws otherwise is broken, and the job ends. */
  async #ask(entry: Entry): Promise<Reply | null> {
    try {
      return await this.#env.teacher.ask(entry.question, this.#env.abort);
    } catch (error) {
      if (this.#env.abort.aborted) return null;
      throw error;
    }
  }

  /** Stores what came of a request, and says what is to be done next. */
  async #take(entry: Entry, sent: AnswerRecord, reply: Reply, ms: number): Promise<Next> {
    const ended = this.#ledger.ended(entry, sent, reply, ms, this.#env.today());
    if (reply.ok) this.#inARow = 0;
    const { record, next } = reply.ok ? { record: ended, next: rest } : this.#failed(entry, ended, reply.failure);
    this.#ledger.change(entry, { record });
    try {
      await this.#env.store.save(record);
    } catch (error) {
      this.#unsaved.push(record); // it is told to the page all the same, and tried again at the end
      this.#halt(error);
    }
    if (next.kind === 'rest') {
      this.#ended++;
      this.#env.onEvent({ kind: 'answers', records: [record] });
    }
    return next;
  }

  /** Another try, the end of the question, or the end of the job. */
  #failed(entry: Entry, ended: AnswerRecord, failure: TeacherFailure): { record: AnswerRecord; next: Next } {
    const { again, halts, holdsAll } = policyOf(failure);
    const count = (this.#tries.get(entry)?.count ?? 0) + 1;
    const ms = waitMs(failure, count, this.#env.firstWaitMs ?? 1000, this.#env.random());
    const { code, message, detail } = failure;
    const stored: StoredFailure = { code, message, detail: { ...detail, attempts: count } };
    const record = { ...ended, failure: stored };
    if (again && count < this.#input.spec.limits.attempts && ms <= longestWaitMs) {
      return { record, next: { kind: 'again', count, ms, holdsAll, failure: stored } };
    }
    if (halts || ++this.#inARow >= failuresInARow) this.#end ??= { kind: 'halted', failure: stored };
    return { record: halts ? record : { ...record, status: 'failed' }, next: rest };
  }

  #settle(entry: Entry, next: Next): void {
    if (next.kind === 'rest' || this.#over()) {
      this.#ledger.change(entry, { state: 'resting' });
      return;
    }
    const { count, ms, holdsAll, failure } = next;
    const notBefore = this.#env.now() + ms;
    if (holdsAll) this.#heldUntil = Math.max(this.#heldUntil, notBefore);
    this.#tries.set(entry, { notBefore, count });
    this.#ledger.change(entry, { state: 'waiting' });
    this.#waiting.unshift(entry);
    this.#env.onEvent({ kind: 'held', ms, failure });
  }

  #halt(error: unknown): void {
    const reason = messageOf(error);
    const { code, message, detail } =
      error instanceof AppError ? error : new AppError('worker-failed', reason, { reason });
    this.#end ??= { kind: 'halted', failure: { code, message, detail } };
  }

  /** Tells how far the job is, and gives it. */
  #tell() {
    const started = this.#firstSentAt;
    const each = started === null || this.#ended === 0 ? null : (this.#env.now() - started) / this.#ended;
    const left = this.#waiting.length + this.#flying;
    const progress = this.#ledger.progress(each === null ? null : (left * each) / 1000);
    this.#env.onEvent({ kind: 'progress', progress });
    return progress;
  }
}
