import * as v from 'valibot';
import { isRecord } from '../core/decode.ts';
import { isRejection } from './answerText.ts';
import type { AnswerEntity, RejectedCandidate } from './answers.ts';

/** Entities in decoded JSON, or why it holds none. */
export type Entities =
  | { readonly ok: true; readonly entities: readonly AnswerEntity[]; readonly rejected: readonly RejectedCandidate[] }
  | { readonly ok: false; readonly reason: string };

const textNames = ['text', 'entity', 'name', 'word', 'mention', 'span', 'phrase'] as const;
const typeNames = ['type', 'label', 'category', 'entity_type', 'tag', 'class'] as const;

/** Reads a list of entities, `[{"text", "type"}]` or `[["Paris", "LOC"]]`, or a map, by label or by text. */
export function entitiesIn(value: unknown, labels: readonly string[] | undefined): Entities {
  if (Array.isArray(value)) return ofList(value);
  return isRecord(value) ? ofMap(value, labels) : failed('“entities” is no list');
}

/** The entity that an object is; null where it is none. */
export function singleEntity(value: unknown): AnswerEntity | null {
  if (!isRecord(value)) return null;
  const [text, type] = [memberOf(value, textNames), memberOf(value, typeNames)];
  return typeof text === 'string' && typeof type === 'string' && type.trim() !== ''
    ? { text, type: type.trim() }
    : null;
}

function ofList(items: readonly unknown[]): Entities {
  const entities: AnswerEntity[] = [];
  const rejected: RejectedCandidate[] = [];
  for (const [i, item] of items.entries()) {
    const [text, type, reason] = partsOf(item);
    if (typeof text !== 'string')
      return failed(`entity ${String(i + 1)} has no right ${isRecord(item) ? 'text' : 'form'}`);
    if (type === null || (typeof type === 'string' && type.trim() !== '' && isRejection(type))) {
      rejected.push({ text, reason: typeof reason === 'string' ? reason : '' });
    } else if (typeof type === 'string' && type.trim() !== '') entities.push({ text, type: type.trim() });
    else return failed(`entity ${String(i + 1)} has no right type`);
  }
  return { ok: true, entities, rejected };
}

/** Text, type and reason of an item, whatever they are. */
function partsOf(item: unknown): readonly [unknown, unknown, unknown] {
  if (v.is(v.tuple([v.string(), v.nullable(v.string())]), item)) return [item[0], item[1], undefined];
  if (!isRecord(item)) return [undefined, undefined, undefined];
  return [memberOf(item, textNames), memberOf(item, typeNames), item['reason']];
}

function memberOf(record: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const name = names.find((wanted) => Object.hasOwn(record, wanted));
  return name === undefined ? undefined : record[name];
}

const textsSchema = v.array(v.string());

/** `{"PER": ["Ann"]}` by label, `{"Ann": "PER"}` by text; a map in one member of its own is unpacked. */
function ofMap(map: Readonly<Record<string, unknown>>, labels: readonly string[] | undefined): Entities {
  const isLabel = (name: string) => labels?.some((label) => label.toLowerCase() === name.toLowerCase()) ?? false;
  const members = Object.entries(map);
  const [only] = members;
  if (members.length === 1 && only !== undefined && !isLabel(only[0]) && holdsEntities(only[1]))
    return entitiesIn(only[1], labels);
  const entities: AnswerEntity[] = [];
  const rejected: RejectedCandidate[] = [];
  for (const [name, value] of members) {
    if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    const texts = v.safeParse(textsSchema, Array.isArray(value) ? value : undefined);
    if (texts.success && (labels === undefined || isLabel(name))) {
      entities.push(...texts.output.map((text) => ({ text, type: name })));
    } else if (typeof value === 'string' && isLabel(name) && !isLabel(value))
      entities.push({ text: value, type: name });
    else if (typeof value === 'string' && (isLabel(value) || (labels === undefined && /^[A-Z][A-Z_-]*$/.test(value)))) {
      entities.push({ text: name, type: value });
    } else if (typeof value === 'string' && isRejection(value)) rejected.push({ text: name, reason: '' });
    else return failed(`“${name}” is no label with a list of entities`);
  }
  return members.length === 0 ? failed('its JSON is an empty object') : { ok: true, entities, rejected };
}

function holdsEntities(value: unknown): boolean {
  return Array.isArray(value) ? value.every((item) => isRecord(item) || Array.isArray(item)) : isRecord(value);
}

function failed(reason: string): Entities {
  return { ok: false, reason };
}
