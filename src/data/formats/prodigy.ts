import * as v from 'valibot';
import { isRecord } from '../../core/decode.ts';
import type { Range, Sentence } from '../types.ts';
import { wordsOf } from '../words.ts';
import type { Refusal, Sink } from './format.ts';
import { decodeObject, idSchema, jsonFormat, metaOf, type Kind } from './jsonFormat.ts';
import { rawSpan, spansOfRaw } from './rawSpans.ts';
import { toCodePoints, toUtf16 } from './units.ts';

/**
 * Prodigy's JSON lines: `{"text", "tokens"?, "spans"?, "answer"?, "meta"?}`, offsets in code points as in Python. Accepted
 * examples are labelled, without `spans` as holding no entity; of rejected and ignored ones only the text is taken, and
 * the answer is kept in `meta.answer`. An example without answer and spans is not labelled. Tokens are the words, but for
 * those of white space alone.
 */
export const prodigy = jsonFormat({
  id: 'prodigy',
  name: 'Prodigy JSON lines',
  what: 'one object a line: {"text": …, "tokens": […], "spans": […], "answer": "accept"}',
  extensions: ['.jsonl'],
  kind,
  open: () => sentenceOf,
  write: {
    keeps: {
      ids: true,
      text: true,
      words: true,
      anySpans: true,
      unlabelled: true,
      meta: true,
      authors: false,
      doubts: false,
    },
    text: (sentences) => sentences.map((sentence) => `${lineOf(sentence)}\n`).join(''),
  },
});

const answers = ['accept', 'reject', 'ignore'] as const;

function kind(value: unknown): Kind {
  if (!isRecord(value) || typeof value['text'] !== 'string') return 'foreign';
  const first: unknown = Array.isArray(value['tokens']) ? value['tokens'][0] : null;
  const own = '_input_hash' in value || '_task_hash' in value || answers.some((answer) => answer === value['answer']);
  return own || (isRecord(first) && 'start' in first) ? 'own' : 'neutral';
}

const schema = v.object({
  id: idSchema,
  text: v.string(),
  tokens: v.optional(v.unknown()),
  spans: v.nullish(v.array(v.unknown())),
  answer: v.optional(v.picklist(answers)),
  meta: v.nullish(v.record(v.string(), v.unknown())),
});

function sentenceOf(value: unknown, line: number, otherwise: string, sink: Sink): Sentence | Refusal {
  const decoded = decodeObject(schema, value);
  if (!decoded.ok) return decoded.refusal;
  const { id, text, tokens, spans, answer, meta } = decoded.value;
  const refused = answer === 'reject' || answer === 'ignore';
  if (answer === 'reject')
    sink.find('answer-rejected', 'note', line, 'The answer is reject: its spans are wrong and were not taken.');
  if (answer === 'ignore') sink.find('answer-ignored', 'note', line, 'The answer is ignore: its spans were not taken.');
  const given = refused ? null : (spans ?? (answer === undefined ? null : []));
  const read = given && spansOfRaw(text, given.map(rawSpan), line, { unit: 'code-points', fixed: false }, sink);
  const members = { ...meta, ...(refused && { answer }) };
  return {
    id: String(id ?? otherwise),
    text,
    words: wordsGiven(tokens, text, line, sink),
    spans: read,
    ...metaOf(members),
  };
}

const tokensSchema = v.array(
  v.object({
    text: v.string(),
    start: v.pipe(v.number(), v.integer(), v.minValue(0)),
    end: v.pipe(v.number(), v.integer()),
  }),
);

/** Tokens where each stands in the text under the offsets it gives, else the words as they are cut here. */
function wordsGiven(tokens: unknown, text: string, line: number, sink: Sink): readonly Range[] {
  if (tokens === undefined || tokens === null) return wordsOf(text);
  const decoded = v.safeParse(tokensSchema, tokens);
  const place = toUtf16(text);
  let at = 0;
  const words: Range[] = [];
  for (const token of decoded.success ? decoded.output : []) {
    const [start, end] = [place(token.start), place(token.end)];
    if (start < at || text.slice(start, end) !== token.text) {
      words.length = 0;
      break;
    }
    if (token.text.trim() !== '') words.push({ start, end });
    at = end;
  }
  if (words.length > 0 || text.trim() === '') return words;
  sink.find(
    'malformed-line',
    'warning',
    line,
    '“tokens” do not stand in the text as they say; the words were cut anew.',
  );
  return wordsOf(text);
}

function lineOf({ id, text, words, spans, meta }: Sentence): string {
  const point = toCodePoints(text);
  const place = ({ start, end }: Range) => ({ start: point(start), end: point(end) });
  const tokens = words.map((word, i) => ({
    text: text.slice(word.start, word.end),
    ...place(word),
    id: i,
    ws: /^\s$/.test(text.charAt(word.end)),
  }));
  const own = spans?.map((span) => ({ ...place(span), ...tokensUnder(span, words), label: span.label }));
  const { answer, ...rest } = meta ?? {};
  const refused = spans === null && (answer === 'reject' || answer === 'ignore');
  const said = spans === null ? (refused ? answer : undefined) : 'accept';
  return JSON.stringify({ id, text, tokens, spans: own, answer: said, meta: refused ? rest : meta });
}

/** First and last token of a span, which Prodigy wants where a span follows tokens. */
function tokensUnder(span: Range, words: readonly Range[]): { token_start?: number; token_end?: number } {
  const first = words.findIndex(({ start }) => start === span.start);
  const last = words.findIndex(({ end }) => end === span.end);
  return first < 0 || last < 0 ? {} : { token_start: first, token_end: last };
}
