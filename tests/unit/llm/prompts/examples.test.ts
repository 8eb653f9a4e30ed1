import { describe, expect, test } from 'vitest';
import { cosine, fixedExamples, nearestExamples, without } from '../../../../src/llm/prompts/nearest.ts';
import { standingInWords, standingOf } from '../../../../src/llm/prompts/standing.ts';

const candidate = (id: string, text: string, vector: readonly number[], spans: readonly never[] | null = []) => ({
  sentence: { id, text, words: [], spans },
  vector,
});
const gold = [
  candidate('same', 'Ann  LEFT', [1, 0]),
  candidate('near', 'Bob left', [0.9, 0.1]),
  candidate('copy', 'bob left', [0.9, 0.1]),
  candidate('probe', 'Cy left', [1, 0]),
  candidate('far', 'Rome', [0, 1]),
  candidate('middle', 'Dan sat', [0.5, 0.5]),
  candidate('open', 'Eve left', [1, 0], null),
  candidate('asked', 'another text', [1, 0]),
];
const asked = { id: 'asked', text: 'Ann left', vector: [2, 0] };

describe('the nearest gold sentences', () => {
  test('the nearest last; never the sentence itself, a copy, an unlabelled one, or one that is kept for measuring', () => {
    expect(nearestExamples(asked, gold, 3, new Set(['probe'])).map(({ id }) => id)).toEqual(['far', 'middle', 'copy']);
    expect(nearestExamples(asked, gold, 1, new Set()).map(({ id }) => id)).toEqual(['probe']);
    expect(nearestExamples(asked, gold, 9, new Set())).toHaveLength(4);
  });
  test('their entities in the order of the text', () => {
    const spans = [
      { start: 8, end: 12, label: 'LOC' },
      { start: 0, end: 3, label: 'PER' },
    ];
    const one = { sentence: { id: 'x', text: 'Bob saw Rome', words: [], spans }, vector: [1, 0] };
    expect(nearestExamples(asked, [one], 1, new Set())).toEqual([
      {
        id: 'x',
        text: 'Bob saw Rome',
        entities: [
          { text: 'Bob', type: 'PER' },
          { text: 'Rome', type: 'LOC' },
        ],
      },
    ]);
  });
  test('cosine', () => {
    expect(cosine([1, 2, 2], [2, 4, 4])).toBeCloseTo(1, 12);
    expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosine([0, 0], [1, 1])).toBe(0);
  });
});

test('fixed examples: those that may serve, and not for their own sentence', () => {
  const sentences = gold.map(({ sentence }) => sentence);
  const fixed = fixedExamples(sentences, new Set(['probe', 'far']));
  expect(fixed.map(({ id }) => id)).toEqual(['same', 'near', 'copy', 'middle', 'asked']);
  expect(without(fixed, asked).map(({ id }) => id)).toEqual(['near', 'copy', 'middle']);
});

describe('a prompt that was chosen on the probe', () => {
  const many = (from: number, count = 40) => Array.from({ length: count }, (_, i) => String(from + i));
  test('is flattered there, until it is scored on sentences that none was tried on', () => {
    const alone = [{ promptHash: 'a', sentences: many(0) }];
    expect(standingOf('a', alone)).toEqual({ kind: 'untouched' });
    const both = [...alone, { promptHash: 'b', sentences: many(0) }];
    expect(standingOf('b', both)).toEqual({ kind: 'optimistic', tried: 2 });
    expect(standingOf('a', both)).toEqual({ kind: 'optimistic', tried: 2 });
    const confirmed = [...both, { promptHash: 'b', sentences: many(100) }];
    expect(standingOf('b', confirmed)).toEqual({ kind: 'confirmed', tried: 2, sentences: 40 });
    expect(standingOf('a', confirmed)).toEqual({ kind: 'optimistic', tried: 2 });
    expect(standingOf('b', [...both, { promptHash: 'b', sentences: many(100, 29) }]).kind).toBe('optimistic');
    expect(standingOf('b', [...confirmed, { promptHash: 'a', sentences: many(100) }]).kind).toBe('optimistic');
  });
  test('is said in words', () => {
    expect(standingInWords({ kind: 'optimistic', tried: 3 })).toContain(
      'one of 3 that were tried on the same sentences',
    );
    expect(standingInWords({ kind: 'confirmed', tried: 3, sentences: 50 })).toContain('on 50 gold sentences');
    expect(standingInWords({ kind: 'untouched' })).toContain('No other prompt');
  });
});
