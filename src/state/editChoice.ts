import type { Range, Sentence, Span } from '../data/types.ts';

/** What is chosen of a text: from where the choosing began to where it is now. Both are units: words, characters, entities. */
export interface Choice {
  readonly anchor: Range;
  readonly head: Range;
}

export type UnitKind = 'word' | 'character';

/** What arrows and the pointer move by: the words of a sentence, or its characters as a person counts them (UAX 29). */
export function unitsOf({ text, words }: Sentence, kind: UnitKind): readonly Range[] {
  if (kind === 'word') return words;
  const cut = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return [...cut].map(({ index, segment }) => ({ start: index, end: index + segment.length }));
}

/** The unit at an offset; between two units the nearer one, the first of equals. Null where there is none. */
export function unitAt(units: readonly Range[], offset: number): Range | null {
  const distance = ({ start, end }: Range) => (offset < start ? start - offset : offset >= end ? offset - end + 1 : 0);
  let nearest: Range | null = null;
  for (const unit of units) if (nearest === null || distance(unit) < distance(nearest)) nearest = unit;
  return nearest;
}

/** A choice of one unit. */
export function only(unit: Range): Choice {
  const { start, end } = unit;
  return { anchor: { start, end }, head: { start, end } };
}

/** A choice whose other end moves to a unit. */
export function until({ anchor }: Choice, head: Range): Choice {
  return { anchor, head };
}

export function rangeOf({ anchor, head }: Choice): Range {
  return { start: Math.min(anchor.start, head.start), end: Math.max(anchor.end, head.end) };
}

/** One unit onward (1) or back (-1); with `extend` the anchor stays. From nothing, the first or the last unit. */
export function stepped(
  units: readonly Range[],
  choice: Choice | null,
  direction: 1 | -1,
  extend: boolean,
): Choice | null {
  if (choice === null) {
    const first = direction === 1 ? units[0] : units.at(-1);
    return first === undefined ? null : only(first);
  }
  const { head } = choice;
  const next =
    direction === 1 ? units.find(({ start }) => start >= head.end) : units.findLast(({ end }) => end <= head.start);
  if (next === undefined) return choice;
  return extend ? until(choice, next) : only(next);
}

/** To the first (-1) or last (1) unit. */
export function toEdge(
  units: readonly Range[],
  choice: Choice | null,
  direction: 1 | -1,
  extend: boolean,
): Choice | null {
  const edge = direction === 1 ? units.at(-1) : units[0];
  if (edge === undefined) return choice;
  return extend && choice !== null ? until(choice, edge) : only(edge);
}

/** The entity after (1) or before (-1) the choice; null past the last one, so that Tab may leave the text. */
export function nextEntity(spans: readonly Span[], choice: Choice | null, direction: 1 | -1): Choice | null {
  const ordered = [...spans].sort((a, b) => a.start - b.start || a.end - b.end);
  const at = choice === null ? null : rangeOf(choice);
  const next =
    direction === 1
      ? ordered.find(({ start, end }) => at === null || start > at.start || (start === at.start && end > at.end))
      : ordered.findLast(({ start, end }) => at !== null && (start < at.start || (start === at.start && end < at.end)));
  return next === undefined ? null : only(next);
}
