import type { NormalizedText } from './normalize.ts';
import { isPunctuation, isWhitespace } from './unicode.ts';

/** A vocabulary with the settings of greedy longest-match-first WordPiece. */
export interface WordPieceModel {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly unknownId: number;
  /** What pieces inside a token begin with: `##`. */
  readonly continuingPrefix: string;
  /** Code points; a longer token becomes one unknown piece. */
  readonly maxCharacters: number;
  /** Code points of the longest entry, prefix and all: no match is longer. */
  readonly longest: number;
}

/** A piece of a word: its id, and its range in the word in UTF-16 code units. */
export interface WordPart {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** BERT's pre-tokenizer: ranges of entries between blanks, each punctuation character on its own. */
export function tokensOf({ characters }: NormalizedText, from: number, to: number): { from: number; to: number }[] {
  const tokens: { from: number; to: number }[] = [];
  let open = from;
  const close = (at: number): void => {
    if (open < at) tokens.push({ from: open, to: at });
  };
  for (let i = from; i < to; i++) {
    const character = characters[i]!;
    const isSpace = isWhitespace(character);
    if (!isSpace && !isPunctuation(character)) continue;
    close(i);
    if (!isSpace) tokens.push({ from: i, to: i + 1 });
    open = i + 1;
  }
  close(to);
  return tokens;
}

/** The pieces of one token, entries `[from, to)`: the longest match at each place, or one unknown piece for all of it. */
export function wordPieces(model: WordPieceModel, text: NormalizedText, from: number, to: number): WordPart[] {
  const { vocabulary, unknownId, continuingPrefix, maxCharacters, longest } = model;
  const { characters, starts, ends } = text;
  const unknown: WordPart = { id: unknownId, start: starts[from]!, end: ends[to - 1]! };
  if (to - from > maxCharacters) return [unknown];
  const parts: WordPart[] = [];
  let at = from;
  while (at < to) {
    const prefix = at > from ? continuingPrefix : '';
    let until = Math.min(to, at + longest);
    let id: number | undefined;
    for (; until > at; until--) {
      id = vocabulary.get(prefix + characters.slice(at, until).join(''));
      if (id !== undefined) break;
    }
    if (id === undefined) return [unknown];
    parts.push({ id, start: starts[at]!, end: ends[until - 1]! });
    at = until;
  }
  return parts;
}
