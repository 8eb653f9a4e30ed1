import type { Range } from '../data/types.ts';
import type { Tokenizer } from './tokenizer.ts';

/** A piece of a sentence: its id, the index of its word, and its range in UTF-16 code units of the sentence's text. */
export interface Piece extends Range {
  readonly id: number;
  readonly word: number;
}

/**
 * The pieces of a sentence, each word tokenised alone, without special tokens: Hugging Face's
 * `tokenizer(words, is_split_into_words=True)`. A word of which nothing is left (a control character) has no piece, and the
 * indexes of the others do not move.
 */
export function encodeWords(tokenizer: Tokenizer, text: string, words: readonly Range[]): Piece[] {
  const pieces: Piece[] = [];
  words.forEach((range, word) => {
    for (const { id, start, end } of tokenizer.partsOf(text.slice(range.start, range.end))) {
      pieces.push({ id, word, start: range.start + start, end: range.start + end });
    }
  });
  return pieces;
}
