import { sameAs } from '../findings/check.ts';
import type { Sentence } from '../types.ts';

/** How sentences of two datasets are known to be the same: by id, or by their words. */
export type SameBy = 'id' | 'words';

function keyOf(sentence: Sentence, by: SameBy): string {
  return by === 'id' ? sentence.id : sameAs(sentence);
}

/** All sentences one after another. An id that was there before gets a number behind it: ids stay unique. */
export function join(...datasets: readonly (readonly Sentence[])[]): Sentence[] {
  const taken = new Set<string>();
  return datasets.flat().map((sentence) => {
    let id = sentence.id;
    for (let n = 2; taken.has(id); n++) id = `${sentence.id}-${String(n)}`;
    taken.add(id);
    return id === sentence.id ? sentence : { ...sentence, id };
  });
}

/** Sentences that the other dataset lacks: the silver that has not been labelled by a person, say. */
export function subtract(sentences: readonly Sentence[], others: readonly Sentence[], by: SameBy): Sentence[] {
  const gone = new Set(others.map((sentence) => keyOf(sentence, by)));
  return sentences.filter((sentence) => !gone.has(keyOf(sentence, by)));
}

/** Sentences that the other dataset has too. */
export function intersect(sentences: readonly Sentence[], others: readonly Sentence[], by: SameBy): Sentence[] {
  const wanted = new Set(others.map((sentence) => keyOf(sentence, by)));
  return sentences.filter((sentence) => wanted.has(keyOf(sentence, by)));
}

/** Two labellings of one text. */
export interface Pair {
  readonly a: Sentence;
  readonly b: Sentence;
}

/** Sentences of two datasets side by side, in the order of the first. Texts that differ are no pair. */
export function pairs(first: readonly Sentence[], second: readonly Sentence[], by: SameBy): Pair[] {
  const others = new Map(second.map((sentence) => [keyOf(sentence, by), sentence]));
  return first.flatMap((a) => {
    const b = others.get(keyOf(a, by));
    return b?.text === a.text ? [{ a, b }] : [];
  });
}
