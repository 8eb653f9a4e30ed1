import { expect, test } from 'vitest';
import { defaultConfig } from '../../../src/run/config.ts';
import { diffConfigs, differenceInWords, distinctions } from '../../../src/run/diff.ts';

const words = (changes: Partial<typeof defaultConfig>, base = defaultConfig) =>
  diffConfigs(base, { ...base, ...changes }).map(differenceInWords);

test('nothing differs', () => {
  expect(words({})).toEqual([]);
});

test('values as a person reads them', () => {
  expect(words({ learningRate: 1e-4, keepBest: true, seed: 3, steps: 200 })).toEqual([
    'Steps by passes → 200',
    'Learning rate 0.0003 → 0.0001',
    'Keep the best no → yes',
    'Seed 0 → 3',
  ]);
});

test('passes that the regimen gives are as good as passes that are named', () => {
  expect(words({ epochsSilver: 2, epochsGold: 4 })).toEqual([]);
  expect(words({ regimen: 'gold-only' })).toEqual([
    'Regimen Simple mix → Gold only',
    'Passes over silver 2 → 0',
    'Passes over gold 4 → 8',
  ]);
});

test('a schedule counts only where the regimen has one', () => {
  expect(words({ schedule: 'linear' })).toEqual([]);
  const blend = { ...defaultConfig, regimen: 'blend' as const };
  expect(words({ scheduleSettings: { m: 0.3 } }, blend)).toEqual([
    'Shape of the schedule k = 10, m = 0.5 → k = 10, m = 0.3',
  ]);
  expect(words({ scheduleSettings: { m: 0.5 } }, blend)).toEqual([]);
});

test('what sets several runs apart', () => {
  const config = (changes: Partial<typeof defaultConfig>) => ({ ...defaultConfig, ...changes });
  expect(distinctions([config({ regimen: 'gold-only' }), config({}), config({ seed: 1 })])).toEqual([
    'Gold only, Seed 0',
    'Simple mix, Seed 0',
    'Simple mix, Seed 1',
  ]);
  expect(
    distinctions([config({ regimen: 'blend' }), config({ regimen: 'blend', schedule: 'linear' }), config({})]),
  ).toEqual([
    'Blend, Schedule Sigmoid, Shape of the schedule k = 10, m = 0.5',
    'Blend, Schedule Linear, Shape of the schedule none',
    'Simple mix',
  ]);
  expect(distinctions([config({}), config({})])).toEqual(['', '']);
});
