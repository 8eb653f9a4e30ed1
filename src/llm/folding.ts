import type { Range } from '../data/types.ts';

/** A text folded for comparison, and for each of its code units the range of the original that it came from. */
export interface Folded {
  readonly text: string;
  readonly origins: readonly Range[];
}

/** Folds one character, which is a base with its combining marks. */
type FoldCharacter = (character: string) => string;

/** Both lower-case sigmas are one, for which of them “Σ” becomes depends on its place in the word. */
const cased: Readonly<Record<string, string>> = { ς: 'σ', '’': "'", '‘': "'", '“': '"', '”': '"' };

/** Case and the shape of quotes aside. */
export const foldCase: FoldCharacter = (character) => {
  const lower = character.toLowerCase();
  return cased[lower] ?? lower;
};

const loose: Readonly<Record<string, string>> = {
  ...cased,
  ß: 'ss',
  ı: 'i',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  æ: 'ae',
  œ: 'oe',
  '`': "'",
  '´': "'",
  ʼ: "'",
  '′': "'",
  '‚': "'",
  '‹': "'",
  '›': "'",
  '″': '"',
  '„': '"',
  '‟': '"',
  '«': '"',
  '»': '"',
  '−': '-',
};

/** Case, quotes, dashes, accents, kinds of space, invisible characters and compatibility forms (`ﬁ`, `Ａ`, `²`) aside. */
export const foldLoosely: FoldCharacter = (character) => {
  const known = loose[character];
  if (known !== undefined) return known;
  // Marks of scripts such as Devanagari are no accents: without them other words would be the same.
  const bare = character.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  const folded = Array.from(
    bare
      .toLowerCase()
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, ''),
    (c) => loose[c] ?? c,
  );
  return folded
    .join('')
    .replace(/\p{Pd}/gu, '-')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ');
};

/** By character, for a fold may grow: “İ” becomes two code units, and offsets after it would shift. Runs of space are one. */
export function foldText(text: string, fold: FoldCharacter): Folded {
  const origins: Range[] = [];
  let folded = '';
  for (const { 0: character, index } of text.matchAll(/\P{M}\p{M}*|\p{M}+/gsu)) {
    const plain = fold(character);
    if (plain === ' ' && fold === foldLoosely && folded.endsWith(' ')) continue;
    for (let i = 0; i < plain.length; i++) origins.push({ start: index, end: index + character.length });
    folded += plain;
  }
  return { text: folded, origins };
}

/** Ranges of the original where the folded words stand; none that begins or ends within what one character became. */
export function foldedOccurrences({ text, origins }: Folded, wanted: string): Range[] {
  const splits = (place: number) =>
    origins[place - 1] !== undefined && origins[place - 1]!.start === origins[place]?.start;
  return occurrences(text, wanted)
    .filter(({ start, end }) => !splits(start) && !splits(end))
    .map(({ start, end }) => ({ start: origins[start]!.start, end: origins[end - 1]!.end }));
}

/** Every place where the words stand, overlapping ones too; none for no words. */
export function occurrences(text: string, wanted: string): Range[] {
  const found: Range[] = [];
  if (wanted === '') return found;
  for (let start = text.indexOf(wanted); start >= 0; start = text.indexOf(wanted, start + 1)) {
    found.push({ start, end: start + wanted.length });
  }
  return found;
}
