import { parseJson } from '../core/decode.ts';
import { linesOf } from '../data/formats/lines.ts';
import type { Finding } from '../data/types.ts';
import { readChat } from './batch/chat.ts';
import { readAnswerLine } from './batch/readLine.ts';
import type { Finish, TeacherAnswer } from './providers/provider.ts';

/** A teacher's raw answer to one sentence, with the line of the file that it stands on. */
export interface RawAnswer {
  /** Of the sentence: its own, or its `batchIdOf`. */
  readonly id: string;
  readonly response: string;
  readonly line: number;
  /** Which of several answers to one sentence, from 0; absent is 0. */
  readonly sample?: number;
  /** How the provider says that it ended; absent where nobody said. */
  readonly finish?: Finish;
  /** What the provider told besides, where the file has it: model and tokens. */
  readonly teacher?: TeacherAnswer;
}

/**
 * Reads recorded answers of any form that `batchFiles` writes requests for: `{"id", "response", "finish"?, "sample"?}` a line,
 * what a batch of OpenAI or Anthropic gives back, or what a chat answered. In any order; a line that is no answer, and a
 * request that failed, become findings. Never throws.
 */
export function readAnswers(text: string): { answers: RawAnswer[]; findings: Finding[] } {
  const answers: RawAnswer[] = [];
  const findings: Finding[] = [];
  const note = (code: Finding['code'], line: number, message: string) =>
    findings.push({ code, severity: 'error', line, message });
  let known = 0;
  linesOf(text).forEach((content, i) => {
    if (content.trim() === '') return;
    const line = i + 1;
    const parsed = parseJson(content);
    const read = parsed.ok ? readAnswerLine(parsed.value) : null;
    if (read !== null) known++;
    if (read?.kind === 'answer') {
      const { id, response, sample, finish, teacher } = read;
      answers.push({
        ...{ id, response, line },
        ...(sample > 0 && { sample }),
        ...(finish && { finish }),
        ...(teacher && { teacher }),
      });
    } else if (read?.kind === 'failed') {
      note('answer-failed', line, `The request for ${read.id} failed: ${read.reason}. It may be asked again.`);
    } else if (parsed.ok) {
      note('missing-field', line, 'An object with “id” and “response” is needed. The line was left out.');
    } else note('malformed-line', line, 'This is not JSON. The line was left out.');
  });
  if (known > 0) return { answers, findings };
  // Not one line of a known form: a chat's answer is text with JSON in it.
  const chat = readChat(text);
  return chat.length > 0 ? { answers: chat, findings: [] } : { answers, findings };
}

/** Answers by the number of their sample: for each number a list as for a teacher who was asked once; at least one list. */
export function bySample(answers: readonly RawAnswer[]): readonly (readonly RawAnswer[])[] {
  const count = answers.reduce((most, { sample = 0 }) => Math.max(most, sample + 1), 1);
  return Array.from({ length: count }, (_, number) => answers.filter(({ sample = 0 }) => sample === number));
}
