import { expect, test } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { AppError } from '../../../src/core/errors.ts';
import { defaultConfig, type RunConfig } from '../../../src/run/config.ts';
import { fields } from '../../../src/run/fields.ts';
import { configOfQuery, configQuery, isConfigLike } from '../../../src/run/link.ts';

const asked = (query: string): unknown => {
  try {
    return configOfQuery(query);
  } catch (error) {
    if (error instanceof AppError) return error.detail;
    throw error;
  }
};

test('a link holds what differs from the defaults, and nothing else', () => {
  expect(configQuery(defaultConfig)).toBe('config=1');
  expect(configQuery({ ...defaultConfig, learningRate: 1e-4, steps: 200, regimen: 'gold-only' })).toBe(
    'config=1&regimen=gold-only&steps=200&learningRate=0.0001',
  );
});

test('any config comes back out of its link', () => {
  const random = createRandom(7, 'links');
  for (let i = 0; i < 200; i++) {
    const changed = Object.fromEntries(
      fields.flatMap(({ name, value: kind }): [keyof RunConfig, unknown][] => {
        if (random.next() < 0.5) return [];
        if (kind.kind === 'switch') return [[name, random.next() < 0.5]];
        if (kind.kind === 'choice') return [[name, kind.options[random.below(kind.options.length)]!.value]];
        if (kind.kind !== 'number') return [];
        const value = kind.min + random.next() * (Math.min(kind.max, kind.min + 1000) - kind.min);
        return [[name, kind.integer ? Math.round(value) : value]];
      }),
    ) as Partial<RunConfig>;
    const config = { ...defaultConfig, ...changed };
    expect(configOfQuery(configQuery(config))).toEqual(config);
  }
});

test('the settings of a schedule, and null where the default is a number, survive an address', () => {
  const config: RunConfig = {
    ...defaultConfig,
    regimen: 'blend',
    schedule: 'sigmoid',
    scheduleSettings: { k: 12.5, m: 0.4 },
  };
  const address = new URL(`https://here.test/#/train?${configQuery(config)}`);
  expect(configOfQuery(address.hash.split('?')[1]!)).toEqual(config);
});

test('what is no link with settings is none, and a bad one says which setting and why', () => {
  expect(configOfQuery('')).toBeNull();
  expect(configOfQuery('label=PER')).toBeNull();
  expect(asked('config=2&steps=5')).toMatchObject({ field: 'config', value: '2' });
  expect(asked('config=1&batchSize=0')).toMatchObject({
    field: 'batchSize',
    value: '0',
    range: 'a whole number from 1 to 1024',
  });
  expect(asked('config=1&learningRate=fast')).toMatchObject({ field: 'learningRate', value: '"fast"' });
  expect(asked('config=1&regimen=silver')).toMatchObject({ field: 'regimen', value: '"silver"' });
  expect(asked('config=1&colour=red')).toMatchObject({ field: 'colour' });
  expect(asked('config=1&scheduleSettings=%7B%22k%22%3A1')).toMatchObject({ field: 'scheduleSettings' });
  expect(asked('config=1&regimen=blend&schedule=linear&scheduleSettings=%7B%22k%22%3A1%7D')).toMatchObject({
    field: 'scheduleSettings.k',
  });
});

test('a file of settings is told from other JSON', () => {
  expect(isConfigLike({ regimen: 'blend', seed: 1, colour: 'red' })).toBe(true);
  expect(isConfigLike({ id: '1', text: 'Ada', spans: [], seed: 1 })).toBe(false);
  expect(isConfigLike({})).toBe(false);
});
