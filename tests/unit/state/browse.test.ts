import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import type { Sentence } from '../../../src/data/types.ts';
import { byText, differenceOf, find, isFiltered, noFilter, type Filter } from '../../../src/state/browse.ts';
import { Heights } from '../../../src/state/browseHeights.ts';
import { filterOf, queryOf, sentenceIn } from '../../../src/state/browseQuery.ts';
import { hashOf, routeOf } from '../../../src/state/routes.ts';
import { sentence } from './sentences.ts';

const teacher = { kind: 'teacher', name: 'gpt', version: 1 } as const;
const gold: readonly Sentence[] = [
  sentence('Ada met Bob', [
    [0, 3, 'PER'],
    [8, 11, 'PER'],
  ]),
  { ...sentence('Paris', [[0, 5, 'LOC']]), authors: { all: teacher } },
  sentence('rain in Spain', []),
  sentence('snow', null),
];
const silver = byText([
  sentence('Ada met Bob', [
    [0, 3, 'PER'],
    [8, 11, 'PER'],
  ]),
  sentence('Paris', [[0, 5, 'ORG']]),
  sentence('rain in Spain', null),
]);
const other = (one: Sentence) => silver.get(one.text) ?? null;
const found = (change: Partial<Filter>, named: readonly number[] = [], unsure: ReadonlySet<string> | null = null) =>
  find(gold, { ...noFilter, ...change }, { other, named: new Set(named), unsure });
const places = (...of: Parameters<typeof found>) => found(...of).places;

describe('the sentence browser', () => {
  test('sources differ by label or borders; an unlabelled one says nothing', () => {
    expect(gold.map((one) => differenceOf(one, other(one)))).toEqual([0, 2, 0, 0]);
    expect(found({})).toEqual({ places: [0, 1, 2, 3], differing: 1 });
  });

  test('each filter, and several together', () => {
    expect(places({ search: ' ADA ' })).toEqual([0]);
    expect(places({ search: 'a in' })).toEqual([2]);
    expect(places({ label: 'LOC' })).toEqual([1]);
    expect(places({ label: 'ORG' })).toEqual([1]); // the other source says so
    expect(places({ author: 'teacher' })).toEqual([1]);
    expect(places({ labelled: 'yes' })).toEqual([0, 1, 2]);
    expect(places({ labelled: 'no' })).toEqual([3]);
    expect(places({ differing: true })).toEqual([1]);
    expect(places({ differing: true, label: 'PER' })).toEqual([]);
    expect(places({ check: 'too-long' }, [0, 3])).toEqual([0, 3]);
    expect(places({ check: 'too-long', labelled: 'yes' }, [0, 3])).toEqual([0]);
    expect(places({ unsure: true }, [], new Set(['Paris']))).toEqual([1]);
    expect(places({ unsure: true })).toEqual([]);
  });

  test('orders: what is equal stays as in the file', () => {
    expect(places({ sort: 'length' })).toEqual([2, 0, 1, 3]);
    expect(places({ sort: 'entities' })).toEqual([0, 1, 2, 3]);
    expect(places({ sort: 'difference' })).toEqual([1, 0, 2, 3]);
  });

  test('a filter and the sentence that is open live in the address', () => {
    const filter: Filter = { ...noFilter, search: 'a & b?', check: 'leak', differing: true, sort: 'length' };
    const query = queryOf(filter, 's 1/ü');
    expect(filterOf(query)).toEqual(filter);
    expect(sentenceIn(query)).toBe('s 1/ü');
    expect(routeOf(hashOf('data', 'd?1', query))).toEqual({ place: 'data', open: 'd?1', query });
    expect(queryOf(noFilter)).toBe('');
    expect(filterOf('sort=sideways&check=nothing&differing=maybe')).toEqual(noFilter);
    expect(isFiltered(filter)).toBe(true);
    expect(isFiltered({ ...noFilter, sort: 'length' })).toBe(false);
  });
});

test('heights: sums and places as a plain loop finds them, while rows are measured', () => {
  const random = createRandom(1, 'heights');
  for (const count of [0, 1, 2, 7, 64, 301]) {
    const plain = Array.from({ length: count }, () => 1 + random.below(90));
    const heights = new Heights(count, (row) => plain[row]!);
    for (let i = 0; i < 200; i++) {
      if (count > 0) {
        const [row, height] = [random.below(count), 1 + random.below(90)];
        expect(heights.measure(row, height)).toBe(height - plain[row]!);
        plain[row] = height;
      }
      const row = random.below(count + 1);
      const top = plain.slice(0, row).reduce((sum, height) => sum + height, 0);
      expect(heights.top(row)).toBe(top);
      if (row < count) {
        expect(heights.at(top)).toBe(row);
        expect(heights.at(top + plain[row]! - 1)).toBe(row);
      }
    }
    expect(heights.total).toBe(plain.reduce((sum, height) => sum + height, 0));
    expect(heights.at(1e9)).toBe(Math.max(0, count - 1));
  }
});
