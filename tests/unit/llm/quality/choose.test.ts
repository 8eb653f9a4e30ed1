import { expect, test } from 'vitest';
import { chooseSentences, uncertaintyOf } from '../../../../src/llm/quality/choose.ts';

const sentences = Array.from({ length: 100 }, (_, i) => ({ id: String(i), text: 'x', words: [], spans: null }));
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => Number(id));
const inOrder = (list: readonly number[]) => list.every((id, i) => i === 0 || id > list[i - 1]!);

test('random: as many as asked, seeded, in order, and unlabelled as they were', () => {
  const chosen = chooseSentences(sentences, 20, { way: 'random' }, 1);
  expect(chosen).toHaveLength(20);
  expect(inOrder(ids(chosen))).toBe(true);
  expect(chooseSentences(sentences, 20, { way: 'random' }, 1)).toEqual(chosen);
  expect(chooseSentences(sentences, 20, { way: 'random' }, 2)).not.toEqual(chosen);
  expect(chooseSentences(sentences, 500, { way: 'random' }, 1)).toHaveLength(100);
});

test('stratified: a rare label has its share', () => {
  // 10 of 100 sentences hold the rare label: 3 of 30 are wanted, whatever the seed.
  const predicted = new Map(
    sentences.map(({ id }, i) => [id, [{ start: 0, end: 1, label: i % 10 === 0 ? 'RARE' : 'MANY' }]] as const),
  );
  for (const seed of [0, 1, 2, 3]) {
    const chosen = chooseSentences(sentences, 30, { way: 'stratified', predicted }, seed);
    expect(ids(chosen).filter((id) => id % 10 === 0)).toHaveLength(3);
    expect(inOrder(ids(chosen))).toBe(true);
    expect(chosen.every(({ spans }) => spans === null)).toBe(true);
  }
});

test('uncertain: the highest scores; those without a score last, equals by lot', () => {
  const uncertainty = new Map(sentences.slice(0, 90).map(({ id }, i) => [id, i % 10] as const));
  const chosen = ids(chooseSentences(sentences, 15, { way: 'uncertain', uncertainty }, 0));
  expect(chosen.filter((id) => id % 10 === 9 && id < 90)).toHaveLength(9);
  expect(chosen.filter((id) => id % 10 === 8 && id < 90)).toHaveLength(6);
  const other = ids(chooseSentences(sentences, 15, { way: 'uncertain', uncertainty }, 5));
  expect(other).not.toEqual(chosen);
  expect(
    ids(chooseSentences(sentences, 95, { way: 'uncertain', uncertainty }, 0)).filter((id) => id >= 90),
  ).toHaveLength(5);
});

test('uncertainty is the mean surprise of the tags chosen', () => {
  expect(uncertaintyOf([1, 1])).toBe(0);
  expect(uncertaintyOf([0.5, 0.25])).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 12);
  expect(uncertaintyOf([0])).toBeGreaterThan(700);
  expect(uncertaintyOf([])).toBe(0);
});
