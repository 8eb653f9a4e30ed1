import * as v from 'valibot';
import { isRecord } from '../../core/decode.ts';
import type { Sentence } from '../types.ts';
import { wordsOf } from '../words.ts';
import type { Refusal, Sink } from './format.ts';
import { decodeObject, jsonFormat, metaOf, type Kind } from './jsonFormat.ts';
import { rawSpan, spansOfRaw, type RawSpan } from './rawSpans.ts';
import { isSpacyPair } from './sample.ts';

/**
 * spaCy's spans: training pairs `["text", {"entities": [[start, end, "PER"]]}]` as of spaCy 2, and `{"text", "ents":
 * [{"start", "end", "label"}]}` as `Doc.to_json` gives them, in a list or one a line. Offsets count code points.
 * Source: spaCy 3.8, `Doc.to_json`, `offsets_to_biluo_tags`.
 */
export const spacy = jsonFormat({
  id: 'spacy',
  name: 'spaCy spans',
  what: 'a list of ["text", {"entities": [[start, end, "PER"]]}] or of {"text": …, "ents": […]}',
  extensions: ['.json'],
  kind,
  open: () => sentenceOf,
  write: null,
});

function kind(value: unknown): Kind {
  if (isSpacyPair(value))
    return Object.keys(value[1]).length === 0 || Array.isArray(value[1]['entities']) ? 'own' : 'foreign';
  if (!isRecord(value) || typeof value['text'] !== 'string') return 'foreign';
  return Array.isArray(value['ents']) ? 'own' : 'neutral';
}

const pairSchema = v.object({ text: v.string(), entities: v.nullish(v.array(v.unknown())) });
const documentSchema = v.looseObject({ text: v.string(), ents: v.nullish(v.array(v.unknown())) });
const known = ['text', 'ents', 'tokens', 'sents', 'cats', 'spans', '_'];

function sentenceOf(value: unknown, line: number, id: string, sink: Sink): Sentence | Refusal {
  const place = (text: string, spans: readonly RawSpan[] | undefined) => ({
    id,
    text,
    words: wordsOf(text),
    spans: spans ? spansOfRaw(text, spans, line, { unit: 'code-points', fixed: false }, sink) : null,
  });
  if (isSpacyPair(value)) {
    const decoded = decodeObject(pairSchema, { text: value[0], entities: value[1]['entities'] });
    return decoded.ok ? place(decoded.value.text, decoded.value.entities?.map(rawSpan)) : decoded.refusal;
  }
  const decoded = decodeObject(documentSchema, value);
  if (!decoded.ok) return decoded.refusal;
  const { text, ents } = decoded.value;
  return { ...place(text, ents?.map(rawSpan)), ...metaOf(decoded.value, known) };
}
