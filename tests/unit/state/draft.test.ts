import { afterEach, describe, expect, test } from 'vitest';
import { defaultConfig } from '../../../src/run/config.ts';
import { experimentPresets, presetIds } from '../../../src/run/experiment/presets.ts';
import { runName } from '../../../src/run/experiment/variant.ts';
import { DraftState } from '../../../src/state/draft.svelte.ts';
import { goldSizesOf, goldSizesText, seedsOf } from '../../../src/state/draftText.ts';
import { roleOfName } from '../../../src/state/roleOfName.ts';

let counts = { silver: 1000, gold: 200 };
const newDraft = () => new DraftState(() => counts);
afterEach(() => {
  counts = { silver: 1000, gold: 200 };
});

test('seeds as a person writes them', () => {
  expect(seedsOf('0, 1 2;2')).toEqual([0, 1, 2]);
  for (const text of ['', ' ', '-1', '1.5', 'one', '1, x']) expect(seedsOf(text), text).toBeNull();
});

test('gold sizes as a person writes them, there and back', () => {
  expect(goldSizesOf(' ')).toEqual([null]);
  expect(goldSizesOf('0, 25; 25 All')).toEqual([0, 25, null]);
  for (const text of ['-1', '1.5', 'some', '25, x']) expect(goldSizesOf(text), text).toBeNull();
  for (const sizes of [[null], [0, 25, null], [100]]) expect(goldSizesOf(goldSizesText(sizes))).toEqual(sizes);
});

test('a name that only holds the letters of a role says nothing', () => {
  expect(['hillmen.conll', 'llm-answers.jsonl'].map(roleOfName)).toEqual(['gold', 'silver']);
});

test('what a file’s name says about its role', () => {
  const roles = [
    'wikigold.txt',
    'eng.testa',
    'eng.testb',
    'my-dev.jsonl',
    'silver.jsonl',
    'contest.jsonl',
    'valid.conll',
  ].map(roleOfName);
  expect(roles).toEqual(['gold', 'dev', 'test', 'dev', 'silver', 'gold', 'dev']);
});

