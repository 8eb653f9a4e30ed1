import { describe, expect, test } from 'vitest';
import { defaultConfig, type RunConfig } from '../../../../src/run/config.ts';
import { costOf, costRuns } from '../../../../src/run/experiment/cost.ts';
import { planExperiment, type ExperimentSpec } from '../../../../src/run/experiment/experiment.ts';
import { experimentPresets, learningCurveSizes, presetIds, specOf } from '../../../../src/run/experiment/presets.ts';
import { groupKey, groupNames, runSlug, variantName } from '../../../../src/run/experiment/variant.ts';

const counts = { silver: 1000, gold: 200 };
const spec = (change: Partial<ExperimentSpec>): ExperimentSpec => ({
  base: defaultConfig,
  variants: [{ regimen: 'gold-only' }, { regimen: 'simple-mix' }],
  goldSizes: [null],
  seeds: [0],
  budget: 'free',
  ...change,
});
const slugs = (configs: readonly RunConfig[]) => configs.map(runSlug);

describe('the plan', () => {
  test('gives every variant its first seed before any its second, at every size of gold', () => {
    const { configs, leftOut } = planExperiment(spec({ goldSizes: [0, 50, null], seeds: [3, 1, 3] }), counts);
    const once = ['silver-only', 'gold-only-gold-50', 'simple-mix-gold-50', 'gold-only', 'simple-mix'];
    expect(slugs(configs)).toEqual([...once.map((name) => `${name}-seed-3`), ...once.map((name) => `${name}-seed-1`)]);
    expect(leftOut).toEqual([]);
  });

  test('trains what does not depend on gold once for all sizes, and all the gold once', () => {
    const variants = [{ regimen: 'silver-only' }, { regimen: 'gold-only' }] as const;
    const { configs } = planExperiment(spec({ variants, goldSizes: [0, 100, 200, null] }), counts);
    expect(slugs(configs)).toEqual(['silver-only-seed-0', 'gold-only-gold-100-seed-0', 'gold-only-seed-0']);
  });

  test('says what cannot be run', () => {
    const few = planExperiment(spec({ goldSizes: [50, 400] }), counts);
    expect(few.leftOut).toEqual([{ name: '400 gold', reason: 'there are only 200 gold sentences' }]);
    const none = planExperiment(spec({ goldSizes: [0, null] }), { silver: 0, gold: 9 });
    expect(slugs(none.configs)).toEqual(['gold-only-seed-0']);
    expect(none.leftOut.map(({ name }) => name)).toEqual(['0 gold', 'Simple mix']);
  });

  test('budgets: equal steps are those of the longest, equal passes those of the simple mix', () => {
    const variants = [{ regimen: 'gold-only' }, { regimen: 'silver-only' }, { regimen: 'simple-mix' }] as const;
    // 13 steps a pass of gold, 63 of silver: 104, 126 and 126 + 52 steps.
    const steps = (change: Partial<ExperimentSpec>) => {
      const { configs } = planExperiment(spec({ variants, ...change }), counts);
      return costRuns(configs, counts).map((run) => run.steps);
    };
    expect(steps({})).toEqual([104, 126, 178]);
    expect(steps({ budget: 'equal-steps' })).toEqual([178, 178, 178]);
    expect(steps({ budget: 'equal-steps', base: { ...defaultConfig, steps: 40 } })).toEqual([40, 40, 40]);
    expect(steps({ budget: 'equal-epochs' })).toEqual([52, 126, 178]);
  });
});

