import { overlaps } from '../data/authors.ts';
import type { Range, Span } from '../data/types.ts';
import { wordsOf } from '../data/words.ts';
import type { AnswerEntity } from './answers.ts';
import { foldCase, foldedOccurrences, foldLoosely, foldText, occurrences } from './folding.ts';
import { fuzzyMatches, fuzzyThreshold } from './fuzzy.ts';

export const groundingStatuses = [
  'exact',
  'folded',
  'fuzzy',
  'not-found',
  'overlapping',
  'unknown-label',
  'copied-from-example',
] as const;

/**
 * What became of an entity. `exact`: found to the letter. `folded`: but for case, quotes, dashes, accents, spacing or
 * compatibility forms. `fuzzy`: by most of its words, or as the beginning of a word. `overlapping`: it is there, yet only where an entity before it is.
 * `unknown-label`: its words are there, but its type is no label that was asked for. `copied-from-example`: it is not there,
 * but in an example of the prompt. Only the first three make a span.
 */
export type GroundingStatus = (typeof groundingStatuses)[number];

export interface GroundedEntity {
  readonly entity: AnswerEntity;
  readonly status: GroundingStatus;
  readonly span: Span | null;
  /** Where the words stand, also of an entity that makes no span; null where they are nowhere. */
  readonly range: Range | null;
}

export interface Grounding {
  /** In the order of the answer. */
  readonly items: readonly GroundedEntity[];
  /** The spans found, in the order of the answer. */
  readonly spans: readonly Span[];
}

export interface GroundingOptions {
  /** The labels that were asked for, compared without case and a leading `B-` or `I-`; absent: every type is a label. */
  readonly labels?: readonly string[] | undefined;
  /** Texts of the examples that the prompt showed. */
  readonly examples?: readonly string[] | undefined;
  /** See `fuzzyThreshold`; above 1 nothing is fuzzy. */
  readonly threshold?: number | undefined;
}

/**
 * Finds each entity's words in the text: the first free occurrence after the entity before it, else the first free one
 * anywhere; no two entities share a character. Ways are tried in the order of the statuses. In scripts with case no entity
 * begins inside a word, lest “Art” is found in “party”, and one that ends inside a word (“America” in “Americans”) is fuzzy,
 * tried last of all. Of several places those that begin and end with a word go first. Offsets are UTF-16 code units of the
 * text as given.
 */
export function groundEntities(
  text: string,
  entities: readonly AnswerEntity[],
  options: GroundingOptions = {},
): Grounding {
  const search = searchIn(text, options.threshold ?? fuzzyThreshold);
  const copied = copiedFrom(options.examples ?? []);
  const taken: Range[] = [];
  const spans: Span[] = [];
  let at = 0;
  const items = entities.map((entity): GroundedEntity => {
    const label = labelOf(entity.type, options.labels);
    const found = search(entity.text, taken, at);
    if (found.range === null || found.status === 'overlapping') {
      const status = found.status === 'not-found' && copied(entity.text) ? 'copied-from-example' : found.status;
      return { entity, status, span: null, range: found.range };
    }
    const { range, status } = found;
    if (label === null) return { entity, status: 'unknown-label', span: null, range };
    const span = { ...range, label };
    spans.push(span);
    taken.push(range);
    at = range.end;
    return { entity, status, span, range };
  });
  return { items, spans };
}

/** The label that a type means; null where it is none of them. */
function labelOf(type: string, labels: readonly string[] | undefined): string | null {
  if (labels === undefined || labels.includes(type)) return type;
  const plain = (name: string) => name.trim().toLowerCase();
  const bare = plain(type).replace(/^[bi]-/, '');
  return labels.find((label) => plain(label) === plain(type)) ?? labels.find((label) => plain(label) === bare) ?? null;
}

type Found =
  | { readonly status: 'exact' | 'folded' | 'fuzzy' | 'overlapping'; readonly range: Range }
  | { readonly status: 'not-found'; readonly range: null };

/** Looks for words in one text, which is folded once for all its entities. */
function searchIn(text: string, threshold: number): (wanted: string, taken: readonly Range[], at: number) => Found {
  const words = wordsOf(text);
  const starts = new Set(words.map(({ start }) => start));
  const ends = new Set(words.map(({ end }) => end));
  const [byCase, loosely] = [foldText(text, foldCase), foldText(text, foldLoosely)];
  const whole = ({ start, end }: Range) => starts.has(start) && ends.has(end);
  return (wanted, taken, at) => {
    const free = (range: Range) => !taken.some((other) => overlaps(range, other));
    const pick = (ranges: readonly Range[]) => {
      const open = ranges.filter(free);
      const best = open.some(whole) ? open.filter(whole) : open;
      return best.find(({ start }) => start >= at) ?? best[0];
    };
    const uncut = ({ start, end }: Range) => !cutsWord(text, start) && !cutsWord(text, end);
    const letters = occurrences(text, wanted.trim()).filter(({ start }) => !cutsWord(text, start));
    const exact = letters.filter(uncut);
    const folded = [
      ...foldedOccurrences(byCase, foldText(wanted, foldCase).text.trim()),
      ...foldedOccurrences(loosely, foldText(wanted, foldLoosely).text.trim()),
    ].filter(uncut);
    const range = pick(exact);
    if (range !== undefined) return { status: 'exact', range };
    const near = pick(folded);
    if (near !== undefined) return { status: 'folded', range: near };
    const there = exact[0] ?? folded[0];
    if (there !== undefined) return { status: 'overlapping', range: there };
    const matches = fuzzyMatches(text, words, wanted, wordsOf(wanted), threshold);
    const open = matches.filter(free);
    const part = pick(open.filter(({ share }) => share === open[0]?.share)) ?? pick(letters);
    if (part !== undefined) return { status: 'fuzzy', range: { start: part.start, end: part.end } };
    const lost = matches[0] ?? letters[0];
    if (lost === undefined) return { status: 'not-found', range: null };
    return { status: 'overlapping', range: { start: lost.start, end: lost.end } };
  };
}

const casedOrDigit = /[\p{Lu}\p{Ll}\p{Lt}\p{N}]/u;

/** Whether a place lies inside a word, in a script that sets words apart and joins nothing to a name: one with case. */
function cutsWord(text: string, place: number): boolean {
  const last = Array.from(text.slice(Math.max(0, place - 2), place)).at(-1) ?? '';
  const next = Array.from(text.slice(place, place + 2))[0] ?? '';
  return casedOrDigit.test(last) && casedOrDigit.test(next);
}

function copiedFrom(examples: readonly string[]): (wanted: string) => boolean {
  const texts = examples.map((example) => foldText(example, foldLoosely).text);
  return (wanted) => {
    const sought = foldText(wanted, foldLoosely).text.trim();
    return /[\p{L}\p{N}]/u.test(sought) && texts.some((text) => text.includes(sought));
  };
}
