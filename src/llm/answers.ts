import { jsonrepair } from 'jsonrepair';
import * as v from 'valibot';
import { parseJson } from '../core/decode.ts';
import { messageOf } from '../core/errors.ts';

/** An entity as a teacher writes it: words of the sentence, and a type such as `PER`. */
export interface AnswerEntity {
  readonly text: string;
  readonly type: string;
}

/** What a raw answer says. An answer that cannot be read is not one that found nothing. */
export type Answer =
  | {
      readonly kind: 'entities';
      readonly entities: readonly AnswerEntity[];
      /** Whether its JSON had slips, such as a comma too many, that had to be mended. */
      readonly repaired: boolean;
    }
  | { readonly kind: 'malformed'; readonly reason: string };

const entitiesSchema = v.array(v.object({ text: v.string(), type: v.pipe(v.string(), v.trim(), v.nonEmpty()) }));
const objectSchema = v.object({ entities: v.unknown() });

/** The beginning of an object up to its member `entities`, quoted as it may be; no brace stands in between. */
const objectStart = /\{[^{}]*?["'‘’“”]?entities["'‘’“”]?\s*:/g;

/**
 * Reads a teacher's raw answer: `{"entities": [{"text", "type"}]}` after any amount of text, the last such object where there
 * are several, for a teacher that thinks aloud may write drafts. A list alone at the end is taken for the entities. An answer
 * that was cut off is malformed: what is missing cannot be known.
 */
export function parseAnswer(raw: string): Answer {
  const start = [...raw.matchAll(objectStart)].at(-1)?.index;
  if (start === undefined) return parseList(raw);
  const body = raw.slice(start, closingOf(raw, start));
  const parsed = parseJson(body);
  if (parsed.ok) return answerOf(parsed.value, false);
  const end = raw.lastIndexOf('}');
  if (end < start || !isClosed(raw.slice(start))) return malformed('the answer was cut off');
  try {
    const mended = parseJson(jsonrepair(raw.slice(start, end + 1)));
    return mended.ok ? answerOf(mended.value, true) : malformed(mended.reason);
  } catch (error) {
    return malformed(`its JSON cannot be read: ${messageOf(error)}`);
  }
}

function parseList(raw: string): Answer {
  const text = raw.replace(/```\s*$/, '');
  for (const { index } of text.matchAll(/^[ \t]*\[/gm)) {
    const parsed = parseJson(text.slice(index));
    if (parsed.ok) return answerOf({ entities: parsed.value }, false);
  }
  return malformed(raw.trim() === '' ? 'the answer is empty' : 'there is no JSON object with “entities”');
}

function answerOf(value: unknown, repaired: boolean): Answer {
  const object = v.safeParse(objectSchema, value);
  if (!object.success) return malformed('there is no JSON object with “entities”');
  const decoded = v.safeParse(entitiesSchema, object.output.entities);
  if (decoded.success) return { kind: 'entities', entities: decoded.output, repaired };
  const path = v.getDotPath(decoded.issues[0]);
  const [index, member] = path?.split('.') ?? [];
  if (index === undefined) return malformed('“entities” is no list');
  return malformed(`entity ${String(Number(index) + 1)} has no right ${member ?? 'form'}`);
}

function malformed(reason: string): Answer {
  return { kind: 'malformed', reason };
}

/** Place after the brace that closes the one at `start`, braces in strings left out; the end of the text where none does. */
function closingOf(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return i + 1;
  }
  return text.length;
}

/** Whether every bracket that is opened is closed again, strings not looked at: enough to tell a slip from a cut. */
function isClosed(text: string): boolean {
  const count = (c: string) => text.split(c).length;
  return count('{') === count('}') && count('[') === count(']');
}
