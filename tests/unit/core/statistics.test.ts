import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pairedT } from '../../../src/core/pairedT.ts';
import { holm, mean, quantileOfSorted, sd } from '../../../src/core/statistics.ts';

interface Golden {
  readonly t: readonly { differences: number[]; p: number; low: number; high: number }[];
  readonly holm: readonly { p: number[]; adjusted: number[] }[];
  readonly quantiles: { values: number[]; of: [number, number][] };
}
const golden = JSON.parse(
  readFileSync(new URL('../../golden/statistics/statistics.json', import.meta.url), 'utf8'),
) as Golden;

describe('paired t', () => {
  it.each(golden.t)('agrees with SciPy on $differences.length differences', ({ differences, p, low, high }) => {
    const found = pairedT(differences);
    // jstat's tail and quantile carry about seven digits.
    expect(found.p! / p).toBeCloseTo(1, 6);
    const width = high - low;
    expect((found.interval!.low - low) / width).toBeCloseTo(0, 6);
    expect((found.interval!.high - high) / width).toBeCloseTo(0, 6);
  });

  it('claims nothing from one difference, or from differences without a spread', () => {
    expect(pairedT([0.2])).toEqual({ mean: 0.2, interval: null, p: null });
    expect(pairedT([0.1, 0.1, 0.1])).toEqual({ mean: expect.closeTo(0.1, 12), interval: null, p: null });
    expect(pairedT([0, 0, 0])).toEqual({ mean: 0, interval: null, p: 1 });
  });
});

describe('holm', () => {
  it.each(golden.holm)('agrees with statsmodels on $p', ({ p, adjusted }) => {
    holm(p).forEach((value, i) => expect(value).toBeCloseTo(adjusted[i]!, 12));
  });

  it('leaves out what was not tested, without counting it', () => {
    const [first, none, second] = holm([0.01, null, 0.04]);
    expect(none).toBeNull();
    expect([first, second]).toEqual([0.02, 0.04]);
  });
});

it('takes quantiles as NumPy does', () => {
  for (const [q, value] of golden.quantiles.of)
    expect(quantileOfSorted(golden.quantiles.values, q)).toBeCloseTo(value, 12);
  expect(quantileOfSorted([], 0.5)).toBeNaN();
});

it('mean and sample sd by hand', () => {
  expect([mean([1, 2, 6]), sd([1, 2, 6])]).toEqual([3, expect.closeTo(Math.sqrt(7), 12)]);
  expect([mean([]), sd([1])]).toEqual([NaN, NaN]);
});
