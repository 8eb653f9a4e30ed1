import { describe, expect, test } from 'vitest';
import { digestJson } from '../../../src/core/hash.ts';
import { defaultConfig, type RunConfig } from '../../../src/run/config.ts';
import { configDigest } from '../../../src/run/configDigest.ts';
import { decodeConfig } from '../../../src/run/fields.ts';
import { groupKey } from '../../../src/run/experiment/variant.ts';
import { firstStageDigest } from '../../../src/run/firstStage.ts';
import { planOf } from '../../../src/run/plan.ts';

/** The members that version 0.1 had, at its defaults. */
const before = {
  ...{
    regimen: 'simple-mix',
    schedule: 'sigmoid',
    scheduleSettings: {},
    layers: 2,
    epochsSilver: null,
    epochsGold: null,
  },
  ...{ steps: null, learningRate: 3e-4, batchSize: 16, warmup: 0.1, weightDecay: 0.01, clipNorm: 1, dropout: 0.1 },
  ...{ maxPieces: 128, restart: true, evaluateEvery: 0, keepBest: false, patience: 0, seed: 0 },
} as const;

const config = (change: Partial<RunConfig> = {}): RunConfig => ({ ...defaultConfig, ...change });
const digest = (change: Partial<RunConfig> = {}) => configDigest(config(change));
const first = (change: Partial<RunConfig> = {}) =>
  firstStageDigest(config(change), planOf(config(change), { silver: 100, gold: 40 }));
const group = (change: Partial<RunConfig> = {}) => groupKey(config(change));

test('a config that an earlier version kept has the digest that it had', () => {
  expect(decodeConfig(before)).toEqual(defaultConfig);
  expect(configDigest(decodeConfig(before))).toBe(digestJson(before));
  expect(groupKey(decodeConfig(before))).toBe(groupKey(defaultConfig));
});

describe('what another value changes: the run, its group, its first stage', () => {
  const kinds: readonly [Partial<RunConfig>, Partial<RunConfig>, string][] = [
    [{ learningRateSecond: 1e-4 }, {}, 'run group'],
    [{ warmupSecond: 0.3 }, {}, 'run group'],
    [{ stepsSecond: 9 }, {}, 'run group'],
    [{ lossGold: 'label-smoothing' }, {}, 'run group'],
    [{ lossSilver: 'generalised' }, {}, 'run group stage'],
    [{ lossSilver: 'generalised', q: 0.5 }, { lossSilver: 'generalised' }, 'run group stage'],
    // The first stage is trained alike, and may be shared.
    [{ keepOptimizer: true }, {}, 'run group'],
    [{ watchBoth: false }, {}, 'run stage'],
    [{ precision: 'f16' }, {}, 'run group stage'],
    // Nothing reads these.
    [{ q: 0.5 }, {}, ''],
    [{ smoothing: 0.2, lossSilver: 'generalised' }, { lossSilver: 'generalised' }, ''],
    [{ regimen: 'gold-only', lossSilver: 'generalised' }, { regimen: 'gold-only' }, ''],
    [{ regimen: 'gold-only', learningRateSecond: 1e-4 }, { regimen: 'gold-only' }, ''],
    [{ restart: false, warmupSecond: 0.3 }, { restart: false }, ''],
    [{ restart: false, keepOptimizer: true }, { restart: false }, ''],
    [{ regimen: 'pooled', keepOptimizer: true }, { regimen: 'pooled' }, ''],
  ];
  test.each(kinds)('%j against %j: %s', (one, other, wanted) => {
    const differs = [
      digest(one) !== digest(other) && 'run',
      group(one) !== group(other) && 'group',
      first(one) !== first(other) && 'stage',
    ];
    expect(differs.filter((part) => part !== false).join(' ')).toBe(wanted);
  });
});