describe('the settings of the next runs', () => {
  const stepsOf = (draft: DraftState) =>
    draft.plan.configs.map((config, i) => [runName(config), draft.costs[i]?.steps]);

  test('every way with the first seed before any with the second, each with its name and steps', () => {
    const draft = newDraft();
    draft.seedText = '0, 7';
    draft.toggle('gold-only', true);
    expect(stepsOf(draft)).toEqual([
      ['Gold only, seed 0', 104],
      ['Simple mix, seed 0', 178],
      ['Gold only, seed 7', 104],
      ['Simple mix, seed 7', 178],
    ]);
    expect(draft.groups.map(({ config, steps }) => [config.regimen, steps])).toEqual([
      ['gold-only', 104],
      ['simple-mix', 178],
    ]);
    draft.budget = 'equal-steps';
    expect(stepsOf(draft).map(([, steps]) => steps)).toEqual([178, 178, 178, 178]);
  });

  test('several schedules, each with its own shape', () => {
    const draft = newDraft();
    draft.toggle('simple-mix', false);
    draft.toggle('blend', true);
    draft.toggleSchedule('power', true);
    draft.shape('power', 'n', 3);
    expect(stepsOf(draft).map(([name]) => name)).toEqual([
      'Blend, sigmoid, seed 0',
      'Blend, power decay (n = 3), seed 0',
    ]);
    draft.toggleSchedule('sigmoid', false);
    expect(draft.variants).toEqual([{ regimen: 'blend', schedule: 'power', scheduleSettings: { n: 3 } }]);
    draft.toggleSchedule('power', false);
    expect([draft.has('blend'), draft.sound]).toEqual([false, false]);
  });

  test('sizes of gold: 0 is silver alone, and more than there is is left out with its reason', () => {
    const draft = newDraft();
    draft.sizeText = '0, 50, 500, all';
    expect(stepsOf(draft).map(([name]) => name)).toEqual([
      'Silver only, seed 0',
      'Simple mix, 50 gold, seed 0',
      'Simple mix, seed 0',
    ]);
    expect(draft.plan.leftOut).toEqual([{ name: '500 gold', reason: 'there are only 200 gold sentences' }]);
    draft.sizeText = '50, x';
    expect([draft.spec, draft.sound]).toEqual([null, false]);
  });

  test('text that does not fit changes nothing and says its range; mended, it is gone', () => {
    const draft = newDraft();
    for (const bad of ['abc', '', '7', '-1']) {
      draft.setText('learningRate', bad);
      expect(draft.base.learningRate, bad).toBe(defaultConfig.learningRate);
      expect(draft.problems['learningRate']).toBe('Must be a number from 1e-8 to 1.');
      expect(draft.sound).toBe(false);
    }
    draft.setText('learningRate', ' 5e-5 ');
    expect(draft.base.learningRate).toBe(5e-5);
    expect(draft.problems).toEqual({});
    expect(draft.sound).toBe(true);
  });

  test('an empty field is null where null means something', () => {
    const draft = newDraft();
    draft.setText('epochsGold', '3');
    expect(draft.base.epochsGold).toBe(3);
    draft.setText('epochsGold', '');
    expect(draft.base.epochsGold).toBeNull();
    draft.setText('keepBest', 'true');
    expect(draft.base.keepBest).toBe(true);
  });

  test('a preset is known again until something is changed', () => {
    const draft = newDraft();
    const ids = ['one-run', ...presetIds] as const;
    expect(ids.filter((id) => draft.isPreset(id))).toEqual(['one-run']);
    for (const preset of ids) {
      draft.take(preset);
      expect(ids.filter((id) => draft.isPreset(id))).toEqual([preset]);
    }
    draft.setText('batchSize', '8');
    expect(ids.some((id) => draft.isPreset(id))).toBe(false);
  });

  test('what was chosen is brought back, but what a person never touched is not kept', () => {
    const draft = newDraft();
    expect(draft.kept).toBeNull();
    draft.take('paper-recipe');
    draft.setText('layers', '6');
    draft.shape('power', 'n', 3);
    draft.sizeText = '50, all';
    const kept: unknown = JSON.parse(JSON.stringify(draft.kept));
    const after = newDraft();
    after.restore(kept);
    expect(after.spec).toEqual(draft.spec);
    after.restore(null);
    expect(after.spec).toEqual(draft.spec);
    for (const bad of [null, 'x', { ...draft.kept, seeds: [-1] }, { ...draft.kept, base: { layers: 99 } }]) {
      const fresh = newDraft();
      fresh.restore(bad);
      expect(fresh.isPreset('one-run')).toBe(true);
    }
    const shapeless = {
      ...draft.kept,
      variants: [{ regimen: 'blend', schedule: 'power', scheduleSettings: { k: 1 } }],
    };
    const fresh = newDraft();
    fresh.restore(shapeless); // power decay has no steepness
    expect(fresh.isPreset('one-run')).toBe(true);
  });

  test('the paper’s recipe: seven ways × five seeds, whose silver stage two of them share', () => {
    const draft = newDraft();
    draft.take('paper-recipe');
    expect(draft.groups).toHaveLength(experimentPresets['paper-recipe'].variants.length);
    expect(draft.plan.configs).toHaveLength(35);
    const own = draft.costs.reduce((sum, cost) => sum + cost.ownSteps, 0);
    const all = draft.costs.reduce((sum, cost) => sum + cost.steps, 0);
    expect(all - own).toBe(5 * 126);
  });

  test('what the data lack is left out, and the first choice is one that they have', () => {
    counts = { silver: 0, gold: 200 };
    const draft = newDraft();
    expect(draft.variants).toEqual([{ regimen: 'gold-only' }]);
    draft.toggle('simple-mix', true);
    expect(stepsOf(draft)).toEqual([['Gold only, seed 0', 104]]);
    expect(draft.plan.leftOut).toEqual([
      { name: 'Simple mix', reason: 'it needs silver sentences, and there are none' },
    ]);
    draft.toggle('gold-only', false);
    expect(draft.sound).toBe(false);
  });
});
