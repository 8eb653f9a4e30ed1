import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src/core/random.ts';
import { bootstrapInterval, drawsOf } from '../../../../src/eval/compare/bootstrap.ts';
import type { UnitCounts } from '../../../../src/eval/compare/counts.ts';
import { randomisation, swapsOf } from '../../../../src/eval/compare/randomise.ts';

type Counts = Record<keyof UnitCounts, number[]>;
interface Golden {
  readonly permutation: readonly { a: Counts[]; b: Counts[]; p: number; permutations: number }[];
  readonly bootstrap: readonly { a: Counts[]; b: Counts[]; indices: number[][]; low: number; high: number }[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../../golden/statistics/statistics.json', import.meta.url), 'utf8'),
) as Golden;
const countsOf = (runs: readonly Counts[]): UnitCounts[] =>
  runs.map(({ correct, predicted, gold }) => ({
    correct: Int32Array.from(correct),
    predicted: Int32Array.from(predicted),
    gold: Int32Array.from(gold),
  }));

describe('randomisation', () => {
  it.each(golden.permutation)('over all exchanges it is the exact test of SciPy, p = $p', ({ a, b, p }) => {
    let units = 0;
    const all = 2 ** 10;
    const { asLarge } = randomisation(countsOf(a), countsOf(b), all, (round, swapped) => {
      units = swapped.length;
      for (let i = 0; i < swapped.length; i++) swapped[i] = (round >> i) & 1;
    });
    // Units that both sides predict alike have no coin: every exchange of the others comes up equally often.
    expect(units).toBeLessThanOrEqual(10);
    expect(asLarge / all).toBeCloseTo(p, 12);
  });

  it.each(golden.permutation)(
    'with seeded coins it comes close to that, and adds one to both counts',
    ({ a, b, p }) => {
      const rounds = 10_000;
      const found = randomisation(countsOf(a), countsOf(b), rounds, swapsOf(createRandom(0, 'coins')));
      expect(found.p).toBe((found.asLarge + 1) / (rounds + 1));
      // Five standard errors of a share of 10,000.
      expect(Math.abs(found.p - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / rounds) + 1e-4);
    },
  );

  it('throws fair coins for more units than one draw has bits', () => {
    const swap = swapsOf(createRandom(3, 'coins'));
    const [swapped, sums] = [new Uint8Array(95), new Int32Array(95)];
    for (let round = 0; round < 2000; round++) {
      swap(round, swapped);
      swapped.forEach((bit, i) => (sums[i]! += bit));
    }
    // 1,000 expected, sd 22.4.
    for (const sum of sums) expect(Math.abs(sum - 1000)).toBeLessThan(112);
  });
});

describe('bootstrap', () => {
  it.each(golden.bootstrap)(
    'gives the percentiles of NumPy for a stored index matrix',
    ({ a, b, indices, low, high }) => {
      const interval = bootstrapInterval(countsOf(a), countsOf(b), indices.length, (round, units) => {
        units.set(indices[round]!);
      });
      expect(interval.low).toBeCloseTo(low, 12);
      expect(interval.high).toBeCloseTo(high, 12);
    },
  );

  it('draws every unit equally often, and the same for the same seed', () => {
    const rounds = 2000;
    const counts = (seed: number) => {
      const [draw, drawn, times] = [drawsOf(createRandom(seed, 'draws')), new Int32Array(20), new Int32Array(20)];
      for (let round = 0; round < rounds; round++) {
        draw(round, drawn);
        for (const unit of drawn) times[unit]!++;
      }
      return times;
    };
    const times = counts(1);
    // 2,000 expected, sd 43.6.
    for (const n of times) expect(Math.abs(n - rounds)).toBeLessThan(220);
    expect(counts(1)).toEqual(times);
    expect(counts(2)).not.toEqual(times);
  });
});
