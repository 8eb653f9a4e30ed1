import { describe, expect, test } from 'vitest';
import type { Sentence, Span } from '../../../src/data/types.ts';
import { wordsOf } from '../../../src/data/words.ts';
import { bothLabels, isLook, looksOf, mostPairsOf, type Pair } from '../../../src/run/bothLabels.ts';
import { repeatedOf, undoneOf } from '../../../src/run/followed.ts';

const tags = ['O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER'];

function sentence(text: string, spans: readonly Span[] | null, more: Partial<Sentence> = {}): Sentence {
  return { id: text, text, words: wordsOf(text), spans, ...more };
}

const numbered = (first: number, count: number, label: string) =>
  Array.from({ length: count }, (_, i) => sentence(`a${String(first + i)} b`, [{ start: 0, end: 2, label }]));
const none = { silver: [], gold: [], dev: [] };

describe('sentences with both labels', () => {
  test('are those of equal text; dev goes before gold where enough of it has silver', () => {
    const silver = numbered(0, 60, 'LOC');
    const gold = numbered(30, 40, 'PER');
    const of = (dev: readonly Sentence[]) => bothLabels({ silver, gold, dev }, tags);
    expect(of(numbered(0, 19, 'PER'))).toMatchObject({ reference: 'gold', shared: 30 });
    expect(of(numbered(0, 20, 'PER'))).toMatchObject({ reference: 'dev', shared: 20 });
    expect(bothLabels({ ...none, silver, dev: numbered(5, 2, 'PER') }, tags)).toMatchObject({
      reference: 'dev',
      shared: 2,
    });
    expect(bothLabels({ ...none, silver, gold: numbered(90, 9, 'PER') }, tags)).toBeNull();
    expect(bothLabels({ ...none, silver, gold: [sentence('a3 b', null)] }, tags)).toBeNull();
    expect(bothLabels({ ...none, gold, silver: [sentence('a33 b', null)] }, tags)).toBeNull();
  });

  test('are looked at a hundred at the most, the same ones each time, in the order of the data', () => {
    const data = { ...none, silver: numbered(0, 300, 'LOC'), gold: numbered(0, 300, 'PER') };
    const [one, other] = [bothLabels(data, tags)!, bothLabels(data, tags)!];
    expect(one.shared).toBe(300);
    const ids = (pairs: readonly Pair[]) => pairs.map((pair) => Number(pair.sentence.id.slice(1, -2)));
    expect(ids(one.pairs)).toEqual(ids(other.pairs));
    expect(new Set(ids(one.pairs)).size).toBe(100);
    expect(ids(one.pairs)).toEqual([...ids(one.pairs)].sort((a, b) => a - b));
    expect(ids(one.pairs).at(-1)).toBeGreaterThan(150);
    const few = ids(bothLabels(data, tags, 30)!.pairs);
    expect(new Set(few).size).toBe(30);
    expect(few.every((id) => ids(one.pairs).includes(id))).toBe(true);
    expect([...one.pairs[0]!.gold]).toEqual([3, 0]);
    expect([...one.pairs[0]!.silver]).toEqual([1, 0]);
  });

  test('hold those whose labels differ, up to a half of them', () => {
    const differing = (wrong: number) => {
      const silver = [...numbered(0, wrong, 'LOC'), ...numbered(wrong, 400 - wrong, 'PER')];
      const { pairs } = bothLabels({ ...none, silver, gold: numbered(0, 400, 'PER') }, tags)!;
      return pairs.filter((pair) => pair.gold[0] !== pair.silver[0]).length;
    };
    expect(differing(8)).toBe(8);
    expect(differing(49)).toBe(49);
    expect(differing(150)).toBe(50);
    // More than a half of all differ: then as many as chance gives.
    expect(differing(300)).toBeGreaterThan(60);
    expect(differing(300)).toBeLessThan(90);
  });

  test('have the words of the reference, and doubt where silver is masked', () => {
    const text = 'Anna sings';
    const silver = sentence(text, [{ start: 0, end: 10, label: 'PER' }], { words: [{ start: 0, end: 10 }] });
    const masked = { ...silver, masked: [{ start: 5, end: 7 }] };
    const gold = sentence(text, [{ start: 0, end: 4, label: 'PER' }]);
    const [pair] = bothLabels({ ...none, silver: [masked], gold: [gold] }, tags)!.pairs;
    expect([[...pair!.gold], [...pair!.silver], pair!.doubted]).toEqual([
      [3, 0],
      [3, 4],
      [false, true],
    ]);
  });
});

