import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tinyConfig, tinyData } from '../../support/tinyData.ts';
import { configDigest } from '../../../src/run/configDigest.ts';
import { firstStageDigest } from '../../../src/run/firstStage.ts';
import { goldSubset } from '../../../src/run/goldSubset.ts';
import { planOf } from '../../../src/run/plan.ts';
import type { RunConfig } from '../../../src/run/config.ts';

const items = (n: number) => Array.from({ length: n }, (_, i) => i);

test('a smaller subset stands in each larger one of the same seed, in the order of the file', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.integer({ min: 1, max: 80 }), fc.nat(90), fc.nat(90), (seed, all, a, b) => {
      const [small, large] = [Math.min(a, b), Math.max(a, b)].map((size) => goldSubset(items(all), size, seed));
      expect(small).toHaveLength(Math.min(a, b, all));
      expect(large).toEqual(expect.arrayContaining([...small!]));
      expect([...small!]).toEqual([...small!].sort((x, y) => x - y));
    }),
  );
});

test('each sentence is as likely to be chosen, by the seed', () => {
  const times = new Array<number>(20).fill(0);
  for (let seed = 0; seed < 1000; seed++) for (const i of goldSubset(items(20), 5, seed)) times[i]! += 1;
  // 250 expected, sd 13.7.
  for (const n of times) expect(Math.abs(n - 250)).toBeLessThan(69);
  expect(goldSubset(items(20), null, 3)).toEqual(items(20));
});

test('the plan counts the steps of the subset', () => {
  const counts = { silver: tinyData.silver.length, gold: tinyData.gold.length };
  const steps = (change: Partial<RunConfig>) =>
    planOf({ ...tinyConfig, ...change }, counts).map((stage) => stage.steps);
  expect(steps({})).toEqual([3, 4]);
  expect(steps({ goldSize: 3 })).toEqual([3, 2]);
  expect(steps({ goldSize: 99 })).toEqual([3, 4]);
  expect(steps({ regimen: 'pooled', goldSize: 1 })).toEqual([4]);
});

test('first stages of silver agree whatever the size of gold, those of gold do not', () => {
  const counts = { silver: 12, gold: 8 };
  const digest = (change: Partial<RunConfig>) => {
    const config = { ...tinyConfig, ...change };
    return firstStageDigest(config, planOf(config, counts));
  };
  expect(digest({ goldSize: 4 })).toBe(digest({}));
  expect(digest({ regimen: 'silver-only' })).toBe(digest({ goldSize: 2 }));
  // 5 and 6 sentences both make two batches of four.
  const gold = (goldSize: number) => digest({ regimen: 'gold-then-silver', goldSize });
  expect(gold(5)).not.toBe(gold(6));
  expect(digest({ seed: 1 })).not.toBe(digest({}));
});

test('a size of gold makes another run', () => {
  expect(configDigest({ ...tinyConfig, goldSize: 3 })).not.toBe(configDigest(tinyConfig));
});
