import { nextByPerson, overlaps, sameRange, spanKey, withSpans } from '../data/authors.ts';
import type { Range, Sentence, Span } from '../data/types.ts';

/** A sentence after an edit, and the spans that had to go for it. Where nothing changed it is the same object. */
export interface Edited {
  readonly sentence: Sentence;
  readonly gone: readonly Span[];
}

/**
 * Labels a range of a sentence. Spans that it touches make room, so that none overlap; space at its ends is left out, and a
 * range of nothing else changes nothing.
 */
export function labelled(sentence: Sentence, range: Range, label: string): Edited {
  const trimmed = withoutSpace(sentence.text, range);
  if (trimmed === null) return { sentence, gone: [] };
  const span = { ...trimmed, label };
  const spans = sentence.spans ?? [];
  const gone = spans.filter((other) => overlaps(other, span) && spanKey(other) !== spanKey(span));
  if (gone.length === 0 && spans.some((other) => spanKey(other) === spanKey(span))) return { sentence, gone };
  const kept = spans.filter((other) => !overlaps(other, span));
  return { sentence: byHand(sentence, [...kept, span], span), gone };
}

/** Takes the labels off a range: off the entity that is just this range, else off all that it touches. */
export function unlabelled(sentence: Sentence, range: Range): Edited {
  const spans = sentence.spans ?? [];
  const exact = spans.filter((span) => sameRange(span, range));
  const gone = exact.length > 0 ? exact : spans.filter((span) => overlaps(span, range));
  if (gone.length === 0) return { sentence, gone };
  const kept = spans.filter((span) => !gone.includes(span));
  return { sentence: byHand(sentence, kept, range), gone };
}

/** Says of a sentence that nobody has labelled that it holds no entity. */
export function markedEmpty(sentence: Sentence): Edited {
  return {
    sentence: sentence.spans === null ? byHand(sentence, [], { start: 0, end: sentence.text.length }) : sentence,
    gone: [],
  };
}

/** The labels that another source gives to the same text, in place of the sentence's own; who made them goes with them. */
export function labelledAs(sentence: Sentence, other: Sentence): Edited {
  const { spans } = other;
  if (spans === null) return { sentence, gone: [] };
  const keys = new Set(spans.map(spanKey));
  const gone = (sentence.spans ?? []).filter((span) => !keys.has(spanKey(span)));
  if (sentence.spans?.length === spans.length && gone.length === 0) return { sentence, gone };
  const own = { ...sentence, spans };
  delete own.authors;
  return { sentence: other.authors === undefined ? own : { ...own, authors: other.authors }, gone };
}

/** A label as a person typed it: no space around it, and `_` for space inside, which columns of tags cannot hold. */
export function labelFrom(typed: string): string {
  return typed.trim().replace(/\s+/g, '_');
}

/** New spans by a person, who takes the doubt off the words of the range that was decided on. */
function byHand(sentence: Sentence, spans: readonly Span[], decided: Range): Sentence {
  const ordered = [...spans].sort((a, b) => a.start - b.start || a.end - b.end);
  const edited = withSpans(sentence, ordered, nextByPerson(sentence));
  const { masked } = sentence;
  return masked === undefined ? edited : { ...edited, masked: masked.filter((word) => !overlaps(word, decided)) };
}

function withoutSpace(text: string, { start, end }: Range): Range | null {
  const inside = text.slice(start, end);
  const from = start + inside.length - inside.trimStart().length;
  return inside.trim() === '' ? null : { start: from, end: from + inside.trim().length };
}
