import type { Range, Span } from '../data/types.ts';
import { wordsOf } from '../data/words.ts';
import type { AnswerEntity } from './answers.ts';

/** How an entity's words were found in the text: to the letter, but for case and the shape of quotes, or not at all. */
export type GroundingStatus = 'exact' | 'folded' | 'not-found';

export interface GroundedEntity {
  readonly entity: AnswerEntity;
  readonly status: GroundingStatus;
  readonly span: Span | null;
}

export interface Grounding {
  /** In the order of the answer. */
  readonly items: readonly GroundedEntity[];
  /** The spans found, in the order of the answer. */
  readonly spans: readonly Span[];
}

/**
 * Finds each entity's words in the text: the first free occurrence after the entity before it, else the first free one
 * anywhere; no two entities share a character. One that begins and ends with a word is preferred to one that cuts words
 * (“America” is not in “Americans” while it stands elsewhere), and an exact one to a case-folded one. The label is the type
 * as the teacher wrote it. Offsets are UTF-16 code units.
 */
export function groundEntities(text: string, entities: readonly AnswerEntity[]): Grounding {
  const folded = fold(text);
  const words = wordsOf(text);
  const starts = new Set(words.map(({ start }) => start));
  const ends = new Set(words.map(({ end }) => end));
  const spans: Span[] = [];
  let at = 0;
  const pick = (ranges: readonly Range[]) => {
    const free = ranges.filter((range) => spans.every(({ start, end }) => range.end <= start || range.start >= end));
    const whole = free.filter(({ start, end }) => starts.has(start) && ends.has(end));
    const best = whole.length > 0 ? whole : free;
    return best.find(({ start }) => start >= at) ?? best[0];
  };
  const items = entities.map((entity): GroundedEntity => {
    const exact = pick(occurrences(text, entity.text));
    const range = exact ?? pick(foldedOccurrences(folded, entity.text));
    if (range === undefined) return { entity, status: 'not-found', span: null };
    const span = { ...range, label: entity.type };
    spans.push(span);
    at = span.end;
    return { entity, status: exact === undefined ? 'folded' : 'exact', span };
  });
  return { items, spans };
}

function occurrences(text: string, wanted: string): Range[] {
  const found: Range[] = [];
  if (wanted === '') return found;
  for (let start = text.indexOf(wanted); start >= 0; start = text.indexOf(wanted, start + 1)) {
    found.push({ start, end: start + wanted.length });
  }
  return found;
}

/** A text with case and quotes folded, and for each of its code units the range of the character that it came from. */
interface Folded {
  readonly text: string;
  readonly origins: readonly Range[];
}

/** Folds by code point, for a fold may grow: “İ” becomes two code units, and offsets after it would shift. */
function fold(text: string): Folded {
  const origins: Range[] = [];
  let folded = '';
  let start = 0;
  for (const character of text) {
    const plain = foldCharacter(character);
    for (let i = 0; i < plain.length; i++) origins.push({ start, end: start + character.length });
    folded += plain;
    start += character.length;
  }
  return { text: folded, origins };
}

/** Both lower-case sigmas are one, for which of them “Σ” becomes depends on its place in the word. */
const sameCharacters: Readonly<Record<string, string>> = { ς: 'σ', '’': "'", '‘': "'", '“': '"', '”': '"' };

function foldCharacter(character: string): string {
  const lower = character.toLowerCase();
  return sameCharacters[lower] ?? lower;
}

function foldedOccurrences({ text, origins }: Folded, wanted: string): Range[] {
  return occurrences(text, fold(wanted).text).map(({ start, end }) => ({
    start: origins[start]!.start,
    end: origins[end - 1]!.end,
  }));
}
