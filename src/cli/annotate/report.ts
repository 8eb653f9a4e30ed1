import { textOf } from '../../core/errorTexts.ts';
import type { RawAnswer } from '../../llm/answerFile.ts';
import type { Grounded } from '../../llm/groundAnswers.ts';
import { keyOf } from '../../llm/job/key.ts';
import { planJob, type JobPlan } from '../../llm/job/plan.ts';
import type { JobInput, JobOutcome } from '../../llm/job/types.ts';
import { httpProviders } from '../../llm/providers/httpTeacher.ts';
import type { ExitCode } from '../command.ts';
import { labelCounts } from '../labelCounts.ts';
import { statusWords } from '../statusWords.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';
import type { FileStore } from './fileStore.ts';
import { planLine } from './progressLine.ts';
import type { Asked } from './request.ts';

const keysOf = ({ questions, spec }: JobInput) => questions.map((question) => keyOf(spec, question));

/** What the job would take, less what the store has already. */
export async function planWith({ assumed }: Asked, job: JobInput, store: FileStore | null): Promise<JobPlan> {
  return planJob(job, (await store?.load(keysOf(job))) ?? new Map(), assumed);
}

export function sayPlan({ priceNote, spec }: Asked, plan: JobPlan, terminal: Terminal): void {
  if (priceNote !== '') terminal.say(priceNote);
  terminal.say(planLine(plan, !Object.hasOwn(httpProviders, spec.provider)));
}

/** Says what of the store is used, and what is not. */
export async function sayStore(store: FileStore, job: JobInput, path: string, terminal: Terminal): Promise<void> {
  for (const line of store.damagedLines) terminal.say(`${path}:${String(line)}: no whole record; passed over`);
  if (store.before === 0) return;
  const used = (await store.load(keysOf(job))).size;
  const rest = store.before - used;
  const other = rest === 0 ? '' : `; ${String(rest)} more for other settings, prompts or sentences`;
  terminal.say(`${path}: ${counted(used, 'request')} of this job${other}`);
}

/** The raw answers that the store has for the questions of a job. */
export async function answersOf(job: JobInput, store: FileStore): Promise<RawAnswer[]> {
  const keys = keysOf(job);
  const records = await store.load(keys);
  return job.questions.flatMap(({ sentenceId, sample }, i): RawAnswer[] => {
    const record = records.get(keys[i]!);
    if (record?.status !== 'answered' || record.finish === null) return [];
    return [{ id: sentenceId, sample, response: record.text, line: i + 1, finish: record.finish }];
  });
}

const failureOf = (outcome: JobOutcome) =>
  outcome.kind === 'halted' ? textOf(outcome.failure.code, outcome.failure.detail) : null;

/** Says why the job ended and what to do next; before anything is written, for a format may refuse what is not labelled. */
export function sayOutcome(outcome: JobOutcome, terminal: Terminal): void {
  const { kind } = outcome;
  const { failed, uncertain } = outcome.progress;
  const failure = failureOf(outcome);
  if (failure !== null) terminal.say(`vermeil: ${failure.what}\n${failure.next}`);
  if (kind === 'budget') {
    terminal.say('The next request could have gone over the budget. Go on with a higher --budget and --resume.');
  }
  if (kind === 'stopped') terminal.say('Stopped. Go on with the same options and --resume.');
  if (failed > 0) terminal.say(`${counted(failed, 'question')} failed: --resume --again failed asks again.`);
  if (uncertain > 0) {
    const what = `${counted(uncertain, 'question')} may have been charged without an answer`;
    terminal.say(`${what}: --resume --again uncertain asks again.`);
  }
}

/** Gives what was written. */
export function tellOutcome(
  outcome: JobOutcome,
  out: string,
  { sentences, statuses }: Pick<Grounded, 'sentences' | 'statuses'>,
  terminal: Terminal,
): ExitCode {
  const { progress, kind } = outcome;
  const spans = Object.values(labelCounts(sentences)).reduce((sum, n) => sum + n, 0);
  const failure = failureOf(outcome);
  terminal.answer(
    `${out}: ${counted(progress.answered, 'answer')} to ${counted(progress.total, 'question')}, ${counted(spans, 'span')} (${statusWords(statuses)})`,
    { outcome: kind, out, progress, spans, statuses, ...(failure !== null && { failure }) },
  );
  return kind === 'finished' ? 0 : 1;
}
