import type { Range } from '../data/types.ts';
import { foldLoosely, foldText } from './folding.ts';

/** Least share of words in common, 0 … 1, that a fuzzy match needs; the middle of what LangExtract (0.75) and half a name want. */
export const fuzzyThreshold = 0.75;
/** Longer “entities” are sentences; comparing them would take long and find nothing worth having. */
const maxWords = 30;

/** A range that shares enough words, in order, with what was sought. */
export interface FuzzyMatch extends Range {
  /** 2 · common / (words sought + words of the range): 1 for the same words. */
  readonly share: number;
}

interface Word extends Range {
  readonly plain: string;
}

/**
 * The ranges of a text that share at least `threshold` of their words, as a longest common subsequence, with the words
 * sought; best first, of equals the leftmost. A range begins and ends with a common word. Words are compared without case,
 * accents and a plural `s`; punctuation does not count.
 */
export function fuzzyMatches(
  text: string,
  words: readonly Range[],
  wanted: string,
  wantedWords: readonly Range[],
  threshold = fuzzyThreshold,
): FuzzyMatch[] {
  const sought = wordsIn(wanted, wantedWords).map(({ plain }) => plain);
  if (sought.length === 0 || sought.length > maxWords) return [];
  const there = wordsIn(text, words);
  const known = new Set(sought);
  // 2c / (n + m) ≥ t with c ≤ min(n, m) bounds the words m of a range.
  const longest = Math.floor(sought.length * (2 / threshold - 1));
  const matches: FuzzyMatch[] = [];
  there.forEach(({ plain, start }, first) => {
    if (!known.has(plain)) return;
    for (let size = 1; size <= longest && first + size <= there.length; size++) {
      const last = there[first + size - 1]!;
      if (!known.has(last.plain)) continue;
      const common = commonWords(
        sought,
        there.slice(first, first + size).map((word) => word.plain),
      );
      const share = (2 * common) / (sought.length + size);
      if (share >= threshold) matches.push({ start, end: last.end, share });
    }
  });
  return matches.sort((a, b) => b.share - a.share || a.start - b.start);
}

function wordsIn(text: string, words: readonly Range[]): Word[] {
  return words
    .map(({ start, end }) => ({ start, end, plain: plainWord(text.slice(start, end)) }))
    .filter(({ plain }) => /[\p{L}\p{N}]/u.test(plain));
}

function plainWord(word: string): string {
  const { text } = foldText(word, foldLoosely);
  return text.length > 3 && text.endsWith('s') && !text.endsWith('ss') ? text.slice(0, -1) : text;
}

/** Length of the longest common subsequence. */
function commonWords(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (let j = 0; j < b.length; j++) next.push(word === b[j] ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!));
    row = next;
  }
  return row[b.length]!;
}
