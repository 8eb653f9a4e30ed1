import type { Finding } from '../data/types.ts';
import type { RawAnswer } from '../llm/answerFile.ts';
import { batchIdOf } from '../llm/batch/customId.ts';
import { keyOf } from '../llm/job/key.ts';
import type { AnswerRecord, JobProgress, JobSpec } from '../llm/job/types.ts';
import type { Finish, Question } from '../llm/providers/provider.ts';

/** What a file of answers brought to the questions of a job. */
export interface BroughtAnswers {
  /** To be stored: answers to questions that had none. */
  readonly records: readonly AnswerRecord[];
  /** The answers that those records hold, under the ids of their sentences. */
  readonly answers: readonly RawAnswer[];
  readonly findings: readonly Finding[];
  /** Answers that were here before, word for word. */
  readonly known: number;
}

/**
 * Puts the answers of a file to the questions of a job, in whatever order they come. An answer to no question is told; of
 * several to one question the first counts, here and over files; the others are told, and those that say the same are counted.
 */
export function bringAnswers(
  spec: JobSpec,
  questions: readonly Question[],
  before: readonly (AnswerRecord | null)[],
  answers: readonly RawAnswer[],
  nowMs: number,
): BroughtAnswers {
  const places = new Map<string, number>();
  questions.forEach(({ sentenceId, sample }, i) => {
    places.set(placeOf(batchIdOf(sentenceId), sample), i);
  });
  questions.forEach(({ sentenceId, sample }, i) => places.set(placeOf(sentenceId, sample), i)); // its own id goes before
  const here = new Map(before.flatMap((record, i) => (record?.status === 'answered' ? [[i, record] as const] : [])));
  const records: AnswerRecord[] = [];
  const added: RawAnswer[] = [];
  const findings: Finding[] = [];
  let known = 0;
  const told = (code: Finding['code'], line: number, message: string) =>
    findings.push({ code, severity: 'error', line, message });
  for (const answer of answers) {
    const { id, sample = 0, line, response } = answer;
    const place = places.get(placeOf(id, sample));
    const which = sample > 0 ? `${id}, answer ${String(sample + 1)}` : id;
    if (place === undefined) {
      told('answer-unknown', line, `Nothing was asked about ${which}.`);
      continue;
    }
    const first = here.get(place);
    if (first?.text === response) known++;
    else if (first !== undefined)
      told('duplicate-id', line, `Sentence ${which} has an answer before; this one was left out.`);
    else {
      const record = recordOf(spec, questions[place]!, answer, nowMs);
      here.set(place, record);
      records.push(record);
      added.push({ ...answer, id: record.sentenceId });
    }
  }
  return { records, answers: added, findings, known };
}

function placeOf(id: string, sample: number): string {
  return `${String(sample)} ${id}`;
}

/** An answer by file as if it had come over the network. What a batch costs is not known: providers give rebates on them. */
function recordOf(
  spec: JobSpec,
  question: Question,
  { response, finish, teacher }: RawAnswer,
  nowMs: number,
): AnswerRecord {
  const said: Finish = finish ?? (response.trim() === '' ? 'empty' : 'complete');
  return {
    key: keyOf(spec, question),
    jobId: spec.id,
    sentenceId: question.sentenceId,
    sample: question.sample,
    promptHash: question.prompt.hash,
    provider: spec.provider,
    settings: spec.settings,
    status: 'answered',
    attempts: 1,
    text: response,
    finish: said,
    model: teacher?.model ?? '',
    inputTokens: teacher?.inputTokens ?? null,
    outputTokens: teacher?.outputTokens ?? null,
    ms: 0,
    ...{ costUsd: null, uncertainUsd: null, failure: null },
    sentMs: nowMs,
    endedMs: nowMs,
  };
}

/** How far a job by files has come. */
export function progressByFiles(records: readonly (AnswerRecord | null)[]): JobProgress {
  const answered = records.filter((record) => record?.status === 'answered');
  const finishes: Record<Finish, number> = { complete: 0, 'cut-off': 0, refused: 0, empty: 0 };
  for (const record of answered) if (record?.finish != null) finishes[record.finish]++;
  const sum = (of: (record: AnswerRecord) => number | null) =>
    answered.reduce((total, record) => total + (record === null ? 0 : (of(record) ?? 0)), 0);
  return {
    ...{ total: records.length, answered: answered.length, reused: 0, failed: 0, uncertain: 0, inFlight: 0, finishes },
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    ...{ spentUsd: null, uncertainUsd: null, secondsLeft: null },
  };
}
