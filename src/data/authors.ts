import type { Authors, Authorship, Range, Sentence, Span } from './types.ts';

/** The name of a span within its sentence: two spans of one range and label are one. */
export function spanKey({ start, end, label }: Span): string {
  return `${String(start)}-${String(end)} ${label}`;
}

/** Who made a span; null where nobody said. */
export function authorOf({ authors }: Sentence, span: Span): Authorship | null {
  if (authors === undefined) return null;
  const named = authors.spans ?? {};
  const key = spanKey(span);
  return Object.hasOwn(named, key) ? named[key]! : authors.all;
}

/** A sentence with all its spans made by one author, as a reader or a teacher's answer leaves it. */
export function madeBy(sentence: Sentence, author: Authorship): Sentence {
  return { ...sentence, authors: { all: author } };
}

/**
 * A sentence with new spans by `author`: spans that were there before keep who made them, the others are the author's.
 * The first author of an unlabelled sentence made them all. Names of spans that are gone are dropped.
 */
export function withSpans(sentence: Sentence, spans: readonly Span[], author: Authorship): Sentence {
  const before = new Set(sentence.spans?.map(spanKey));
  const all = sentence.spans === null ? author : sentence.authors?.all;
  const named: Record<string, Authorship> = {};
  for (const span of spans) {
    const made = before.has(spanKey(span)) ? authorOf(sentence, span) : author;
    if (made !== null && made !== all) named[spanKey(span)] = made;
  }
  const some = Object.keys(named).length > 0;
  if (all === undefined && !some) return { ...sentence, spans };
  const authors: Authors = { all: all ?? unknownAuthor, ...(some && { spans: named }) };
  return { ...sentence, spans, authors };
}

/** Of spans that were there before anybody kept a record. */
const unknownAuthor: Authorship = { kind: 'person', name: '', version: 0 };

/** Silver becomes gold: a person has looked at every label of the sentence and stands for it, so no word is in doubt. */
export function promoted(sentence: Sentence, author: Authorship & { readonly kind: 'person' }): Sentence {
  if (sentence.spans === null) return sentence;
  const sure = { ...sentence };
  delete sure.masked;
  delete sure.weight;
  return madeBy(sure, author);
}

export function sameRange(a: Range, b: Range): boolean {
  return a.start === b.start && a.end === b.end;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}
