import * as v from 'valibot';
import { parseJson, preview } from '../../core/decode.ts';
import { spanFindings } from '../checks.ts';
import type { Finding, FindingCode, Sentence, Span } from '../types.ts';
import { wordsOf } from '../words.ts';
import type { Format, ReadResult } from './format.ts';
import { linesOf } from './lines.ts';

/**
 * JSON lines: `{"id"?, "text", "spans"?: [{"start", "end", "label"}], "meta"?}`, offsets in UTF-16 code units. A line
 * without `spans` is not labelled; other members are ignored. Words are those of `wordsOf`.
 */
export const jsonl: Format = {
  id: 'jsonl',
  name: 'JSON lines',
  what: 'one object a line: {"text": …, "spans": [{"start", "end", "label"}]}',
  extensions: ['.jsonl', '.ndjson', '.json'],
  detect: (lines) => lines.filter(looksLikeSentence).length / lines.length,
  read,
  write: (sentences) => sentences.map((sentence) => `${lineOf(sentence)}\n`).join(''),
};

const spanSchema = v.object({
  start: v.pipe(v.number(), v.integer()),
  end: v.pipe(v.number(), v.integer()),
  label: v.pipe(v.string(), v.trim(), v.nonEmpty()),
});
const lineSchema = v.object({
  id: v.optional(v.union([v.string(), v.number()])),
  text: v.string(),
  spans: v.nullish(v.array(v.unknown())),
  meta: v.nullish(v.record(v.string(), v.unknown())),
});
type Line = v.InferOutput<typeof lineSchema>;

function looksLikeSentence(line: string): boolean {
  const parsed = parseJson(line);
  return parsed.ok && v.is(v.object({ text: v.string() }), parsed.value);
}

function read(text: string, stem: string): ReadResult {
  const sentences: Sentence[] = [];
  const findings: Finding[] = [];
  linesOf(text).forEach((content, i) => {
    if (content.trim() === '') return;
    const line = i + 1;
    const refuse = (code: FindingCode, message: string) => {
      findings.push({ code, severity: 'error', line, message: `${message} The line was left out.` });
    };
    const parsed = parseJson(content);
    if (!parsed.ok) {
      refuse('malformed-line', `This is not JSON: ${parsed.reason}.`);
      return;
    }
    const decoded = v.safeParse(lineSchema, parsed.value);
    if (!decoded.success) {
      const [issue] = decoded.issues;
      const member = v.getDotPath(issue);
      const missing = member === 'text' && issue.input === undefined;
      if (member === null) refuse('malformed-line', `An object is needed, not ${preview(content)}.`);
      else if (missing) refuse('missing-field', 'There is no “text”.');
      else refuse('malformed-line', `“${member}” is ${preview(issue.input)}.`);
      return;
    }
    const sentence = sentenceOf(decoded.output, `${stem}-${String(line)}`, line, findings);
    if (sentence.words.length === 0) refuse('empty-sentence', 'The text holds no word.');
    else sentences.push(sentence);
  });
  return { sentences, findings };
}

function sentenceOf({ id, text, spans, meta }: Line, otherwise: string, line: number, findings: Finding[]): Sentence {
  const sentence: Sentence = {
    id: id === undefined ? otherwise : String(id),
    text,
    words: wordsOf(text),
    spans: spans?.flatMap((span, i) => spanOf(span, i, text, line, findings)) ?? null,
    ...(meta && { meta: textMembers(meta) }),
  };
  findings.push(...spanFindings(sentence, line));
  return sentence;
}

/** The span in a list, or an empty list and an error. */
function spanOf(value: unknown, index: number, text: string, line: number, findings: Finding[]): Span[] {
  const refuse = (code: FindingCode, problem: string): Span[] => {
    const message = `Span ${String(index + 1)} ${problem} The span was left out.`;
    findings.push({ code, severity: 'error', line, message });
    return [];
  };
  const decoded = v.safeParse(spanSchema, value);
  if (!decoded.success) {
    const [issue] = decoded.issues;
    return refuse('missing-field', `lacks a right “${v.getDotPath(issue) ?? 'start'}”: ${preview(value)}.`);
  }
  const { start, end } = decoded.output;
  if (start < 0 || end > text.length || start >= end) {
    const length = String(text.length);
    return refuse('offset-outside', `runs from ${String(start)} to ${String(end)} in a text of ${length} characters.`);
  }
  return [decoded.output];
}

/** Values that are not text are kept as their JSON. */
function textMembers(meta: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(meta).map(([name, value]) => [name, text(value)]));
}

function lineOf({ id, text, spans, meta }: Sentence): string {
  const plain = spans?.map(({ start, end, label }) => ({ start, end, label }));
  return JSON.stringify({ id, text, spans: plain, meta });
}
