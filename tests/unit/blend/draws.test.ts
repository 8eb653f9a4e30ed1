import { describe, expect, test } from 'vitest';
import { Sampler, silverCount } from '../../../src/blend/sampler.ts';
import { scheduleIds, schedules, type ScheduleId } from '../../../src/blend/schedules.ts';
import { defaultConfig, type RunConfig } from '../../../src/run/config.ts';
import { planOf } from '../../../src/run/plan.ts';

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Each formula written out a second time, with settings away from the defaults, as its place of origin has it. */
const formulas: Readonly<Record<ScheduleId, { settings: Record<string, number>; p(u: number): number }>> = {
  step: { settings: { m: 0.3 }, p: (u) => (u < 0.3 ? 1 : 0) },
  linear: { settings: {}, p: (u) => 1 - u },
  sigmoid: {
    settings: { k: 14, m: 0.4 },
    p: (u) => (logistic(14 * (0.4 - u)) - logistic(-8.4)) / (logistic(5.6) - logistic(-8.4)),
  },
  power: { settings: { n: 3 }, p: (u) => (1 - u) * (1 - u) * (1 - u) },
  cosine: { settings: {}, p: (u) => Math.cos((Math.PI * u) / 2) ** 2 },
  exponential: { settings: { k: 4 }, p: (u) => Math.expm1(4 * (1 - u)) / Math.expm1(4) },
  constant: { settings: { c: 0.35 }, p: () => 0.35 },
};

describe.each(scheduleIds)('%s', (id) => {
  const { settings, p } = formulas[id];

  test('is its formula at 1,000 points', () => {
    for (let i = 0; i < 1000; i++) {
      const u = (i + 0.5) / 1000;
      expect(schedules[id].share(u, settings)).toBeCloseTo(p(u), 12);
    }
  });

  test.each([7, 16])('draws what it says, step by step, in batches of %i, each source without replacement', (batch) => {
    const config: RunConfig = {
      ...defaultConfig,
      ...{ regimen: 'blend', schedule: id, scheduleSettings: settings, steps: 300, batchSize: batch },
    };
    const [stage] = planOf(config, { silver: 90, gold: 40 });
    if (stage?.draw.kind !== 'mixed') throw new Error('a blend draws by share');
    const { share } = stage.draw;
    const sampler = new Sampler(5, { silver: 90, gold: 40 });
    const drawn = { silver: [] as number[], gold: [] as number[] };
    let asked = 0;
    for (let step = 0; step < 300; step++) {
      const silver = silverCount(step, batch, (s) => share(s, 300));
      drawn.silver.push(...sampler.cursor('silver').take(silver));
      drawn.gold.push(...sampler.cursor('gold').take(batch - silver));
      asked += batch * p(step / 299);
      // Not only on the mean: after every step the count is the formula's sum, rounded.
      expect(Math.abs(drawn.silver.length - asked)).toBeLessThanOrEqual(0.5 + 1e-6);
    }
    expect(drawn.silver.length + drawn.gold.length).toBe(300 * batch);
    for (const [source, size] of [
      ['silver', 90],
      ['gold', 40],
    ] as const) {
      for (let at = 0; at < drawn[source].length; at += size) {
        const pass = drawn[source].slice(at, at + size);
        expect(new Set(pass).size).toBe(pass.length);
      }
    }
  });
});

test('the shares of a run go from the first step at u = 0 to the last at u = 1', () => {
  const config: RunConfig = { ...defaultConfig, regimen: 'blend', schedule: 'linear', steps: 5 };
  const [stage] = planOf(config, { silver: 90, gold: 40 });
  if (stage?.draw.kind !== 'mixed') throw new Error('a blend draws by share');
  const { share } = stage.draw;
  expect([0, 1, 2, 3, 4].map((step) => share(step, 5))).toEqual([1, 0.75, 0.5, 0.25, 0]);
});
