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
  const author = Object.hasOwn(named, key) ? named[key]! : authors.all;
  return author.version === unknownAuthor.version ? null : author;
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

/** A person's next change of a sentence: one version above the highest that this person has made of it. */
export function nextByPerson({ authors }: Sentence, name = ''): Authorship {
  const made = authors === undefined ? [] : [authors.all, ...Object.values(authors.spans ?? {})];
  const versions = made.filter((author) => author.kind === 'person' && author.name === name).map((a) => a.version);
  return { kind: 'person', name, version: 1 + Math.max(0, ...versions) };
}

/** Silver becomes gold: a person stands for its labels, so no word is in doubt; who made each span is kept. */
export function promoted(sentence: Sentence): Sentence {
  const sure = { ...sentence };
  delete sure.masked;
  delete sure.weight;
  return sure;
}

/** Of spans that were there before anybody kept a record. */
const unknownAuthor: Authorship = { kind: 'person', name: '', version: 0 };

export function sameRange(a: Range, b: Range): boolean {
  return a.start === b.start && a.end === b.end;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}
