import * as v from 'valibot';
import { isRecord, parseJson, preview } from '../../core/decode.ts';
import { spanFindings } from '../checks.ts';
import type { FindingCode, Sentence } from '../types.ts';
import type { Format, Opening, Reader, Refusal, Sample, Sink, Taken } from './format.ts';
import { cutterOfJson } from './sample.ts';

/** What a JSON format says of a value: one of its own kind, one that could be of several kinds, or none of its own. */
export type Kind = 'own' | 'neutral' | 'foreign';

/** How a JSON format reads one value; a refusal leaves the record out. */
export type ReadValue = (value: unknown, line: number, id: string, sink: Sink) => Sentence | Refusal | 'structure';

/**
 * The half of a format that all formats made of JSON values share: one value a line, or items of one list. `open` gives a
 * reader of values for one file.
 */
export function jsonFormat(
  own: Omit<Format, 'record' | 'detect' | 'cutter' | 'open'> & {
    kind(value: unknown): Kind;
    open(opening: Opening): ReadValue;
  },
): Format {
  const { kind, open, ...format } = own;
  return {
    ...format,
    record: 'record',
    detect: (sample) => shareOf(sample, kind),
    cutter: cutterOfJson,
    open: (opening) => jsonReader(open(opening), opening.stem),
  };
}

/** Neutral values count where at least one is the format's own. */
function shareOf({ json }: Sample, kind: (value: unknown) => Kind): number {
  const kinds = json.values.map(kind);
  if (!kinds.includes('own')) return 0;
  return kinds.filter((found) => found !== 'foreign').length / (json.values.length + json.broken);
}

/** Sentences without an id are numbered by their lines, or on from there where a line holds several. */
function jsonReader(readValue: ReadValue, stem: string): Reader {
  let number = 0;
  return {
    take({ text, line }, sink): Taken {
      if (text.trim() === '') return 'blank';
      const parsed = parseJson(text);
      if (!parsed.ok) return { code: 'malformed-line', message: `This is not JSON: ${parsed.reason}.` };
      number = Math.max(number + 1, line);
      const read = readValue(parsed.value, line, `${stem}-${String(number)}`, sink);
      if (read === 'structure' || 'code' in read) return read;
      if (read.words.length === 0) return { code: 'empty-sentence', message: 'The text holds no word.' };
      for (const { code, severity, message } of spanFindings(read, line)) sink.find(code, severity, line, message);
      sink.sentence(read);
      return 'kept';
    },
    end() {
      // Values are whole as they come.
    },
  };
}

/** Decodes an object, or says in a person's words what is wrong with it. */
export function decodeObject<T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal } {
  const refuse = (code: FindingCode, message: string) => ({ ok: false, refusal: { code, message } }) as const;
  if (!isRecord(value)) return refuse('malformed-line', `An object is needed, not ${preview(value)}.`);
  const decoded = v.safeParse(schema, value);
  if (decoded.success) return { ok: true, value: decoded.output };
  const [issue] = decoded.issues;
  const member = v.getDotPath(issue) ?? '';
  if (issue.input === undefined) return refuse('missing-field', `There is no “${member}”.`);
  return refuse('malformed-line', `“${member}” is ${preview(issue.input)}.`);
}

/** An id in a file: text or a number. */
export const idSchema = v.optional(v.nullable(v.union([v.string(), v.number()])));

/** Members of an object as `Sentence.meta`, without `known` ones; values that are not text are kept as their JSON. */
export function metaOf(
  members: Readonly<Record<string, unknown>> | null | undefined,
  known: readonly string[] = [],
): { meta?: Readonly<Record<string, string>> } {
  const entries = Object.entries(members ?? {}).filter(([name]) => !known.includes(name));
  if (entries.length === 0) return {};
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return { meta: Object.fromEntries(entries.map(([name, value]) => [name, text(value)])) };
}
