/*
 * Character classes as Hugging Face `tokenizers` 0.23 has them. It takes them from Unicode 8 (crate unicode_categories
 * 0.1.1), JavaScript from whatever Unicode the engine ships, so what came later is named here. The golden test goes through
 * every code point.
 */

/**
 * Ranges, in hexadecimal, that hold all code points which later became marks, controls, composed characters or punctuation
 * and none that was one of the first three: `tokenizers` leaves them as they are.
 */
const later = new RegExp(
  `[${`61d 7fd 890-8e2 9fd-9fe a76 afa-aff b55 c04-c3c c77 c84 d00 d3b-d3c d81 eba ece 180f-1886 1abf-1aeb 1b4e-1b4f
1b7d-1b7f 1df6-1dfb 2e43-2e5d a82c a8c5 a8ff a9bd 105c9-105e4 10d24-10f89 11070-11074 110c2-110cd 111c9 111cf 1123e-11241 1133b
11383-1145e 11660-1166c 116b9 1182f-11fff 12ff1-1612f 16d68-16f4f 16fe2-16fe4 1cf00-1cf46 1e000-1e6f5 1e944-1e95f`
    .replace(/[0-9a-f]+/g, String.raw`\u{$&}`)
    .replace(/\s/g, '')}]`,
  'u',
);

const control = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;
const whitespace = /\p{White_Space}/u;
/** U+1734 and U+1171E have become spacing marks since Unicode 8. */
const nonspacing = /[\p{Mn}\u1734\u{1171e}]/u;
/** With all that is neither letter, digit nor space in ASCII. */
const punctuation = /[\p{P}$+<=>^`|~]/u;
/** Became a symbol and a mark since Unicode 8. */
const oncePunctuation = /[\u166d\u{111c9}]/u;
/** The blocks of BERT's original `_is_chinese_char`, with the slip (2B920 for 2B820) that `tokenizers` keeps. */
const chinese =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/u;

/** What each function is given: one code point, as a string. */
type Character = string;

/** Unicode's White_Space. */
export function isWhitespace(character: Character): boolean {
  return whitespace.test(character);
}

/** Characters that cleaning takes away: NUL, U+FFFD, and category C but for tab, line feed and carriage return. */
export function isRemoved(character: Character): boolean {
  if (character === '\t' || character === '\n' || character === '\r') return false;
  return character === '\ufffd' || (control.test(character) && !later.test(character));
}

export function isPunctuation(character: Character): boolean {
  return (punctuation.test(character) && !later.test(character)) || oncePunctuation.test(character);
}

export function isChinese(character: Character): boolean {
  return chinese.test(character);
}

/**
 * The canonical decomposition (NFD) of one character without its non-spacing marks; '' for such a mark. Marks that NFD
 * would put in another order are dropped anyway, so going by single characters loses nothing.
 */
export function withoutAccents(character: Character): string {
  if (later.test(character)) return character;
  let kept = '';
  for (const part of character.normalize('NFD')) if (!nonspacing.test(part)) kept += part;
  return kept;
}
