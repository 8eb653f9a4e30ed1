import { afterEach, describe, expect, test } from 'vitest';
import { defaultConfig } from '../../../src/run/config.ts';
import { DraftState, runNameOf, seedsOf } from '../../../src/state/draft.svelte.ts';
import { roleOfName } from '../../../src/state/roleOfName.ts';
import { presetsFor } from '../../../src/state/presets.ts';

let counts = { silver: 1000, gold: 200 };
const newDraft = () => new DraftState(() => counts);
afterEach(() => {
  counts = { silver: 1000, gold: 200 };
});

test('seeds as a person writes them', () => {
  expect(seedsOf('0, 1 2;2')).toEqual([0, 1, 2]);
  for (const text of ['', ' ', '-1', '1.5', 'one', '1, x']) expect(seedsOf(text), text).toBeNull();
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
  test('regimens × seeds, each a run with its name and steps', () => {
    const draft = newDraft();
    draft.seedText = '0, 7';
    draft.toggle('gold-only', true);
    expect(draft.planned.map(({ name, steps }) => [name, steps])).toEqual([
      ['Simple mix, seed 0', 178],
      ['Simple mix, seed 7', 178],
      ['Gold only, seed 0', 104],
      ['Gold only, seed 7', 104],
    ]);
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
    const presets = presetsFor(counts);
    for (const preset of presets) {
      draft.take(preset);
      expect(presets.filter((p) => draft.isPreset(p))).toEqual([preset]);
    }
    draft.setText('batchSize', '8');
    expect(presets.some((p) => draft.isPreset(p))).toBe(false);
  });

  test('what the data lack is left out, and the first choice is one that they have', () => {
    counts = { silver: 0, gold: 200 };
    const draft = newDraft();
    expect(draft.regimens).toEqual(['gold-only']);
    expect(presetsFor(counts).every((preset) => preset.regimens.every((regimen) => regimen === 'gold-only'))).toBe(
      true,
    );
    draft.toggle('simple-mix', true);
    expect(draft.planned.map(({ steps }) => steps)).toEqual([104, null]);
    expect(draft.runnable.map(({ name }) => name)).toEqual(['Gold only, seed 0']);
    draft.toggle('gold-only', false);
    expect(draft.sound).toBe(false);
  });

  test('names', () => {
    expect(runNameOf({ ...defaultConfig, regimen: 'blend', seed: 3 })).toBe('Blend, seed 3');
  });
});