describe('looks', () => {
  test('come at equal distances, the last at the end, and take no more than their share', () => {
    for (const [steps, batchSize, pairs, looks] of [
      [126, 16, 100, 2],
      [1000, 16, 100, 10],
      [52, 16, 100, 1],
      [3, 1000, 10, 3],
      [50, 4, 4, 7],
    ] as const) {
      expect(looksOf(steps, batchSize, pairs)).toBe(looks);
      const at = Array.from({ length: steps }, (_, i) => i + 1).filter((step) => isLook(step, steps, looks));
      expect(at.length).toBe(looks);
      expect(at.at(-1)).toBe(steps);
      const gaps = at.map((step, i) => step - (at[i - 1] ?? 0));
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    }
  });
});

test('a run looks at so few sentences that two stages’ ends keep within their share', () => {
  expect([1, 28, 40, 79, 1000].map((steps) => mostPairsOf(steps, 16))).toEqual([10, 35, 51, 100, 100]);
  // First and second stage of a run, in batches of 16: at most 0.15 of a sentence is looked at for one that is trained on.
  for (const [first, second] of [
    [40, 0],
    [28, 12],
    [12, 28],
    [126, 52],
    [126, 8],
    [104, 0],
    [52, 126],
  ] as const) {
    const pairs = mostPairsOf(first, 16);
    const looks = looksOf(first, 16, pairs) + (second === 0 ? 0 : looksOf(second, 16, pairs));
    expect((looks * pairs) / ((first + second) * 16)).toBeLessThan(0.15);
  }
});

describe('what a prediction follows', () => {
  /** Words w0 … w5; tag numbers of gold and silver, and words in doubt. */
  const pair = (gold: number[], silver: number[], doubted = gold.map(() => false)): Pair => ({
    sentence: sentence(gold.map((_, i) => `w${String(i)}`).join(' '), []),
    gold: Int32Array.from(gold),
    silver: Int32Array.from(silver),
    doubted,
  });

  // Silver invents a LOC at 0, calls the PER at 2–3 a LOC, misses the PER at 5.
  const one = pair([0, 0, 3, 4, 0, 3], [1, 0, 1, 2, 0, 0]);

  test('counts the mistakes of the teacher that it repeats', () => {
    const of = (...predicted: number[]) => repeatedOf([one], [predicted], tags);
    expect(of(1, 0, 1, 2, 0, 0)).toEqual({ invented: { n: 2, of: 2 }, missed: { n: 2, of: 2 } });
    expect(of(0, 0, 3, 4, 0, 3)).toEqual({ invented: { n: 0, of: 2 }, missed: { n: 0, of: 2 } });
    // A mistake of its own is none of the teacher's: the first word of a longer entity, another label.
    expect(of(3, 0, 1, 0, 0, 3)).toEqual({ invented: { n: 0, of: 2 }, missed: { n: 1, of: 2 } });
  });

  test('leaves out entities with words that silver does not vouch for', () => {
    const doubted = pair([...one.gold], [...one.silver], [true, false, false, true, false, false]);
    expect(repeatedOf([doubted], [one.silver], tags)).toEqual({
      invented: { n: 0, of: 0 },
      missed: { n: 1, of: 1 },
    });
  });

  test('counts what it has lost of what it once had, right and wrong', () => {
    const taught = [1, 0, 3, 4, 0, 0];
    const of = (...predicted: number[]) => undoneOf([one], [taught], [predicted], tags);
    expect(of(...taught)).toEqual({ right: { n: 0, of: 1 }, wrong: { n: 0, of: 1 } });
    expect(of(0, 0, 3, 4, 0, 3)).toEqual({ right: { n: 0, of: 1 }, wrong: { n: 1, of: 1 } });
    expect(of(1, 0, 1, 2, 0, 3)).toEqual({ right: { n: 1, of: 1 }, wrong: { n: 0, of: 1 } });
  });

  test('adds up the pairs, each by itself', () => {
    const two = pair([3, 0], [3, 0]);
    const found = [
      [1, 0, 0, 0, 0, 0],
      [0, 0],
    ];
    expect(repeatedOf([one, two], found, tags)).toEqual({ invented: { n: 1, of: 2 }, missed: { n: 2, of: 2 } });
  });
});
