import type { Piece } from './encode.ts';
import type { Tokenizer } from './tokenizer.ts';

/** The first piece of a word: the word's index, and the place in the window's ids. */
export interface FirstPiece {
  readonly word: number;
  readonly position: number;
}

/** A stretch of a sentence that the model sees at once. */
export interface Window {
  /** Piece ids with [CLS] and [SEP], [T], T ≤ maxPieces. */
  readonly ids: Int32Array;
  /** The words that this window trains and predicts; every word that has pieces stands in exactly one window. */
  readonly firstPieces: readonly FirstPiece[];
}

/** [CLS] and [SEP]. */
const framePieces = 2;

/**
 * The windows of a sentence, at most `maxPieces` (≥ 3) long with [CLS] and [SEP]. A sentence that fits is one window. A
 * longer one goes through windows that begin every half body, the last one flush with the end. A word belongs to the window
 * that shows most on its poorer side (where the text itself ends nothing lacks), to the earlier one of equals; windows that
 * get no word are left out. Of a word longer than a window only the part in its window is seen. No pieces, no window.
 */
export function windowsOf(pieces: readonly Piece[], tokenizer: Tokenizer, maxPieces: number): Window[] {
  const body = maxPieces - framePieces;
  if (!(body >= 1)) throw new RangeError(`a window of ${String(maxPieces)} pieces has no room between [CLS] and [SEP]`);
  const starts = startsOf(pieces.length, body);
  const firstPieces = starts.map((): FirstPiece[] => []);
  let earliest = 0;
  for (const { word, from, to } of wordsOfPieces(pieces)) {
    while (starts[earliest]! + body <= from) earliest++;
    const chosen = bestWindow(starts, earliest, from, (start) => {
      const before = start === 0 ? Infinity : from - start;
      const after = start + body >= pieces.length ? Infinity : start + body - to;
      return Math.min(before, after);
    });
    firstPieces[chosen]!.push({ word, position: 1 + from - starts[chosen]! });
  }
  const { cls, sep } = tokenizer.special;
  return starts.flatMap((start, i) => {
    if (firstPieces[i]!.length === 0) return [];
    const seen = pieces.slice(start, start + body);
    return [{ ids: Int32Array.from([cls, ...seen.map(({ id }) => id), sep]), firstPieces: firstPieces[i]! }];
  });
}

/** Where windows with a body of `body` pieces begin. */
function startsOf(length: number, body: number): number[] {
  const starts = [0];
  const stride = Math.max(1, body >> 1);
  for (let start = stride; starts.at(-1)! + body < length; start += stride) starts.push(Math.min(start, length - body));
  return starts;
}

/** Runs of pieces of one word. */
function wordsOfPieces(pieces: readonly Piece[]): { word: number; from: number; to: number }[] {
  const words: { word: number; from: number; to: number }[] = [];
  pieces.forEach(({ word }, i) => {
    const last = words.at(-1);
    if (last?.word === word) last.to = i + 1;
    else words.push({ word, from: i, to: i + 1 });
  });
  return words;
}

/** Of the windows that begin at or before `from`, `earliest` on, the first with the most context. */
function bestWindow(
  starts: readonly number[],
  earliest: number,
  from: number,
  contextOf: (start: number) => number,
): number {
  let best = earliest;
  for (let i = earliest + 1; i < starts.length && starts[i]! <= from; i++) {
    if (contextOf(starts[i]!) > contextOf(starts[best]!)) best = i;
  }
  return best;
}
