import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cursor, Sampler, silverCount, type SamplerState } from '../../../src/blend/sampler.ts';
import { createRandom } from '../../../src/core/random.ts';

const all = (size: number) => Array.from({ length: size }, (_, i) => i);
const sorted = (items: readonly number[]) => [...items].sort((a, b) => a - b);

describe('a cursor', () => {
  test('draws each item once a pass, in another order each time', () => {
    const cursor = new Cursor(50, createRandom(0, 'x'));
    const [first, second] = [cursor.take(50), cursor.take(50)];
    expect(sorted(first)).toEqual(all(50));
    expect(sorted(second)).toEqual(all(50));
    expect(first).not.toEqual(all(50));
    expect(second).not.toEqual(first);
    expect(cursor.state().passes).toBe(2);
  });

  test('take goes over the end of a pass without losing or doubling an item', () => {
    const cursor = new Cursor(5, createRandom(0, 'x'));
    const items = [...cursor.take(3), ...cursor.take(4), ...cursor.take(3)];
    expect(sorted(items.slice(0, 5))).toEqual(all(5));
    expect(sorted(items.slice(5))).toEqual(all(5));
  });

  test('takeOfPass ends a pass with a short batch', () => {
    const cursor = new Cursor(7, createRandom(0, 'x'));
    expect([0, 0, 0, 0].map(() => cursor.takeOfPass(3).length)).toEqual([3, 3, 1, 3]);
    expect(cursor.left).toBe(4);
  });
});

test('a sampler restored from JSON goes on as if nothing had stopped', () => {
  const sizes = { silver: 11, gold: 4 };
  const draw = (sampler: Sampler, n: number) =>
    all(n).map((i) => [sampler.cursor('silver').take(3), sampler.cursor(i % 2 === 0 ? 'gold' : 'both').takeOfPass(4)]);
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(20), (seed, before) => {
      const sampler = new Sampler(seed, sizes);
      draw(sampler, before);
      const saved = JSON.parse(JSON.stringify(sampler.state())) as SamplerState;
      expect(draw(new Sampler(seed, sizes, saved), 10)).toEqual(draw(sampler, 10));
    }),
  );
});

test('the order of one source does not depend on what was drawn from another', () => {
  const [a, b] = [new Sampler(3, { silver: 9, gold: 9 }), new Sampler(3, { silver: 9, gold: 9 })];
  b.cursor('gold').take(5);
  expect(a.cursor('silver').take(9)).toEqual(b.cursor('silver').take(9));
  expect(a.cursor('both').take(18)).not.toEqual(new Sampler(4, { silver: 9, gold: 9 }).cursor('both').take(18));
});

describe('silver in a batch', () => {
  test('values by hand: share ⅓ of 4 is 1⅓ a step, so 1, 2, 1', () => {
    expect([0, 1, 2, 3, 4, 5].map((step) => silverCount(step, 4, () => 1 / 3))).toEqual([1, 2, 1, 1, 2, 1]);
  });

  test('after each step the sum is within a half of what the shares ask for, and no batch overflows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 }),
        (batch, shares) => {
          let [given, asked] = [0, 0];
          shares.forEach((share, step) => {
            const count = silverCount(step, batch, (s) => shares[s]!);
            expect(count).toBeGreaterThanOrEqual(0);
            expect(count).toBeLessThanOrEqual(batch);
            given += count;
            asked += share * batch;
            expect(Math.abs(given - asked)).toBeLessThanOrEqual(0.5 + 1e-9);
          });
        },
      ),
    );
  });
});
