import { describe, expect, test } from 'vitest';
import { scheduleIds, schedules } from '../../../src/blend/schedules.ts';
import { AppError } from '../../../src/core/errors.ts';
import { defaultConfig } from '../../../src/run/config.ts';
import { decodeConfig, fieldOf, fields, scheduleSettingKinds } from '../../../src/run/fields.ts';

test('the defaults', () => {
  expect(defaultConfig).toEqual({
    regimen: 'simple-mix',
    schedule: 'sigmoid',
    scheduleSettings: {},
    layers: 2,
    epochsSilver: null,
    epochsGold: null,
    goldSize: null,
    steps: null,
    stepsSecond: null,
    learningRate: 3e-4,
    learningRateSecond: null,
    batchSize: 16,
    warmup: 0.1,
    warmupSecond: null,
    weightDecay: 0.01,
    clipNorm: 1,
    dropout: 0.1,
    lossSilver: 'cross-entropy',
    lossGold: 'cross-entropy',
    smoothing: 0.1,
    q: 0.7,
    maxPieces: 128,
    restart: true,
    keepOptimizer: false,
    evaluateEvery: 0,
    keepBest: false,
    patience: 0,
    precision: 'f32',
    watchBoth: true,
    seed: 0,
  });
});

test('every member has a field with words, and the defaults are within their ranges', () => {
  expect(fields.map(({ name }) => name)).toEqual(Object.keys(defaultConfig));
  for (const { label, what } of fields) {
    expect(label).toMatch(/^[A-Z]/);
    expect(what).toMatch(/\.$/);
  }
  expect(decodeConfig(defaultConfig)).toEqual(defaultConfig);
});

test('members that are missing have their default, and JSON comes back the same', () => {
  expect(decodeConfig({})).toEqual(defaultConfig);
  const config = {
    ...defaultConfig,
    regimen: 'blend',
    schedule: 'power',
    scheduleSettings: { n: 3 },
    steps: 40,
    seed: 7,
  };
  expect(decodeConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

/** Field, value and range that a refusal names. */
function refusal(input: unknown): unknown[] {
  try {
    decodeConfig(input);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { field, value, range } = error.detail;
    return [error.code, field, value, range];
  }
  return [];
}

describe('refusals name the field, the value and the range', () => {
  const invalid = 'config-invalid';
  test.each([
    [{ dropout: 2 }, [invalid, 'dropout', '2', 'a number from 0 to 0.9']],
    [{ dropout: '0.1' }, [invalid, 'dropout', '"0.1"', 'a number from 0 to 0.9']],
    [{ dropout: NaN }, [invalid, 'dropout', 'NaN', 'a number from 0 to 0.9']],
    [{ dropout: null }, [invalid, 'dropout', 'null', 'a number from 0 to 0.9']],
    [{ batchSize: 1.5 }, [invalid, 'batchSize', '1.5', 'a whole number from 1 to 1024']],
    [{ batchSize: 0 }, [invalid, 'batchSize', '0', 'a whole number from 1 to 1024']],
    [{ steps: 0 }, [invalid, 'steps', '0', 'a whole number from 2 to 10000000, or null (by passes)']],
    [{ restart: 1 }, [invalid, 'restart', '1', 'true or false']],
    [{ scheduleSettings: [] }, [invalid, 'scheduleSettings', '[]', 'an object of numbers']],
  ])('%j', (input, wanted) => {
    expect(refusal(input)).toEqual(wanted);
  });

  test('choices are listed', () => {
    const [, field, value, range] = refusal({ regimen: 'gold' });
    expect([field, value]).toEqual(['regimen', '"gold"']);
    expect(range).toMatch(/^one of gold-only, silver-only, .*blend$/);
  });

  test('unknown fields are refused, members of objects among them', () => {
    expect(refusal({ learningrate: 1 })[3]).toMatch(/^left out: there is no such field\. The fields are regimen, /);
    expect(refusal({ constructor: 1 })[1]).toBe('constructor');
    expect(refusal(JSON.parse('{"__proto__": {"dropout": 9}}'))[1]).toBe('__proto__');
  });

  test.each([[null], [[]], ['x'], [undefined]])('%j is no config', (input) => {
    expect(refusal(input).slice(0, 2)).toEqual([invalid, 'config']);
  });

  test('settings are those of the schedule', () => {
    expect(refusal({ schedule: 'sigmoid', scheduleSettings: { n: 2 } })).toEqual([
      invalid,
      'scheduleSettings.n',
      '2',
      'left out: the schedule sigmoid has only k, m',
    ]);
    expect(refusal({ schedule: 'linear', scheduleSettings: { k: 2 } })[3]).toBe(
      'left out: the schedule linear has no settings',
    );
    expect(refusal({ schedule: 'constant', scheduleSettings: { c: 1.5 } })[3]).toBe('a number from 0 to 1');
    expect(refusal({ scheduleSettings: { k: 0 } })[1]).toBe('scheduleSettings.k');
  });
});

test('every setting of every schedule has a range that holds its default', () => {
  for (const id of scheduleIds) {
    for (const [name, value] of Object.entries(schedules[id].settings)) {
      const kind = scheduleSettingKinds[name];
      expect(kind?.min).toBeLessThanOrEqual(value);
      expect(kind?.max).toBeGreaterThanOrEqual(value);
    }
  }
});

test('a choice has a name and an explanation for each option', () => {
  const { value } = fieldOf('regimen');
  expect(value.kind === 'choice' && value.options.find((option) => option.value === 'simple-mix')).toEqual({
    value: 'simple-mix',
    label: 'Simple mix',
    what: 'Silver first, then gold.',
  });
});
