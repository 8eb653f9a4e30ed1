import type { Sentence } from '../../../src/data/types.ts';
import { wordsOf } from '../../../src/data/words.ts';

/** A sentence from its text and spans `[start, end, label]`; its text is its id. */
export function sentence(text: string, spans: readonly (readonly [number, number, string])[] | null = []): Sentence {
  const named = spans?.map(([start, end, label]) => ({ start, end, label })) ?? null;
  return { id: text, text, words: wordsOf(text), spans: named };
}
