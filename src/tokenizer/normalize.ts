import { isChinese, isRemoved, isWhitespace, withoutAccents } from './unicode.ts';

/** The settings of BERT's normaliser, applied in this order. */
export interface NormalizerOptions {
  /** Drop control characters and make every space character a blank. */
  readonly cleanText: boolean;
  /** Put blanks around ideographs, so that each is a token of its own. */
  readonly spaceChinese: boolean;
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

/**
 * Normalised text, one entry a code point: the character, and the range of the original it came from in UTF-16 code units.
 * Several entries may share a range (a Hangul syllable becomes two or three letters), and ranges may leave gaps.
 */
export interface NormalizedText {
  readonly characters: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Normalises as `BertNormalizer` of Hugging Face `tokenizers`. Letters become lower case one code point at a time, so a Σ
 * at the end of a word gives σ, not ς. A lone surrogate is a control character.
 */
export function normalize(text: string, options: NormalizerOptions): NormalizedText {
  const characters: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let start = 0;
  let end = 0;
  const push = (character: string): void => {
    characters.push(character);
    starts.push(start);
    ends.push(end);
  };
  for (const character of text) {
    start = end;
    end += character.length;
    if (isPlain(character)) {
      push(options.lowercase ? character.toLowerCase() : character);
      continue;
    }
    if (options.cleanText && isRemoved(character)) continue;
    const cleaned = options.cleanText && isWhitespace(character) ? ' ' : character;
    const spaced = options.spaceChinese && isChinese(cleaned);
    if (spaced) push(' ');
    // A compatibility ideograph is spaced before it is decomposed.
    for (const part of options.stripAccents ? withoutAccents(cleaned) : cleaned) {
      for (const lower of options.lowercase ? part.toLowerCase() : part) push(lower);
    }
    if (spaced) push(' ');
  }
  return { characters, starts, ends };
}

/** Printable ASCII, which only lower-casing can change. */
function isPlain(character: string): boolean {
  return character.length === 1 && character >= ' ' && character <= '~';
}
