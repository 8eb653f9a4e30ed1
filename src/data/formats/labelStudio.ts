import * as v from 'valibot';
import { isRecord } from '../../core/decode.ts';
import type { Authors, Sentence } from '../types.ts';
import { wordsOf } from '../words.ts';
import type { Refusal, Sink } from './format.ts';
import { decodeObject, idSchema, jsonFormat, metaOf, type Kind } from './jsonFormat.ts';
import { spansOfRaw, type RawSpan } from './rawSpans.ts';
import { toCodePoints } from './units.ts';

/**
 * Label Studio's JSON (tasks with `data` and `annotations` or `predictions`) and its short form JSON-MIN (`label` beside
 * the text). The first annotation that was not cancelled is taken; predictions stand in where there is none, marked as a
 * model's. Offsets count code points since Label Studio 1.4, code units before: the quoted text decides. Results that are
 * no spans of text (choices, relations) are left aside.
 */
export const labelStudio = jsonFormat({
  id: 'label-studio',
  name: 'Label Studio JSON',
  what: 'a list of tasks: {"data": {"text": …}, "annotations": [{"result": […]}]}',
  extensions: ['.json'],
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
    text: (sentences) => `[\n${sentences.map((sentence) => JSON.stringify(taskOf(sentence))).join(',\n')}\n]\n`,
  },
});

const textNames = ['text', 'Text', 'sentence', 'content', 'body', 'message'];
const known = ['id', 'data', 'annotations', 'completions', 'predictions', 'label'];
const short = ['annotator', 'annotation_id', 'created_at', 'updated_at', 'lead_time'];

function kind(value: unknown): Kind {
  if (!isRecord(value)) return 'foreign';
  const task =
    isRecord(value['data']) && (textIn(value['data']) !== null || 'annotations' in value || 'predictions' in value);
  const listed: unknown = Array.isArray(value['label']) ? value['label'][0] : null;
  return task || (isRecord(listed) && 'labels' in listed) ? 'own' : 'annotation_id' in value ? 'own' : 'foreign';
}

/** The member that holds the text: a usual name, else the only one that is text. */
function textIn(data: Readonly<Record<string, unknown>>): string | null {
  const usual = textNames.find((name) => typeof data[name] === 'string');
  if (usual !== undefined) return usual;
  const texts = Object.keys(data).filter((name) => typeof data[name] === 'string' && name !== 'id');
  return texts.length === 1 ? texts[0]! : null;
}

const annotationsSchema = v.nullish(
  v.array(
    v.looseObject({
      result: v.nullish(v.array(v.unknown())),
      was_cancelled: v.nullish(v.boolean()),
      model_version: v.nullish(v.string()),
    }),
  ),
);
const taskSchema = v.looseObject({
  id: idSchema,
  data: v.record(v.string(), v.unknown()),
  meta: v.nullish(v.record(v.string(), v.unknown())),
  annotations: annotationsSchema,
  completions: annotationsSchema,
  predictions: annotationsSchema,
});
type Annotation = NonNullable<v.InferOutput<typeof annotationsSchema>>[number];

function sentenceOf(value: unknown, line: number, otherwise: string, sink: Sink): Sentence | Refusal {
  const decoded = decodeObject(taskSchema, isRecord(value) && !isRecord(value['data']) ? taskOfShort(value) : value);
  if (!decoded.ok) return decoded.refusal;
  const { id, data, meta, annotations, completions, predictions } = decoded.value;
  const name = textIn(data);
  if (name === null) return { code: 'missing-field', message: 'There is no text in “data”.' };
  const text = String(data[name]);
  const { result, authors } = chosen(annotations ?? completions ?? [], predictions ?? [], line, sink);
  const spans = result?.flatMap(rawSpans) ?? null;
  const own = typeof data['id'] === 'string' ? data['id'] : null;
  return {
    id: String(own ?? id ?? otherwise),
    text,
    words: wordsOf(text),
    spans: spans && spansOfRaw(text, spans, line, { unit: 'code-points', fixed: false }, sink),
    ...metaOf({ ...metaOf(data, own === null ? [name] : [name, 'id']).meta, ...meta }),
    ...(authors && { authors }),
  };
}

/** JSON-MIN as a task: what is not bookkeeping is data. */
function taskOfShort(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const data = Object.fromEntries(
    Object.entries(value).filter(([name]) => !known.includes(name) && !short.includes(name)),
  );
  const label = value['label'];
  const annotated = Array.isArray(label) || 'annotation_id' in value;
  return { id: value['id'], data, ...(annotated && { annotations: [{ result: Array.isArray(label) ? label : [] }] }) };
}

/** The labels that count: a person's before a model's, the first of several. */
function chosen(
  annotations: readonly Annotation[],
  predictions: readonly Annotation[],
  line: number,
  sink: Sink,
): { result: readonly unknown[] | null; authors?: Authors } {
  const made = annotations.filter((annotation) => annotation.was_cancelled !== true);
  if (made.length > 1) {
    const message = `There are ${String(made.length)} annotations; the first was taken.`;
    sink.find('several-annotations', 'warning', line, message);
  }
  if (made[0] !== undefined) return { result: made[0].result ?? [] };
  const [predicted] = predictions;
  if (predicted === undefined) return { result: null };
  sink.find(
    'predictions-used',
    'note',
    line,
    'Nobody has annotated this; the prediction was taken. Such labels are silver.',
  );
  return {
    result: predicted.result ?? [],
    authors: { all: { kind: 'model', name: predicted.model_version ?? '', version: 1 } },
  };
}

/** A result as spans, one for each of its labels; none for choices, ratings and relations. */
function rawSpans(result: unknown): RawSpan[] {
  if (!isRecord(result)) return [{ start: undefined, end: undefined, label: undefined, value: result }];
  const value = isRecord(result['value']) ? result['value'] : result;
  const labels = value['labels'] ?? value['hypertextlabels'];
  if (!Array.isArray(labels) && !('start' in value)) return [];
  const { start, end, text } = value as Readonly<Record<'start' | 'end' | 'text', unknown>>;
  const span = (label: unknown): RawSpan => ({
    start: whole(start),
    end: whole(end),
    label,
    quoted: text,
    value: result,
  });
  return Array.isArray(labels) && labels.length > 0 ? (labels as readonly unknown[]).map(span) : [span(undefined)];
}

/** Old versions write offsets as text. */
function whole(offset: unknown): unknown {
  return typeof offset === 'string' && /^\d{1,15}$/.test(offset) ? Number(offset) : offset;
}

function taskOf({ id, text, spans, meta }: Sentence): object {
  const point = toCodePoints(text);
  const result = spans?.map(({ start, end, label }, i) => ({
    id: `span-${String(i + 1)}`,
    from_name: 'label',
    to_name: 'text',
    type: 'labels',
    value: { start: point(start), end: point(end), text: text.slice(start, end), labels: [label] },
  }));
  return { data: { id, text }, meta, annotations: result === undefined ? [] : [{ result }] };
}
