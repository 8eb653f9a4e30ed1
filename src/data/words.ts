import type { Range } from './types.ts';

/**
 * Words as `words_of` of the reference cuts them with Python's `re`: `\w+(?:['’]\w+)?|[^\w\s]`, then a final `'s` or `’s`
 * is a word of its own. Python's `\w` is `str.isalnum()` or `_`: letters, and every character with a numeric value; it
 * leaves out combining marks. JavaScript's `\w` is ASCII, so the classes are spelt out.
 */
const word = String.raw`[\p{L}\p{N}_]`;
/** Python's `str.isspace()`, which has U+001C–1F and U+0085 beyond JavaScript's `\s`, and lacks U+FEFF. */
const space = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const pattern = new RegExp(String.raw`${word}+(?:['’]${word}+)?|[^\p{L}\p{N}_${space}]`, 'gu');

/** Ranges of the words of a text, in order, in UTF-16 code units. */
export function wordsOf(text: string): Range[] {
  const words: Range[] = [];
  for (const match of text.matchAll(pattern)) {
    const [found] = match;
    const start = match.index;
    const end = start + found.length;
    if (found.length > 2 && (found.endsWith("'s") || found.endsWith('’s'))) {
      words.push({ start, end: end - 2 }, { start: end - 2, end });
    } else {
      words.push({ start, end });
    }
  }
  return words;
}

/** Whether words are those that `wordsOf` would cut: a format that keeps no words then loses none. */
export function asCut(text: string, words: readonly Range[]): boolean {
  const cut = wordsOf(text);
  return (
    words.length === cut.length && words.every(({ start, end }, i) => start === cut[i]!.start && end === cut[i]!.end)
  );
}
