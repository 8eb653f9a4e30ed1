import { describe, expect, test } from 'vitest';
import { defaultConfig, type RunConfig } from '../../../src/run/config.ts';
import { diffConfigs, differenceInWords } from '../../../src/run/diff.ts';
import { learningRateAt, planOf } from '../../../src/run/plan.ts';

/** 126 steps of silver and 52 of gold. */
const counts = { silver: 1000, gold: 200 };
const config = (change: Partial<RunConfig> = {}): RunConfig => ({ ...defaultConfig, ...change });
const steps = (change: Partial<RunConfig>) => planOf(config(change), counts).map((stage) => stage.steps);

describe('steps of the second stage', () => {
  test('stand by themselves, or out of those of the whole run', () => {
    expect(steps({ stepsSecond: 30 })).toEqual([126, 30]);
    expect(steps({ stepsSecond: 30, steps: 100 })).toEqual([70, 30]);
    expect(steps({ regimen: 'gold-then-silver', stepsSecond: 10 })).toEqual([52, 10]);
    expect(steps({ regimen: 'gold-only', stepsSecond: 10 })).toEqual([104]);
    expect(steps({ regimen: 'gold-only', stepsSecond: 10, steps: 60 })).toEqual([60]);
  });

  test('leave one to the first', () => {
    expect(steps({ stepsSecond: 99, steps: 100 })).toEqual([1, 99]);
    expect(steps({ stepsSecond: 100, steps: 40 })).toEqual([1, 39]);
  });
});

describe('learning rate', () => {
  const rates = (change: Partial<RunConfig>) => {
    const all = config({ stepsSecond: 10, steps: 30, learningRate: 1, ...change });
    return planOf(all, counts).map((stage, index, stages) =>
      Array.from({ length: stage.steps }, (_, step) => learningRateAt(all, stages, index, step)),
    );
  };

  test('rises and falls in each stage, to the rate and in the share of that stage', () => {
    const [one, two] = rates({ warmup: 0.25, learningRateSecond: 0.1, warmupSecond: 0.5 });
    expect(one!.slice(0, 6)).toEqual([1 / 5, 2 / 5, 3 / 5, 4 / 5, 1, 1]);
    expect(one![19]).toBeCloseTo(1 / 15, 12);
    expect(two!.map((rate) => Math.round(rate * 1000))).toEqual([20, 40, 60, 80, 100, 100, 80, 60, 40, 20]);
  });

  test('of the second stage is that of the first where nothing is said', () => {
    const [, two] = rates({ warmup: 0.1 });
    expect([two![0], two![9]]).toEqual([1, 1 / 9]);
  });

  test('where one schedule runs through, only the rate changes at the second stage', () => {
    const change = { restart: false, warmup: 0.1 };
    const [whole, lower] = [rates(change), rates({ ...change, learningRateSecond: 0.1, warmupSecond: 0.9 })];
    expect(lower[0]).toEqual(whole[0]);
    expect(whole[1]![0]).toBeCloseTo(10 / 27, 12);
    lower[1]!.forEach((rate, i) => {
      expect(rate).toBeCloseTo(whole[1]![i]! / 10, 12);
    });
  });
});

test('settings of a second stage and of losses in words, told only where they are read', () => {
  const words = (change: Partial<RunConfig>, base = defaultConfig) =>
    diffConfigs(base, { ...base, ...change }).map(differenceInWords);
  expect(words({ learningRateSecond: 1e-4, stepsSecond: 20, lossSilver: 'generalised' })).toEqual([
    'Steps of the second stage by passes → 20',
    'Learning rate, second stage as in the first → 0.0001',
    'Loss on silver Cross-entropy → Generalised cross-entropy',
    'Exponent q not used → 0.7',
  ]);
  expect(words({ learningRateSecond: 1e-4, lossSilver: 'generalised' }, config({ regimen: 'gold-only' }))).toEqual([]);
  expect(words({ watchBoth: false })).toEqual([]);
  expect(words({ precision: 'f16' })).toEqual(['Precision Full → Half']);
});
