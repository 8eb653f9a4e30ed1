import { costUsd } from '../price.ts';
import type { Question, Reply, TeacherAnswer, TeacherFailure } from '../providers/provider.ts';
import { keyOf } from './key.ts';
import { addPart, emptySums, type Sums } from './sums.ts';
import { greatestUsd, likelyInputTokens, likelyTokens } from './tokens.ts';
import type { AnswerRecord, JobProgress, JobSpec } from './types.ts';

/** One request of a job with all the questions that it answers. */
export interface Entry {
  readonly key: string;
  readonly question: Question;
  /** How many questions of the job are this request. */
  readonly questions: number;
  /** The most that one try may cost; null where that is not known. */
  readonly greatestUsd: number | null;
  /** As it was stored last; null before. */
  readonly record: AnswerRecord | null;
  /** `waiting` and `flying` are asked by this session; `resting` is not, be it answered or left alone. */
  readonly state: 'waiting' | 'flying' | 'resting';
}

/** The books of a job: each request with its record, and the sums over them. */
export class Ledger {
  readonly entries: readonly Entry[];
  readonly #spec: JobSpec;
  readonly #sums: Sums = emptySums();

  constructor(spec: JobSpec, questions: readonly Question[]) {
    this.#spec = spec;
    const byKey = new Map<string, Question[]>();
    for (const question of questions) {
      const key = keyOf(spec, question);
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, [question]);
      else same.push(question);
    }
    this.entries = [...byKey].map(([key, same]): Entry => {
      const question = same[0]!;
      const most = greatestUsd(question.prompt, spec.settings, spec.price);
      return { key, question, questions: same.length, greatestUsd: most, record: null, state: 'resting' };
    });
    for (const entry of this.entries) addPart(this.#sums, entry, spec.id, 1);
  }

  /** The one place where an entry changes, so that the sums hold. */
  change(entry: Entry, change: Partial<Pick<Entry, 'record' | 'state'>>): void {
    addPart(this.#sums, entry, this.#spec.id, -1);
    Object.assign(entry, change);
    addPart(this.#sums, entry, this.#spec.id, 1);
  }

  /** The record of a request that is about to be sent. A former try that nobody knows the end of may have cost its most. */
  sent({ key, question, record, greatestUsd: most }: Entry, today: number): AnswerRecord {
    const { id, provider, settings, price } = this.#spec;
    const lost = record?.status === 'sent' ? (most ?? 0) : 0;
    return {
      key,
      jobId: id,
      sentenceId: question.sentenceId,
      sample: question.sample,
      promptHash: question.prompt.hash,
      provider,
      settings,
      status: 'sent',
      attempts: (record?.attempts ?? 0) + 1,
      text: '',
      finish: null,
      model: '',
      inputTokens: null,
      outputTokens: null,
      ms: 0,
      costUsd: null,
      uncertainUsd: price === null ? null : (record?.uncertainUsd ?? 0) + lost,
      failure: null,
      sentMs: today,
      endedMs: 0,
    };
  }

  /** What a reply makes of a record. */
  ended(entry: Entry, sent: AnswerRecord, reply: Reply, ms: number, today: number): AnswerRecord {
    const ending = { ...sent, ms, endedMs: today };
    return reply.ok ? this.#answered(entry, ending, reply.answer) : turnedDown(entry, ending, reply.failure);
  }

  #answered({ question }: Entry, record: AnswerRecord, answer: TeacherAnswer): AnswerRecord {
    const { price, settings } = this.#spec;
    const { text, finish, model, inputTokens, outputTokens } = answer;
    const tokens = {
      inputTokens: inputTokens ?? likelyInputTokens(question.prompt, settings),
      outputTokens: outputTokens ?? likelyTokens(text),
    };
    const cost = price === null ? null : costUsd(price, tokens);
    return { ...record, status: 'answered', text, finish, model, inputTokens, outputTokens, costUsd: cost };
  }

  /** USD that are gone, may be gone, and may go for what is in flight: what a budget is held against. */
  committedUsd(): number {
    const { spentUsd, uncertainUsd, flyingUsd } = this.#sums;
    return spentUsd + uncertainUsd + flyingUsd;
  }

  progress(secondsLeft: number | null): JobProgress {
    const { spentUsd, uncertainUsd, finishes } = this.#sums;
    const usd = (sum: number) => (this.#spec.price === null ? null : Math.max(0, sum)); // sums of floats may end below 0
    const { total, answered, reused, failed, uncertain, inFlight, inputTokens, outputTokens } = this.#sums;
    return {
      ...{ total, answered, reused, failed, uncertain, inFlight, inputTokens, outputTokens },
      finishes: { ...finishes },
      spentUsd: usd(spentUsd),
      uncertainUsd: usd(uncertainUsd),
      secondsLeft,
    };
  }
}

/** A request that got no answer: `open` where it cost nothing, so that it is asked again by itself; `failed` otherwise. */
function turnedDown({ greatestUsd: most }: Entry, record: AnswerRecord, failure: TeacherFailure): AnswerRecord {
  const { code, message, detail, mayBeCharged } = failure;
  const lost = mayBeCharged ? (most ?? 0) : 0;
  return {
    ...record,
    status: mayBeCharged ? 'failed' : 'open',
    uncertainUsd: record.uncertainUsd === null ? null : record.uncertainUsd + lost,
    failure: { code, message, detail },
  };
}
