import * as v from 'valibot';
import { parseJson } from '../core/decode.ts';
import { linesOf } from '../data/formats/lines.ts';
import type { Finding } from '../data/types.ts';
import type { Finish } from './providers/provider.ts';

/** A teacher's raw answer to one sentence, with the line of the file that it stands on. */
export interface RawAnswer {
  readonly id: string;
  readonly response: string;
  readonly line: number;
  /** How the provider says that it ended; absent where nobody said. */
  readonly finish?: Finish;
}

const answerSchema = v.object({
  id: v.union([v.string(), v.number()]),
  response: v.string(),
  finish: v.optional(v.picklist(['complete', 'cut-off', 'refused', 'empty'])),
});

/** Reads recorded answers, `{"id", "response", "finish"?}` a line; a line that is none becomes a finding. Never throws. */
export function readAnswers(text: string): { answers: RawAnswer[]; findings: Finding[] } {
  const answers: RawAnswer[] = [];
  const findings: Finding[] = [];
  linesOf(text).forEach((content, i) => {
    if (content.trim() === '') return;
    const line = i + 1;
    const parsed = parseJson(content);
    const decoded = parsed.ok ? v.safeParse(answerSchema, parsed.value) : null;
    if (decoded?.success === true) {
      const { id, response, finish } = decoded.output;
      answers.push({ id: String(id), response, line, ...(finish && { finish }) });
      return;
    }
    const code = decoded === null ? 'malformed-line' : 'missing-field';
    const problem = decoded === null ? 'This is not JSON.' : 'An object with “id” and “response” is needed.';
    findings.push({ code, severity: 'error', line, message: `${problem} The line was left out.` });
  });
  return { answers, findings };
}