test('cost: a first stage that runs share is counted once, by seed', () => {
  const { configs } = planExperiment(
    spec({ variants: [{ regimen: 'silver-only' }, { regimen: 'simple-mix' }], goldSizes: [50, null], seeds: [0, 1] }),
    counts,
  );
  const runs = costRuns(configs, counts);
  // 4 steps a pass of 50 gold sentences, 13 of 200.
  expect(runs.map(({ steps }) => steps)).toEqual([126, 142, 178, 126, 142, 178]);
  expect(runs.map(({ ownSteps }) => ownSteps)).toEqual([126, 16, 52, 126, 16, 52]);
  const sizes = { modelBytes: 1000, snapshotBytes: 300, recordBytes: 10 };
  const measured = { secondsPerStep: 0.5, parallel: 2, ...sizes, weights: 'all', snapshots: 1 } as const;
  expect(costOf(runs, measured)).toEqual({
    runs: 6,
    steps: 892,
    ownSteps: 388,
    seconds: 97,
    keptBytes: 6060,
    peakBytes: 6060 + 4 * 300,
  });
  expect(costOf(runs, { ...measured, secondsPerStep: null }).seconds).toBeNull();
  // Three ways to train: the second seed of each leaves no weights, but has them until the better one is known.
  expect(costOf(runs, { ...measured, parallel: 1, weights: 'best-seed', snapshots: 2 })).toMatchObject({
    keptBytes: 3 * 1000 + 60,
    peakBytes: 3 * 1000 + 60 + 1000 + (2 + 2) * 300,
  });
});

describe('presets', () => {
  test.each(presetIds)('%s can be planned, and every run has a name of its own', (id) => {
    const { configs, leftOut } = planExperiment(specOf(id, defaultConfig, counts), counts);
    expect(leftOut).toEqual([]);
    expect(new Set(slugs(configs)).size).toBe(configs.length);
    expect(configs.filter(({ regimen }) => regimen === 'gold-only').length).toBeGreaterThan(0);
  });

  test('the paper recipe has seven ways and five seeds', () => {
    const { configs } = planExperiment(specOf('paper-recipe', defaultConfig, counts), counts);
    expect(configs).toHaveLength(35);
    expect(configs.slice(0, 7).map(variantName)).toEqual([
      'Gold only',
      'Silver only',
      'Simple mix',
      'Gold, then silver',
      'Pooled',
      'Blend, sigmoid',
      'Blend, power decay',
    ]);
    expect(experimentPresets['quick-look'].seeds).toEqual([0]);
  });

  test('sizes of a learning curve', () => {
    expect(learningCurveSizes(200)).toEqual([0, 25, 50, 100, null]);
    expect(learningCurveSizes(201)).toEqual([0, 25, 50, 100, 200, null]);
    expect(learningCurveSizes(10)).toEqual([0, null]);
  });
});

describe('names', () => {
  const blend = (scheduleSettings: Record<string, number>): RunConfig => ({
    ...defaultConfig,
    ...{ regimen: 'blend', schedule: 'power', scheduleSettings, goldSize: 50, seed: 4 },
  });

  test('tell runs and groups apart', () => {
    expect(runSlug(blend({ n: 3 }))).toBe('blend-power-n-3-gold-50-seed-4');
    expect(variantName(blend({ n: 3 }))).toBe('Blend, power decay (n = 3), 50 gold');
    expect(groupNames([blend({}), { ...blend({}), learningRate: 1e-4 }])).toEqual([
      'Blend, power decay, 50 gold, Learning rate 0.0003',
      'Blend, power decay, 50 gold, Learning rate 0.0001',
    ]);
  });

  test('passes that a regimen takes anyway name nothing; others are told of each by its own regimen', () => {
    const goldOnly: RunConfig = { ...defaultConfig, regimen: 'gold-only', epochsGold: 8 };
    const mix: RunConfig = { ...defaultConfig, epochsSilver: 2, epochsGold: 4 };
    expect(groupNames([goldOnly, mix])).toEqual(['Gold only', 'Simple mix']);
    expect(
      groupNames([
        { ...goldOnly, epochsGold: null },
        { ...mix, epochsGold: 6 },
      ]),
    ).toEqual(['Gold only, Passes over gold 8', 'Simple mix, Passes over gold 6']);
  });

  test('a group is what differs by seed alone, and by nothing that is not read', () => {
    expect(groupKey(blend({ n: 2 }))).toBe(groupKey({ ...blend({}), seed: 9 }));
    expect(groupKey(blend({ n: 3 }))).not.toBe(groupKey(blend({})));
    const mix = (schedule: RunConfig['schedule']) => groupKey({ ...defaultConfig, schedule });
    expect(mix('linear')).toBe(mix('power'));
    expect(groupKey({ ...defaultConfig, goldSize: 5 })).not.toBe(groupKey(defaultConfig));
  });
});
