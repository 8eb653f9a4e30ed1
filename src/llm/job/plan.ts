import { AppError } from '../../core/errors.ts';
import { costUsd } from '../price.ts';
import { keyOf } from './key.ts';
import { greatestOutputTokens, greatestUsd, likelyInputTokens } from './tokens.ts';
import type { AnswerRecord, JobInput, JobSpec } from './types.ts';

/** What is assumed of one answer before any has come; what a job has measured goes before it. */
export interface Assumed {
  readonly outputTokens: number;
  /** From sending to the answer. */
  readonly ms: number;
}

/**
 * Tokens by the mean length of the sample's recorded answers (62 and 496 bytes, some 3 bytes a token in short JSON and notes);
 * time at 60 tokens a second after a start of 0.8 s, a guess at hosted models of middle size.
 */
export const assumed = {
  standard: { outputTokens: 21, ms: 1200 },
  cot: { outputTokens: 165, ms: 3600 },
} as const satisfies Readonly<Record<string, Assumed>>;

/** What a job would take. Costs in USD, null without a price. */
export interface JobPlan {
  readonly questions: number;
  /** Questions that are asked: without those that have an answer, that failed, or that equal another. */
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** The most it may cost, every answer as long as it may be; null without a limit of tokens. */
  readonly greatestUsd: number | null;
  readonly seconds: number;
}

/** Counts the requests of a job from their real text, before anything is sent; `known` are the store's records by key. */
export function planJob(
  { spec, questions, again }: JobInput,
  known: ReadonlyMap<string, AnswerRecord>,
  { outputTokens, ms }: Assumed,
): JobPlan {
  const { settings, price, limits } = spec;
  const seen = new Set<string>();
  let [requests, inputTokens] = [0, 0];
  let greatest: number | null = 0;
  for (const question of questions) {
    const key = keyOf(spec, question);
    if (seen.has(key) || !isAsked(known.get(key), again)) continue;
    seen.add(key);
    requests++;
    inputTokens += likelyInputTokens(question.prompt, settings);
    const most = greatestUsd(question.prompt, settings, price);
    greatest = greatest === null || most === null ? null : greatest + most;
  }
  const output = requests * outputTokens;
  const byRate = limits.requestsPerMinute === null ? 0 : (requests * 60) / limits.requestsPerMinute;
  return {
    questions: questions.length,
    requests,
    inputTokens,
    outputTokens: output,
    costUsd: price === null ? null : costUsd(price, { inputTokens, outputTokens: output }),
    greatestUsd: greatest,
    seconds: Math.max(byRate, (requests * ms) / 1000 / limits.concurrency),
  };
}

/** Whether a question with this record is to be sent. */
export function isAsked(record: AnswerRecord | undefined, again: JobInput['again']): boolean {
  switch (record?.status) {
    case undefined:
    case 'open':
      return true;
    case 'answered':
      return false;
    case 'failed':
      return again.failed;
    case 'sent':
      return again.uncertain;
  }
}

/** Throws `config-invalid` for a job that cannot be run as it is. */
export function checkJob({ limits, budgetUsd, price, settings }: JobSpec): void {
  const invalid = (field: string, value: number | string, range: string) =>
    new AppError('config-invalid', `${field}: ${range}`, { field, value: String(value), range });
  const whole = (field: string, value: number, min: number) => {
    if (!Number.isInteger(value) || value < min) throw invalid(field, value, `a whole number from ${String(min)}`);
  };
  whole('concurrency', limits.concurrency, 1);
  whole('attempts', limits.attempts, 1);
  const positive = (field: string, value: number | null) => {
    if (value !== null && !(Number.isFinite(value) && value > 0)) throw invalid(field, value, 'a number above 0');
  };
  positive('requests a minute', limits.requestsPerMinute);
  positive('time of a request', limits.timeoutMs);
  if (budgetUsd === null) return;
  if (!(Number.isFinite(budgetUsd) && budgetUsd >= 0)) throw invalid('budget', budgetUsd, 'a number from 0');
  if (price === null) throw invalid('budget', budgetUsd, 'empty, or the price of the model must be given');
  if (greatestOutputTokens(settings) === null)
    throw invalid(
      'budget',
      budgetUsd,
      'empty, or the most tokens of an answer must be given: nothing else limits its cost',
    );
}
