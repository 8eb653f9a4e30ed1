import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groundEntities } from '../../../src/llm/grounding.ts';

/** Status and the words at the span found, with where it begins. */
function ground(text: string, ...wanted: string[]) {
  return groundEntities(
    text,
    wanted.map((words) => ({ text: words, type: 'X' })),
  ).items.map(({ status, span }) => (span === null ? status : [status, span.start, text.slice(span.start, span.end)]));
}

describe('order and occurrences', () => {
  test('each occurrence once, left to right', () => {
    expect(ground('Rome and Rome', 'Rome', 'Rome', 'Rome')).toEqual([
      ['exact', 0, 'Rome'],
      ['exact', 9, 'Rome'],
      'overlapping',
    ]);
  });
  test('after the entity before it', () => {
    expect(ground('Rome, Paris, Rome', 'Paris', 'Rome')).toEqual([
      ['exact', 6, 'Paris'],
      ['exact', 13, 'Rome'],
    ]);
  });
  test('out of order, the first free occurrence', () => {
    expect(ground('Rome, Paris', 'Paris', 'Rome')).toEqual([
      ['exact', 6, 'Paris'],
      ['exact', 0, 'Rome'],
    ]);
    expect(ground('A B, A C, D', 'A', 'D', 'A')).toEqual([
      ['exact', 0, 'A'],
      ['exact', 10, 'D'],
      ['exact', 5, 'A'],
    ]);
  });
  test('nothing overlaps', () => {
    expect(ground('New York City', 'New York', 'York City')).toEqual([['exact', 0, 'New York'], 'overlapping']);
  });
  test('whole words go first, parts of words are taken where there is nothing else', () => {
    expect(ground('Americans in America', 'America')).toEqual([['exact', 13, 'America']]);
    expect(ground('the Americans', 'America')).toEqual([['fuzzy', 4, 'America']]);
  });
  test('empty words are nowhere', () => {
    expect(ground('a b', '', ' ')).toEqual(['not-found', 'not-found']);
  });
});

describe('folded', () => {
  test('only where there is no exact occurrence', () => {
    expect(ground('CONGRESS, Congress', 'Congress')).toEqual([['exact', 10, 'Congress']]);
    expect(ground('the CONGRESS', 'Congress')).toEqual([['folded', 4, 'CONGRESS']]);
  });
  test('a fold that grows does not shift what follows', () => {
    expect('İ'.toLowerCase()).toHaveLength(2);
    expect(ground('İİ saw PARIS', 'Paris')).toEqual([['folded', 7, 'PARIS']]);
    expect(ground('in İzmir now', 'i̇zmir')).toEqual([['folded', 3, 'İzmir']]);
  });
  test('characters of two code units', () => {
    expect(ground('𐐀𐐀 and ROME 😀', 'Rome')).toEqual([['folded', 9, 'ROME']]);
    expect(ground('𐐀𐐁', '𐐨𐐩')).toEqual([['folded', 0, '𐐀𐐁']]);
  });
  test('final sigma and quotes', () => {
    expect(ground('ΟΔΟΣ', 'οδος')).toEqual([['folded', 0, 'ΟΔΟΣ']]);
    expect(ground('the People’s House', "People's House")).toEqual([['folded', 4, 'People’s House']]);
  });
});

test('the label is the type', () => {
  expect(groundEntities('Rome', [{ text: 'Rome', type: 'Place' }]).spans).toEqual([
    { start: 0, end: 4, label: 'Place' },
  ]);
});

test('whatever is found is in the text, folds to what was wanted, and overlaps nothing', () => {
  const words = fc.stringMatching(/^[aAbBİß’' ]{1,4}$/);
  const fold = (text: string) =>
    Array.from(text.trim(), (c) => c.toLowerCase())
      .join('')
      .replaceAll('’', "'")
      .replace(/ +/g, ' ');
  fc.assert(
    fc.property(fc.stringMatching(/^[aAbBİß’' ]{0,30}$/), fc.array(words, { maxLength: 6 }), (text, list) => {
      const { items, spans } = groundEntities(
        text,
        list.map((entry) => ({ text: entry, type: 'X' })),
      );
      for (const { entity, status, span } of items) {
        if (span === null) continue;
        const found = text.slice(span.start, span.end);
        if (status === 'exact') expect(found).toBe(entity.text.trim());
        else if (status === 'folded') expect(fold(found)).toBe(fold(entity.text));
      }
      const sorted = [...spans].sort((a, b) => a.start - b.start);
      sorted.slice(1).forEach((span, i) => expect(span.start).toBeGreaterThanOrEqual(sorted[i]!.end));
    }),
  );
});
