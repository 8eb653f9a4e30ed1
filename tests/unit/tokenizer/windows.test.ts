import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../src/data/words.ts';
import { encodeWords, type Piece } from '../../../src/tokenizer/encode.ts';
import { labelIds } from '../../../src/tokenizer/labels.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { windowsOf } from '../../../src/tokenizer/windows.ts';
import { shippedFiles } from './golden.ts';

const tokenizer = createTokenizer(shippedFiles);
const { cls, sep } = tokenizer.special;

/** Pieces of words with the given numbers of pieces; the ids count up from 1000, so that each piece is known by its id. */
function piecesOf(counts: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  counts.forEach((count, word) => {
    for (let i = 0; i < count; i++) pieces.push({ id: 1000 + pieces.length, word, start: 0, end: 1 });
  });
  return pieces;
}

/** Windows in short: the pieces' places in the sentence, and the words with their places in the window. */
function shape(counts: readonly number[], maxPieces: number) {
  return windowsOf(piecesOf(counts), tokenizer, maxPieces).map(({ ids, firstPieces }) => ({
    seen: [...ids.slice(1, -1)].map((id) => id - 1000),
    words: firstPieces.map(({ word, position }) => [word, position]),
  }));
}

describe('windows', () => {
  it('puts a sentence that fits into one, with [CLS] and [SEP]', () => {
    const text = 'Thirty States established programs.';
    const windows = windowsOf(encodeWords(tokenizer, text, wordsOf(text)), tokenizer, 7);
    expect(windows.map(({ ids }) => [...ids])).toEqual([[101, 4228, 2163, 2511, 3454, 1012, 102]]);
    expect(windows[0]!.firstPieces).toEqual([0, 1, 2, 3, 4].map((word) => ({ word, position: word + 1 })));
  });

  it('overlaps by half, ends flush with the text, and gives a word to the window with the most context', () => {
    expect(shape([1, 1, 1, 1, 1, 1, 1, 1, 1], 6)).toEqual([
      {
        seen: [0, 1, 2, 3],
        words: [
          [0, 1],
          [1, 2],
          [2, 3],
        ],
      },
      {
        seen: [2, 3, 4, 5],
        words: [
          [3, 2],
          [4, 3],
        ],
      },
      {
        seen: [4, 5, 6, 7],
        words: [
          [5, 2],
          [6, 3],
        ],
      },
      {
        seen: [5, 6, 7, 8],
        words: [
          [7, 3],
          [8, 4],
        ],
      },
    ]);
  });

  it('shows a word whole where a window can', () => {
    // Word 2 is pieces 2–4: the first window would cut it.
    expect(shape([1, 1, 3, 1, 1, 1], 6).find(({ words }) => words.some(([word]) => word === 2))!.seen).toEqual([
      2, 3, 4, 5,
    ]);
  });

  it('cuts a word longer than a window and keeps its neighbours', () => {
    expect(shape([1, 10, 1], 6)).toEqual([
      {
        seen: [0, 1, 2, 3],
        words: [
          [0, 1],
          [1, 2],
        ],
      },
      { seen: [8, 9, 10, 11], words: [[2, 4]] },
    ]);
  });

  it('skips words without pieces and has no window where no word has any', () => {
    expect(shape([1, 0, 2], 8)).toEqual([
      {
        seen: [0, 1, 2],
        words: [
          [0, 1],
          [2, 2],
        ],
      },
    ]);
    expect(shape([0, 0], 8)).toEqual([]);
    expect(shape([], 8)).toEqual([]);
  });

  it('refuses a limit without room for a piece', () => {
    expect(() => windowsOf(piecesOf([1]), tokenizer, 2)).toThrow(RangeError);
  });

  it('trains and predicts every word with pieces in exactly one window, whatever the lengths', () => {
    const counts = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 150 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(counts, fc.integer({ min: 3, max: 128 }), (counts, maxPieces) => {
        const pieces = piecesOf(counts);
        const windows = windowsOf(pieces, tokenizer, maxPieces);
        const listed: number[] = [];
        for (const { ids, firstPieces } of windows) {
          expect(ids.length).toBeLessThanOrEqual(maxPieces);
          expect([ids[0], ids.at(-1)]).toEqual([cls, sep]);
          const first = ids[1]! - 1000;
          expect([...ids.slice(1, -1)]).toEqual(pieces.slice(first, first + ids.length - 2).map(({ id }) => id));
          expect(firstPieces.length).toBeGreaterThan(0);
          for (const { word, position } of firstPieces) {
            expect(ids[position]).toBe(pieces.find((piece) => piece.word === word)!.id);
            listed.push(word);
          }
        }
        expect(listed.sort((a, b) => a - b)).toEqual(counts.flatMap((count, word) => (count > 0 ? [word] : [])));
      }),
      { seed: 20261101, numRuns: 1000 },
    );
  });
});

it('labels the first pieces that a window lists and nothing else', () => {
  const [first, second] = windowsOf(piecesOf([1, 2, 1, 1]), tokenizer, 5);
  const tags = Int32Array.from([3, 1, 2, 4]);
  expect([...labelIds(first!, tags)]).toEqual([-100, 3, 1, -100, -100]);
  expect([...labelIds(second!, tags)]).toEqual([-100, -100, 2, 4, -100]);
});

it('gives pieces of plain text whose ranges spell them', () => {
  const names = shippedFiles['vocab.txt']!.split('\n');
  const anyText = fc.string({ unit: fc.constantFrom(...Array.from('abcdefghij EFGH0123.,-$')), maxLength: 60 });
  fc.assert(
    fc.property(anyText, (text) => {
      const pieces = encodeWords(tokenizer, text, wordsOf(text));
      for (const { id, start, end } of pieces) {
        expect(text.slice(start, end).toLowerCase()).toBe(names[id]!.replace(/^##/, ''));
      }
      expect(pieces.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text.replace(/ /g, ''));
    }),
    { seed: 20261101, numRuns: 1000 },
  );
});
