import * as v from 'valibot';
import { isRecord } from '../../core/decode.ts';
import type { Authors, Range, Sentence } from '../types.ts';
import { asCut, wordsOf } from '../words.ts';
import type { Refusal, Sink } from './format.ts';
import { decodeObject, idSchema, jsonFormat, metaOf } from './jsonFormat.ts';
import { rawSpan, spansOfRaw } from './rawSpans.ts';
import { textNames } from './textNames.ts';

/**
 * JSON lines, Vermeil's own: `{"id"?, "text", "spans"?: [{"start", "end", "label"}], "words"?: [[start, end]], "meta"?,
 * "authors"?, "masked"?: [[start, end]], "weight"?}`, offsets in UTF-16 code units. A line without `spans` is not labelled;
 * without `words` they are those of `wordsOf`; other members are metadata. Nothing of a sentence is lost. Text and spans
 * are found under the names that other programs give them too, see `named`.
 */
export const jsonl = jsonFormat({
  id: 'jsonl',
  name: 'JSON lines',
  what: 'one object a line: {"text": …, "spans": [{"start", "end", "label"}]}',
  extensions: ['.jsonl', '.ndjson', '.json'],
  kind: (value) => (isRecord(value) && textNames.some((name) => typeof value[name] === 'string') ? 'own' : 'foreign'),
  open: () => sentenceOf,
  write: {
    keeps: {
      ids: true,
      text: true,
      words: true,
      anySpans: true,
      unlabelled: true,
      meta: true,
      authors: true,
      doubts: true,
    },
    text: (sentences) => sentences.map((sentence) => `${lineOf(sentence)}\n`).join(''),
  },
});

const authorshipSchema = v.object({
  kind: v.picklist(['person', 'teacher', 'model']),
  name: v.string(),
  version: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
const authorsSchema = v.object({
  all: authorshipSchema,
  spans: v.optional(v.record(v.string(), authorshipSchema)),
});
const lineSchema = v.looseObject({
  id: idSchema,
  text: v.string(),
  spans: v.nullish(v.array(v.unknown())),
  words: v.optional(v.unknown()),
  meta: v.nullish(v.record(v.string(), v.unknown())),
  authors: v.optional(v.unknown()),
  masked: v.optional(v.unknown()),
  weight: v.optional(v.unknown()),
});

function sentenceOf(value: unknown, line: number, otherwise: string, sink: Sink): Sentence | Refusal {
  const decoded = decodeObject(lineSchema, named(value));
  if (!decoded.ok) return decoded.refusal;
  const { id, text, spans, words, meta, authors, masked, weight, ...others } = decoded.value;
  return {
    id: String(id ?? otherwise),
    text,
    words: wordsGiven(words, text, line, sink),
    spans: spans ? spansOfRaw(text, spans.map(rawSpan), line, { unit: 'utf-16', fixed: true }, sink) : null,
    ...metaGiven(others, meta),
    ...authorsGiven(authors, line, sink),
    ...maskedGiven(masked, text, line, sink),
    ...weightGiven(weight, line, sink),
  };
}

const spanNames = ['entities', 'ents', 'annotations', 'labels', 'label'] as const;

/** A line with its text as `text` and its spans as `spans`, whatever they are called; what is called so already stays. */
function named(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const text = textNames.find((name) => typeof value[name] === 'string');
  const spans = value['spans'] === undefined ? spanNames.find((name) => areSpans(value[name])) : undefined;
  if ((text ?? 'text') === 'text' && spans === undefined) return value;
  const others = Object.entries(value).filter(([name]) => name !== text && name !== spans);
  return {
    ...Object.fromEntries(others),
    ...(text !== undefined && { text: value[text] }),
    ...(spans !== undefined && { spans: value[spans] }),
  };
}

/** A list of ranges with labels; an empty one says that there are none. */
function areSpans(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [first] = value as readonly unknown[];
  if (first === undefined) return true;
  const { start, end, label } = rawSpan(first);
  return start !== undefined && end !== undefined && label !== undefined;
}

/** What stands under `meta`, and what the format has no use for. */
function metaGiven(
  others: Readonly<Record<string, unknown>>,
  meta: Readonly<Record<string, unknown>> | null | undefined,
): { meta?: Readonly<Record<string, string>> } {
  const { meta: told } = metaOf(others);
  return meta ? { meta: { ...told, ...metaOf(meta).meta } } : told === undefined ? {} : { meta: told };
}

const rangesSchema = v.array(v.strictTuple([v.pipe(v.number(), v.integer()), v.pipe(v.number(), v.integer())]));

/** Ranges that are in order and lie in the text, else the words as they are cut here. */
function wordsGiven(given: unknown, text: string, line: number, sink: Sink): readonly Range[] {
  if (given === undefined || given === null) return wordsOf(text);
  const decoded = v.safeParse(rangesSchema, given);
  const words = decoded.success ? decoded.output.map(([start, end]) => ({ start, end })) : null;
  if (words !== null && words.length > 0 && inOrder(words, text)) return words;
  const message = '“words” is no list of ranges in order within the text; the words were cut anew.';
  sink.find('malformed-line', 'warning', line, message);
  return wordsOf(text);
}

function inOrder(words: readonly Range[], text: string): boolean {
  return words.every(({ start, end }, i) => start >= (words[i - 1]?.end ?? 0) && start < end && end <= text.length);
}

function authorsGiven(given: unknown, line: number, sink: Sink): { authors?: Authors } {
  if (given === undefined || given === null) return {};
  const decoded = v.safeParse(authorsSchema, given);
  if (decoded.success) {
    const { all, spans } = decoded.output;
    return { authors: { all, ...(spans && { spans }) } };
  }
  sink.find('malformed-line', 'warning', line, '“authors” does not say who made the labels; it was passed over.');
  return {};
}

function maskedGiven(given: unknown, text: string, line: number, sink: Sink): { masked?: readonly Range[] } {
  if (given === undefined || given === null) return {};
  const decoded = v.safeParse(rangesSchema, given);
  const masked = decoded.success ? decoded.output.map(([start, end]) => ({ start, end })) : null;
  if (masked?.every(({ start, end }) => start >= 0 && start < end && end <= text.length) === true) return { masked };
  sink.find('malformed-line', 'warning', line, '“masked” is no list of ranges within the text; it was passed over.');
  return {};
}

function weightGiven(given: unknown, line: number, sink: Sink): { weight?: number } {
  if (given === undefined || given === null) return {};
  if (typeof given === 'number' && given > 0) return { weight: given };
  sink.find('malformed-line', 'warning', line, '“weight” is no number above 0; it was passed over.');
  return {};
}

function lineOf({ id, text, words, spans, meta, authors, masked, weight }: Sentence): string {
  const plain = spans?.map(({ start, end, label }) => ({ start, end, label }));
  const own = asCut(text, words) ? undefined : words.map(({ start, end }) => [start, end]);
  const doubts = masked?.map(({ start, end }) => [start, end]);
  return JSON.stringify({ id, text, spans: plain, words: own, meta, authors, masked: doubts, weight });
}
