import { describe, expect, test } from 'vitest';
import { createRandom, restoreRandom } from '../../../src/core/random.ts';
import { mean, sd } from '../../../src/core/statistics.ts';

const many = (n: number, draw: () => number) => Array.from({ length: n }, draw);

test('a state saved as JSON goes on with the same numbers', () => {
  const random = createRandom(5, 'order');
  many(17, () => random.next());
  const again = restoreRandom(JSON.parse(JSON.stringify(random.state())) as number[]);
  const draw = (from: typeof random) => [from.next(), from.below(1000), from.normal(), ...many(20, () => from.next())];
  expect(draw(again)).toEqual(draw(random));
});

test('saving a state draws nothing', () => {
  const [a, b] = [createRandom(5, 'order'), createRandom(5, 'order')];
  a.state();
  expect(a.next()).toBe(b.next());
});

test('seed and name decide the numbers', () => {
  const first = (seed: number, name: string) => createRandom(seed, name).next();
  expect(first(1, 'a')).toBe(first(1, 'a'));
  expect(new Set([first(1, 'a'), first(2, 'a'), first(1, 'b'), first(11, 'a')]).size).toBe(4);
});

describe('distributions, 40,000 draws, within 4 standard errors', () => {
  const n = 40_000;
  const random = createRandom(1, 'test');

  test('next is uniform in [0, 1)', () => {
    const values = many(n, () => random.next());
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * n));
    expect(Math.abs(sd(values) - 1 / Math.sqrt(12))).toBeLessThan(0.005);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });

  test('below is uniform', () => {
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < n; i++) counts[random.below(7)]!++;
    for (const count of counts) expect(Math.abs(count - n / 7)).toBeLessThan(4 * Math.sqrt((n * 6) / 49));
  });

  test('normal has mean 0, sd 1 and the tails of a normal', () => {
    const values = many(n, () => random.normal());
    expect(Math.abs(mean(values))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(sd(values) - 1)).toBeLessThan(4 / Math.sqrt(2 * n));
    const beyond2 = values.filter((value) => Math.abs(value) > 2).length / n;
    expect(Math.abs(beyond2 - 0.0455)).toBeLessThan(4 * Math.sqrt((0.0455 * 0.9545) / n));
  });

  test('shuffle brings every item to every place equally often', () => {
    const counts = Array.from({ length: 4 }, () => new Array<number>(4).fill(0));
    for (let i = 0; i < n; i++) {
      const items = [0, 1, 2, 3];
      random.shuffle(items);
      items.forEach((item, place) => counts[item]![place]!++);
    }
    for (const count of counts.flat()) expect(Math.abs(count - n / 4)).toBeLessThan(4.5 * Math.sqrt((n * 3) / 16));
  });
});
