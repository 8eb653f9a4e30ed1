import * as v from 'valibot';
import { parseJson } from '../core/decode.ts';
import { linesOf } from '../data/formats/lines.ts';
import type { Finding } from '../data/types.ts';

/** A teacher's raw answer to one sentence, with the line of the file that it stands on. */
export interface RawAnswer {
  readonly id: string;
  readonly response: string;
  readonly line: number;
}

const answerSchema = v.object({ id: v.union([v.string(), v.number()]), response: v.string() });

/** Reads recorded answers, `{"id", "response"}` a line; a line that is none becomes a finding. Never throws. */
export function readAnswers(text: string): { answers: RawAnswer[]; findings: Finding[] } {
  const answers: RawAnswer[] = [];
  const findings: Finding[] = [];
  linesOf(text).forEach((content, i) => {
    if (content.trim() === '') return;
    const line = i + 1;
    const parsed = parseJson(content);
    const decoded = parsed.ok ? v.safeParse(answerSchema, parsed.value) : null;
    if (decoded?.success === true) {
      answers.push({ id: String(decoded.output.id), response: decoded.output.response, line });
      return;
    }
    const code = decoded === null ? 'malformed-line' : 'missing-field';
    const problem = decoded === null ? 'This is not JSON.' : 'An object with “id” and “response” is needed.';
    findings.push({ code, severity: 'error', line, message: `${problem} The line was left out.` });
  });
  return { answers, findings };
}
