import { describe, expect, test } from 'vitest';
import { defaultConfig, regimenIds, type RegimenId, type RunConfig } from '../../../src/run/config.ts';
import { learningRateFactor, planOf } from '../../../src/run/plan.ts';
import { passesOf, regimens } from '../../../src/run/regimens.ts';

/** Batch 16: 1,000 silver sentences are 63 steps a pass, 200 gold 13, all 1,200 are 75. */
const counts = { silver: 1000, gold: 200 };
const plan = (regimen: RegimenId, changes: Partial<RunConfig> = {}) =>
  planOf({ ...defaultConfig, regimen, ...changes }, counts).map(({ name, steps }) => [name, steps]);

describe('steps on 1,000 silver and 200 gold sentences at batch 16', () => {
  test.each<[RegimenId, [string, number][]]>([
    ['gold-only', [['gold', 8 * 13]]],
    ['silver-only', [['silver', 2 * 63]]],
    ['pooled', [['silver and gold', 2 * 75]]],
    [
      'simple-mix',
      [
        ['silver', 126],
        ['gold', 52],
      ],
    ],
    [
      'gold-for-silver',
      [
        ['gold for silver', 126],
        ['gold', 52],
      ],
    ],
    [
      'gold-then-silver',
      [
        ['gold', 52],
        ['silver', 126],
      ],
    ],
    [
      'silver-then-both',
      [
        ['silver', 126],
        ['silver and gold', 75],
      ],
    ],
    ['alternating', [['alternating', 178]]],
    ['blend', [['blend', 178]]],
  ])('%s', (regimen, wanted) => {
    expect(plan(regimen)).toEqual(wanted);
  });

  test('passes of the config go before those of the regimen', () => {
    expect(plan('simple-mix', { epochsSilver: 1, epochsGold: 0.5 })).toEqual([
      ['silver', 63],
      ['gold', 7],
    ]);
    expect(passesOf({ ...defaultConfig, regimen: 'gold-only', epochsGold: 3 })).toEqual({ silver: 0, gold: 3 });
  });

  test('another batch', () => {
    expect(plan('simple-mix', { batchSize: 32 })).toEqual([
      ['silver', 2 * 32],
      ['gold', 4 * 7],
    ]);
  });
});

describe('a number of steps is shared out in proportion', () => {
  test.each<[RegimenId, number, number[]]>([
    ['simple-mix', 178, [126, 52]],
    ['simple-mix', 100, [71, 29]],
    ['simple-mix', 3, [2, 1]],
    ['simple-mix', 2, [1, 1]],
    ['gold-only', 50, [50]],
    ['blend', 1, [1]],
  ])('%s, %d', (regimen, steps, wanted) => {
    expect(plan(regimen, { steps }).map(([, n]) => n)).toEqual(wanted);
  });
});

describe('what a stage draws', () => {
  const drawOf = (regimen: RegimenId, changes: Partial<RunConfig> = {}) => {
    const { draw, steps } = planOf({ ...defaultConfig, regimen, ...changes }, counts)[0]!;
    if (draw.kind !== 'mixed') throw new Error('not mixed');
    return { share: (step: number) => draw.share(step, steps), steps };
  };

  test('alternating: silver at even steps, gold at odd ones', () => {
    expect([0, 1, 2, 3].map(drawOf('alternating').share)).toEqual([1, 0, 1, 0]);
  });

  test('blend: the schedule from its first to its last step', () => {
    const { share } = drawOf('blend', { schedule: 'linear', steps: 5 });
    expect([0, 1, 2, 3, 4].map(share)).toEqual([1, 0.75, 0.5, 0.25, 0]);
    expect(drawOf('blend', { schedule: 'constant', scheduleSettings: { c: 0.3 } }).share(7)).toBe(0.3);
    expect(drawOf('blend', { steps: 1 }).share(0)).toBe(1);
  });
});

test.each(regimenIds)('%s refuses to run without what it needs', (regimen) => {
  for (const source of ['silver', 'gold'] as const) {
    const attempt = () => planOf({ ...defaultConfig, regimen }, { ...counts, [source]: 0 });
    if (!regimens[regimen].needs.includes(source)) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(expect.objectContaining({ code: 'data-empty', detail: { regimen, source } }));
  }
});

describe('the factor of the learning rate', () => {
  test('178 steps, warm-up 10 %: rises over 17 steps as (s + 1) / 17, then falls linearly to 0 at step 178', () => {
    const factor = (step: number) => learningRateFactor(step, 178, 0.1);
    expect(factor(0)).toBeCloseTo(1 / 17, 12);
    expect(factor(7)).toBeCloseTo(8 / 17, 12);
    expect(factor(16)).toBe(1);
    expect(factor(17)).toBe(1);
    expect(factor(18)).toBeCloseTo(160 / 161, 12);
    expect(factor(100)).toBeCloseTo(78 / 161, 12);
    expect(factor(177)).toBeCloseTo(1 / 161, 12);
  });

  test('without warm-up it begins with the whole rate', () => {
    expect([0, 1, 5, 9].map((step) => learningRateFactor(step, 10, 0))).toEqual([1, 1, 5 / 9, 1 / 9]);
  });

  test('a run of one step learns', () => {
    expect(learningRateFactor(0, 1, 0.1)).toBe(1);
  });

  test('all warm-up: it only rises', () => {
    expect([0, 4, 9].map((step) => learningRateFactor(step, 10, 1))).toEqual([0.1, 0.5, 1]);
  });
});
