import { jsonrepair } from 'jsonrepair';
import { parseJson } from '../core/decode.ts';
import { messageOf } from '../core/errors.ts';
import { entitiesIn, singleEntity, type Entities } from './answerEntities.ts';
import { hasRest, type FormAnswer } from './answerText.ts';
import type { AnswerEntity } from './answers.ts';

/** The beginning of an object up to its member `entities`, quoted as it may be; no brace stands in between. */
const objectStart = /\{[^{}]*?["'‘’“”]?(?:named_)?entities["'‘’“”]?\s*:/gi;
/** Where a list or an object may begin in the midst of text. */
const anyStart = /(?<=^|[\s:`])[[{]/g;
/** Tries at the beginnings of lists and objects, for a text may be long and full of brackets. */
const maxTries = 200;

/** The entities in an answer's JSON; null where there is none. */
export function readJsonAnswer(text: string, labels: readonly string[] | undefined): FormAnswer | null {
  const start = [...text.matchAll(objectStart)].at(-1)?.index;
  return start === undefined ? readAnyJson(text, labels) : readObject(text, start, labels);
}

function readObject(text: string, start: number, labels: readonly string[] | undefined): FormAnswer {
  const end = closingOf(text, start);
  const whole = end === null ? null : parseJson(text.slice(start, end));
  if (end !== null && whole?.ok === true) return answerOf(entitiesMember(whole.value, labels), false, text.slice(end));
  const last = text.lastIndexOf('}');
  if (last < start || !isClosed(text.slice(start))) {
    return { kind: 'cut-off', entities: rescued(text.slice(start), (value) => entitiesMember(value, labels)) };
  }
  const mended = repaired(text.slice(start, last + 1));
  if (!mended.ok) return { kind: 'malformed', reason: `its JSON cannot be read: ${mended.reason}` };
  return answerOf(entitiesMember(mended.value, labels), true, text.slice(last + 1));
}

function entitiesMember(value: unknown, labels: readonly string[] | undefined): Entities {
  const members = Object.entries(value ?? {}) as readonly (readonly [string, unknown])[];
  const member = members.find(([name]) => /^(?:named_)?entities$/i.test(name));
  return member === undefined
    ? { ok: false, reason: 'there is no JSON object with “entities”' }
    : entitiesIn(member[1], labels);
}

function answerOf(read: Entities, wasRepaired: boolean, after: string): FormAnswer {
  if (!read.ok) return { kind: 'malformed', reason: read.reason };
  return {
    kind: 'read',
    entities: read.entities,
    rejected: read.rejected,
    repaired: wasRepaired,
    rest: hasRest(after),
  };
}

/** The entities that are whole before the cut: those that end before the last closing bracket. */
function rescued(text: string, read: (value: unknown) => Entities): readonly AnswerEntity[] {
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  const mended = end < 0 ? null : repaired(text.slice(0, end + 1));
  const found = mended?.ok === true ? read(mended.value) : null;
  return found?.ok === true ? found.entities : [];
}

/** The last list or object, outermost first, that can be read as entities; objects of one entity each are put together. */
function readAnyJson(text: string, labels: readonly string[] | undefined): FormAnswer | null {
  let found: FormAnswer | null = null;
  let singles: AnswerEntity[] = [];
  let [at, tries] = [0, 0];
  let cut: number | null = null;
  for (const { index } of text.matchAll(anyStart)) {
    if (index < at) continue;
    if (++tries > maxTries) break;
    const end = closingOf(text, index);
    if (end === null) {
      if (looksLikeEntities(text.slice(index, index + 200))) cut ??= index;
      continue;
    }
    const body = text.slice(index, end);
    const parsed = parseJson(body);
    const value = parsed.ok ? parsed : repaired(body);
    if (!value.ok) continue;
    const after = text.slice(end);
    const single = singleEntity(value.value);
    if (single !== null) {
      singles = [...singles, single];
      found = answerOf({ ok: true, entities: singles, rejected: [] }, !parsed.ok, after);
      at = end;
      continue;
    }
    const read = entitiesIn(value.value, labels);
    if (!read.ok) continue;
    singles = [];
    found = answerOf(read, !parsed.ok, after);
    at = end;
  }
  if (cut === null) return found;
  return { kind: 'cut-off', entities: rescued(text.slice(cut), (value) => entitiesIn(value, labels)) };
}

function looksLikeEntities(text: string): boolean {
  return /^[[{]\s*(?:[[{"']|$)/.test(text);
}

function repaired(text: string): ReturnType<typeof parseJson> {
  try {
    return parseJson(jsonrepair(text));
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

/** Place after the bracket that closes the one at `start`, brackets in strings left out; null where none does. */
function closingOf(text: string, start: number): number | null {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return i + 1;
  }
  return null;
}

/** Whether every bracket that is opened is closed again, strings not looked at: enough to tell a slip from a cut. */
function isClosed(text: string): boolean {
  const count = (c: string) => text.split(c).length;
  return count('{') === count('}') && count('[') === count(']');
}
