import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countMistakes, mistakesOf } from '../../../src/eval/mistakes.ts';
import type { Span } from '../../../src/data/types.ts';

const span = (start: number, end: number, label: string): Span => ({ start, end, label });
const kinds = (gold: Span[], predicted: Span[]) => mistakesOf(gold, predicted).map(({ kind }) => kind);

describe('kinds', () => {
  const gold = span(2, 5, 'ORG');
  test.each([
    ['the same', span(2, 5, 'ORG'), []],
    ['another label', span(2, 5, 'LOC'), ['label']],
    ['too short', span(2, 4, 'ORG'), ['boundary']],
    ['too long', span(0, 9, 'ORG'), ['boundary']],
    ['shifted, another label', span(4, 7, 'LOC'), ['boundary-and-label']],
    ['touching only', span(5, 7, 'ORG'), ['missed', 'spurious']],
  ])('%s', (_, predicted, wanted) => {
    expect(kinds([gold], [predicted])).toEqual(wanted);
  });

  test('nothing there, nothing found', () => {
    expect(kinds([gold], [])).toEqual(['missed']);
    expect(kinds([], [gold])).toEqual(['spurious']);
  });
});

describe('pairs are one to one', () => {
  test('of two halves the larger is the boundary mistake, the other is spurious', () => {
    const [gold, left, right] = [span(0, 5, 'PER'), span(0, 2, 'PER'), span(2, 5, 'PER')];
    expect(mistakesOf([gold], [left, right])).toEqual([
      { kind: 'boundary', gold, predicted: right },
      { kind: 'spurious', gold: null, predicted: left },
    ]);
  });

  test('of equal halves the left one is paired', () => {
    const [gold, left, right] = [span(0, 4, 'PER'), span(0, 2, 'PER'), span(2, 4, 'PER')];
    expect(mistakesOf([gold], [right, left])).toEqual([
      { kind: 'boundary', gold, predicted: left },
      { kind: 'spurious', gold: null, predicted: right },
    ]);
  });

  test('the right label goes before the larger overlap', () => {
    const [gold, wrong, right] = [span(0, 5, 'PER'), span(0, 4, 'LOC'), span(4, 6, 'PER')];
    expect(mistakesOf([gold], [wrong, right])).toEqual([
      { kind: 'boundary', gold, predicted: right },
      { kind: 'spurious', gold: null, predicted: wrong },
    ]);
  });

  test('what is right takes no part in mistakes', () => {
    const [a, b] = [span(0, 3, 'PER'), span(1, 2, 'PER')];
    expect(kinds([a, b], [a])).toEqual(['missed']);
  });

  test('every entity is right or in exactly one mistake', () => {
    const spans = fc.array(
      fc
        .tuple(fc.nat(12), fc.integer({ min: 1, max: 4 }), fc.constantFrom('A', 'B'))
        .map(([start, length, label]) => span(start, start + length, label)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(spans, spans, (gold, predicted) => {
        const mistakes = mistakesOf(gold, predicted);
        const [golds, predictions] = [
          mistakes.flatMap((m) => m.gold ?? []),
          mistakes.flatMap((m) => m.predicted ?? []),
        ];
        expect(new Set(golds).size).toBe(golds.length);
        expect(new Set(predictions).size).toBe(predictions.length);
        expect(gold.length - golds.length).toBe(predicted.length - predictions.length);
        const counts = countMistakes(mistakes);
        expect(Object.values(counts).reduce((a, b) => a + b)).toBe(mistakes.length);
      }),
    );
  });
});
