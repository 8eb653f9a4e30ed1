import { describe, expect, test } from 'vitest';
import { defaultConfig, type RunConfig } from '../../../src/run/config.ts';
import { groupsOf, verdictOf } from '../../../src/state/compare.ts';

const run = (testF1: number, change: Partial<RunConfig> = {}, dataDigest = 'd', checkpointDigest = 'c') => ({
  config: { ...defaultConfig, ...change },
  dataDigest,
  checkpointDigest,
  testF1,
});

describe('groups', () => {
  test('seeds of equal settings are one group, with mean and sample sd', () => {
    const [group, ...others] = groupsOf([run(0.6, { seed: 0 }), run(0.7, { seed: 1 }), run(0.8, { seed: 2 })]);
    expect(others).toEqual([]);
    expect(group).toMatchObject({ name: 'Simple mix', n: 3, values: [0.6, 0.7, 0.8] });
    expect(group?.mean).toBeCloseTo(0.7, 12);
    expect(group?.sd).toBeCloseTo(0.1, 12);
  });

  test('an equal seed again counts once; other data or another checkpoint are another group', () => {
    expect(groupsOf([run(0.6), run(0.7)])).toMatchObject([{ n: 1, mean: 0.6, sd: null }]);
    expect(groupsOf([run(0.6), run(0.7, {}, 'other')])).toHaveLength(2);
    expect(groupsOf([run(0.6), run(0.7, {}, 'd', 'other')])).toHaveLength(2);
  });

  test('names tell groups of one regimen apart', () => {
    const names = groupsOf([run(0.6), run(0.5, { learningRate: 1e-4 })]).map(({ name }) => name);
    expect(names).toEqual(['Simple mix, Learning rate 0.0003', 'Simple mix, Learning rate 0.0001']);
  });
});

describe('the verdict claims no more than the runs show', () => {
  const gold = { regimen: 'gold-only' } as const;
  const seeds = (values: readonly number[], change: Partial<RunConfig> = {}) =>
    values.map((value, seed) => run(value, { ...change, seed }));
  const verdict = (runs: readonly ReturnType<typeof run>[]) => verdictOf(groupsOf(runs));

  test('one run, several seeds', () => {
    expect(verdict([])).toBe('');
    expect(verdict([run(0.6)])).toMatch(/test F1 0\.600 from one run\. More seeds/);
    expect(verdict(seeds([0.6, 0.7]))).toMatch(/0\.650 ± 0\.071 \(mean and sd of 2 seeds\)/);
  });

  test('one run of each says nothing about chance', () => {
    expect(verdict([run(0.7), run(0.6, gold)])).toMatch(
      /^Simple mix is 10\.0 points above gold only, but one run of a kind/,
    );
  });

  test('seeds that overlap are no evidence, seeds apart a hint', () => {
    expect(verdict([...seeds([0.6, 0.7]), ...seeds([0.5, 0.65], gold)])).toContain('no evidence that they differ');
    expect(verdict([...seeds([0.7, 0.71]), ...seeds([0.5, 0.65], gold)])).toContain('a hint, not yet a proof');
  });
});
