import * as v from 'valibot';
import { asJson, isRecord, preview } from '../../core/decode.ts';
import { AppError } from '../../core/errors.ts';
import { spansOfTags, tagsOfSpans } from '../bio.ts';
import { tagsOf } from '../labels.ts';
import type { Sentence } from '../types.ts';
import { joinWords } from './wordRows.ts';
import type { Opening, Refusal, Sink, WriteOptions } from './format.ts';
import { decodeObject, idSchema, jsonFormat, type Kind, type ReadValue } from './jsonFormat.ts';
import { isTag, watchScheme, type StrayOpenings } from './scheme.ts';

/**
 * Tokens and tags as Hugging Face data sets have them: `{"id"?, "tokens": […], "ner_tags": […]}`, tags by name or by
 * number. Numbers need names: in a line of their own before the first such line (`{"features": …}` as a data set's card
 * has it, or `{"label_names": […]}`), or from the person. Where there are none, the sentences come in unlabelled.
 */
export const hfTokens = jsonFormat({
  id: 'hf-tokens',
  name: 'Hugging Face tokens',
  what: 'one object a line: {"tokens": […], "ner_tags": […]}',
  extensions: ['.jsonl', '.json'],
  kind,
  open,
  write: {
    keeps: {
      ids: true,
      text: false,
      words: true,
      anySpans: false,
      unlabelled: true,
      meta: false,
      authors: false,
      doubts: false,
    },
    text: write,
  },
});

const tagMembers = ['ner_tags', 'tags', 'labels', 'ner'] as const;

function kind(value: unknown): Kind {
  if (namesIn(value) !== null) return 'neutral';
  if (!isRecord(value)) return 'foreign';
  const words = value['tokens'] ?? value['words'];
  const [first] = Array.isArray(words) ? (words as readonly unknown[]) : [];
  return typeof first === 'string' ? 'own' : 'foreign';
}

const names = v.array(v.string());
const namesSchemas = [
  v.pipe(
    v.object({ label_names: names }),
    v.transform((line) => line.label_names),
  ),
  v.pipe(
    v.object({ names }),
    v.transform((line) => line.names),
  ),
  v.pipe(
    v.object({ id2label: v.record(v.string(), v.string()) }),
    v.transform(({ id2label }) =>
      Object.entries(id2label)
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([, name]) => name),
    ),
  ),
];

/** Names of tags where a line gives them and no sentence. */
function namesIn(value: unknown): readonly string[] | null {
  if (!isRecord(value) || 'tokens' in value || 'words' in value) return null;
  for (const schema of namesSchemas) {
    const decoded = v.safeParse(schema, value);
    if (decoded.success) return decoded.output;
  }
  const features = value['features'];
  if (!isRecord(features)) return null;
  for (const member of tagMembers) {
    const found = namesUnder(features[member], 3);
    if (found !== null) return found;
  }
  return null;
}

/** `names` of a feature, which lies a level or two down: `{"feature": {"names": …}}`, `{"feature": {"class_label": {"names": …}}}`. */
function namesUnder(value: unknown, levels: number): readonly string[] | null {
  if (!isRecord(value) || levels < 0) return null;
  if (v.is(names, value['names'])) return value['names'];
  for (const inner of Object.values(value)) {
    const found = namesUnder(inner, levels - 1);
    if (found !== null) return found;
  }
  return null;
}

const schema = v.looseObject({
  id: idSchema,
  tokens: v.array(v.string()),
});
const tagsSchema = v.nullish(v.array(v.union([v.string(), v.pipe(v.number(), v.integer(), v.minValue(0))])));

function open({ options }: Opening): ReadValue {
  let known: readonly string[] | null = options.labelNames ?? null;
  return (value, line, otherwise, sink) => {
    const given = namesIn(value);
    if (given !== null) {
      known = given;
      return 'structure';
    }
    const renamed = isRecord(value) && value['tokens'] === undefined ? { ...value, tokens: value['words'] } : value;
    const decoded = decodeObject(schema, renamed);
    if (!decoded.ok) return decoded.refusal;
    const { id, tokens } = decoded.value;
    const blank = tokens.findIndex((token) => token.trim() === '');
    const member = tagMembers.find((name) => decoded.value[name] !== undefined);
    const tags = v.safeParse(tagsSchema, member === undefined ? null : decoded.value[member]);
    if (!tags.success) return refusal('malformed-line', `“${member ?? ''}” is ${preview(tags.issues[0].input)}.`);
    if (tags.output && tags.output.length !== tokens.length) {
      const counts = `${String(tokens.length)} tokens and ${String(tags.output.length)} tags`;
      return refusal('malformed-line', `There are ${counts}.`);
    }
    if (blank >= 0) return refusal('malformed-line', `Token ${String(blank + 1)} holds nothing but white space.`);
    const named = tags.output ? tagNames(tags.output, known, line, sink) : null;
    if (named !== null && !Array.isArray(named)) return named;
    const { text, words } = joinWords(tokens);
    const spans = named && spansOfTags(watched(named, line, sink, options.strayOpenings), words);
    return { id: String(id ?? otherwise), text, words, spans };
  };
}

function refusal(code: Refusal['code'], message: string): Refusal {
  return { code, message };
}

/** Names of tags; null where numbers have no names; a refusal where a tag is none. */
function tagNames(
  tags: readonly (string | number)[],
  known: readonly string[] | null,
  line: number,
  sink: Sink,
): string[] | null | Refusal {
  if (known === null && tags.some((tag) => typeof tag === 'number')) {
    const message = 'The tags are numbers, and nothing says what they mean; the sentence was taken without labels.';
    sink.find('label-names-missing', 'warning', line, message);
    return null;
  }
  const named = tags.map((tag) => (typeof tag === 'number' ? known?.[tag] : tag));
  const wrong = named.findIndex((tag) => tag === undefined || !isTag(tag));
  if (wrong < 0) return named.filter((tag) => tag !== undefined);
  return refusal(
    'malformed-line',
    `Tag ${String(wrong + 1)} is ${asJson(tags[wrong])}, no tag such as O, B-PER or I-PER.`,
  );
}

/** Tags as IOB2, each sentence by itself: there is no line of its own to be named for a tag. */
function watched(tags: readonly string[], line: number, sink: Sink, stray: StrayOpenings | undefined): string[] {
  const scheme = watchScheme(stray);
  const iob2 = scheme.take(tags.map((tag) => ({ tag, line })));
  for (const { code, severity, message } of scheme.end()) sink.find(code, severity, line, message);
  return iob2;
}

function write(sentences: readonly Sentence[], { tagNumbers = false }: WriteOptions): string {
  const labels = new Set(sentences.flatMap(({ spans }) => spans?.map(({ label }) => label) ?? []));
  const all = tagsOf([...labels].sort());
  const numbers = new Map(all.map((tag, number) => [tag, number]));
  const lines = sentences
    .filter(({ words }) => words.length > 0)
    .map(({ id, text, words, spans }) => {
      const tags = spans === null ? undefined : tagsOfSpans(words, spans).tags;
      const tokens = words.map(({ start, end }) => text.slice(start, end));
      const blank = tokens.some((token) => token.trim() === '');
      if (blank)
        throw new AppError('data-invalid', `sentence ${id} holds a blank word`, {
          reason: `sentence ${id} holds a blank word`,
        });
      return { id, tokens, ner_tags: tagNumbers ? tags?.map((tag) => numbers.get(tag)!) : tags };
    });
  const header = tagNumbers ? [{ features: { ner_tags: { feature: { names: all } } } }] : [];
  return [...header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}
