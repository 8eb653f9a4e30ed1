import { authorOf } from '../authors.ts';
import type { AuthorKind, Sentence } from '../types.ts';

/** Whether a sentence is wanted. */
export type Wanted = (sentence: Sentence) => boolean;

/** The words sought stand in the text or the id, whichever case and accents they have; between quotes as one. */
export function matches(query: string): Wanted {
  const sought = [...query.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, bare]) => folded(quoted ?? bare ?? ''));
  return ({ id, text }) => {
    const all = folded(`${id}\n${text}`);
    return sought.every((word) => all.includes(word));
  };
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** It has a span of one of these labels. */
export function hasLabel(...labels: readonly string[]): Wanted {
  return ({ spans }) => spans?.some(({ label }) => labels.includes(label)) ?? false;
}

/** Somebody has labelled it, or nobody has. */
export function isLabelled(labelled: boolean): Wanted {
  return ({ spans }) => (spans !== null) === labelled;
}

/** It has a span by such an author; where it has no span, the author of the sentence counts. */
export function madeByKind(kind: AuthorKind): Wanted {
  return (sentence) => {
    const { spans, authors } = sentence;
    if (spans === null || spans.length === 0) return authors?.all.kind === kind && authors.all.version > 0;
    return spans.some((span) => authorOf(sentence, span)?.kind === kind);
  };
}
