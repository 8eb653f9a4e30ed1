import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wordsOf } from '../../../src/data/words.ts';

// Values of Python's `words_of`; thousands of lines and every code point are held against it in ../tokenizer/golden.test.ts.
const wordsIn = (text: string): string[] => wordsOf(text).map(({ start, end }) => text.slice(start, end));

it.each([
  ["O'Neill's dogs' bone, isn't", ["O'Neill", "'", 's', 'dogs', "'", 'bone', ',', "isn't"]],
  ["America's and America’s", ['America', "'s", 'and', 'America', '’s']],
  ['$4.50 (U.S.) well-known', ['$', '4', '.', '50', '(', 'U', '.', 'S', '.', ')', 'well', '-', 'known']],
  ['x_y __init__', ['x_y', '__init__']],
  ['cafe\u0301 café', ['cafe', '\u0301', 'café']],
  ['x² ½ Ⅷ ٣ ①', ['x²', '½', 'Ⅷ', '٣', '①']],
  ['a\u001cb\u0085c\ufeffd', ['a', 'b', 'c', '\ufeff', 'd']],
  ['a👍🏽b', ['a', '👍', '🏽', 'b']],
  ['中国。한국', ['中国', '。', '한국']],
  [' \t\n', []],
  ['', []],
])('cuts %j as the reference does', (text, expected) => {
  expect(wordsIn(text)).toEqual(expected);
});

it('takes every character that is not a space into exactly one word, in order', () => {
  const character = fc.constantFrom(...Array.from("ab's’ .,-_$1é中\u0301\u00a0\t½"), '👍', '\ud83d', '\udc4d', '𝐀');
  fc.assert(
    fc.property(fc.array(character, { maxLength: 30 }), (characters) => {
      const text = characters.join('');
      let at = 0;
      let rest = '';
      for (const { start, end } of wordsOf(text)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        rest += text.slice(at, start);
        at = end;
      }
      expect((rest + text.slice(at)).trim()).toBe('');
    }),
    { seed: 20261101, numRuns: 2000 },
  );
});
