import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupsOf } from '../../../src/ui/data/editor/parts.ts';
import { differenceFrom, piecesOf } from '../../../src/ui/pieces.ts';
import { sentence } from './sentences.ts';

test('a sentence in parts: words and gaps, entities that cut words, what is chosen', () => {
  const groups = groupsOf(sentence('Ada met', [[1, 5, 'X']]), { start: 4, end: 7 });
  const short = groups.map(({ word, parts }) => [
    word,
    parts.map(({ text, span, closes, chosen }) => [text, span?.label ?? '', closes, chosen]),
  ]);
  expect(short).toEqual([
    [
      0,
      [
        ['A', '', false, false],
        ['da', 'X', false, false],
      ],
    ],
    [null, [[' ', 'X', false, false]]],
    [
      1,
      [
        ['m', 'X', true, true],
        ['et', '', false, true],
      ],
    ],
  ]);
});

test('the parts are the text, and each entity closes once', () => {
  const span = fc.tuple(fc.nat(14), fc.integer({ min: 1, max: 5 }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 5 }), span, (spans, [from, length]) => {
      const text = 'Ada met Bob Ray.';
      const inside = spans.map(([start, n]) => [start, Math.min(text.length, start + n), 'X'] as const);
      const chosen = { start: from, end: Math.min(text.length, from + length) };
      const parts = groupsOf(sentence(text, inside), chosen).flatMap((group) => group.parts);
      expect(parts.map((part) => part.text).join('')).toBe(text);
      expect(parts.every((part, i) => part.start === parts.slice(0, i).reduce((n, p) => n + p.text.length, 0))).toBe(
        true,
      );
      const picked = parts.filter((part) => part.chosen).map((part) => part.text);
      expect(picked.join('')).toBe(text.slice(chosen.start, chosen.end));
      const shown = new Set(parts.map((part) => part.span).filter((one) => one !== null));
      expect(parts.filter((part) => part.closes).length).toBeGreaterThanOrEqual(shown.size);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('how a span differs from the other source', () => {
  const others = [
    { start: 0, end: 3, label: 'PER' },
    { start: 8, end: 15, label: 'ORG' },
  ];
  expect(differenceFrom({ start: 0, end: 3, label: 'PER' }, others)).toBeNull();
  expect(differenceFrom({ start: 0, end: 3, label: 'ORG' }, others)).toBe('other label');
  expect(differenceFrom({ start: 8, end: 11, label: 'ORG' }, others)).toBe('other borders');
  expect(differenceFrom({ start: 4, end: 7, label: 'ORG' }, others)).toBe('only here');
  const [first, gap] = piecesOf('Ada met Bob Ray', [{ start: 0, end: 3, label: 'LOC' }], others);
  expect([first?.difference, gap?.difference]).toEqual(['other label', null]);
});
