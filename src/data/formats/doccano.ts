import * as v from 'valibot';
import { isRecord } from '../../core/decode.ts';
import type { Sentence } from '../types.ts';
import { wordsOf } from '../words.ts';
import type { Refusal, Sink } from './format.ts';
import { decodeObject, idSchema, jsonFormat, metaOf, type Kind } from './jsonFormat.ts';
import { rawSpan, spansOfRaw } from './rawSpans.ts';

/**
 * doccano's JSON lines for sequence labelling, in their three forms: `"label"` or `"labels": [[start, end, "PER"]]`, and
 * with relations `"entities": [{"start_offset", "end_offset", "label"}]`; the text is `"text"`, in old exports `"data"`.
 * Other members are metadata. doccano counts UTF-16 code units as its page does, files made in Python count code points:
 * each text decides. Source: doccano 1.8, `data_export/pipeline`, and its report 2290 on offsets.
 */
export const doccano = jsonFormat({
  id: 'doccano',
  name: 'doccano JSON lines',
  what: 'one object a line: {"text": …, "label": [[start, end, "PER"]]}',
  extensions: ['.jsonl'],
  kind,
  open: () => sentenceOf,
  write: {
    keeps: {
      ids: true,
      text: true,
      words: false,
      anySpans: true,
      unlabelled: true,
      meta: true,
      authors: false,
      doubts: false,
    },
    text: (sentences) => sentences.map((sentence) => `${lineOf(sentence)}\n`).join(''),
  },
});

const lists = ['label', 'labels', 'entities'] as const;
const known = ['id', 'text', 'data', ...lists, 'relations', 'Comments', 'comments'];

function kind(value: unknown): Kind {
  if (!isRecord(value) || typeof (value['text'] ?? value['data']) !== 'string') return 'foreign';
  const given = lists.map((name) => value[name]).find((list) => Array.isArray(list));
  if (given === undefined)
    return Array.isArray(value['spans']) || Array.isArray(value['tokens']) ? 'foreign' : 'neutral';
  const [first] = given as readonly unknown[];
  if (first === undefined) return 'own';
  return Array.isArray(first) || (isRecord(first) && 'start_offset' in first) ? 'own' : 'foreign';
}

const list = v.nullish(v.array(v.unknown()));
const schema = v.looseObject({
  id: idSchema,
  text: v.string(),
  label: list,
  labels: list,
  entities: list,
});

function sentenceOf(value: unknown, line: number, otherwise: string, sink: Sink): Sentence | Refusal {
  const renamed = isRecord(value) && value['text'] === undefined ? { ...value, text: value['data'] } : value;
  const decoded = decodeObject(schema, renamed);
  if (!decoded.ok) return decoded.refusal;
  const { id, text, label, labels, entities } = decoded.value;
  const given = label ?? labels ?? entities ?? null;
  const spans = given?.map(rawSpan) ?? null;
  return {
    id: String(id ?? otherwise),
    text,
    words: wordsOf(text),
    spans: spans && spansOfRaw(text, spans, line, { unit: 'utf-16', fixed: false }, sink),
    ...ownNames(metaOf(decoded.value, known)),
  };
}

/** Metadata that `lineOf` had to rename get their names back. */
function ownNames({ meta }: Pick<Sentence, 'meta'>): Pick<Sentence, 'meta'> {
  if (meta === undefined) return {};
  const named = (name: string) => (known.some((used) => name === `meta_${used}`) ? name.slice(5) : name);
  return { meta: Object.fromEntries(Object.entries(meta).map(([name, value]) => [named(name), value])) };
}

/** Metadata stand beside the text, under a name of their own where doccano has a use for theirs. */
function lineOf({ id, text, spans, meta }: Sentence): string {
  const label = spans?.map(({ start, end, label }) => [start, end, label]);
  const own = Object.entries(meta ?? {}).map(([name, value]) => [known.includes(name) ? `meta_${name}` : name, value]);
  return JSON.stringify({ id, text, label, ...(Object.fromEntries(own) as Readonly<Record<string, string>>) });
}
