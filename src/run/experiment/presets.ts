import type { RunConfig } from '../config.ts';
import type { SourceCounts } from '../plan.ts';
import type { BudgetId, ExperimentSpec } from './experiment.ts';
import type { Variant } from './variant.ts';

export const presetIds = ['quick-look', 'paper-recipe', 'low-resource', 'steps-or-labels'] as const;
export type PresetId = (typeof presetIds)[number];

/** An experiment that answers a question, for those who do not want to choose each setting. */
export interface ExperimentPreset {
  readonly name: string;
  readonly what: string;
  readonly variants: readonly Variant[];
  readonly seeds: readonly number[];
  readonly budget: BudgetId;
  /** Settings that differ from the base. */
  readonly change: Partial<RunConfig>;
  /** Gold sizes for so much gold; null = all. */
  goldSizes(gold: number): readonly (number | null)[];
}

const fiveSeeds = [0, 1, 2, 3, 4];
const all = () => [null];

/** Adding one is an entry here and its id above. */
export const experimentPresets: Readonly<Record<PresetId, ExperimentPreset>> = {
  'quick-look': {
    name: 'Quick look',
    what: 'Gold only, silver only and simple mix once, 40 steps each: shows that all works, proves nothing.',
    variants: [{ regimen: 'gold-only' }, { regimen: 'silver-only' }, { regimen: 'simple-mix' }],
    seeds: [0],
    budget: 'equal-steps',
    change: { steps: 40 },
    goldSizes: all,
  },
  'paper-recipe': {
    name: 'Paper recipe',
    what: 'Gold only, silver only, both orders, mixed, sigmoid and power decay, with five seeds (arXiv 2402.09282).',
    variants: [
      { regimen: 'gold-only' },
      { regimen: 'silver-only' },
      { regimen: 'simple-mix' },
      { regimen: 'gold-then-silver' },
      { regimen: 'pooled' },
      { regimen: 'blend', schedule: 'sigmoid' },
      { regimen: 'blend', schedule: 'power' },
    ],
    seeds: fiveSeeds,
    budget: 'free',
    change: {},
    goldSizes: all,
  },
  'low-resource': {
    name: 'Low resource',
    what: 'F1 over the amount of gold, with and without silver: what would more gold sentences buy?',
    variants: [{ regimen: 'gold-only' }, { regimen: 'simple-mix' }],
    seeds: fiveSeeds,
    budget: 'free',
    change: {},
    goldSizes: learningCurveSizes,
  },
  'steps-or-labels': {
    name: 'Does silver help?',
    what: 'Simple mix beside gold only and gold in the place of silver, at equal steps: is it the silver, or only more steps?',
    variants: [{ regimen: 'gold-only' }, { regimen: 'gold-for-silver' }, { regimen: 'simple-mix' }],
    seeds: fiveSeeds,
    budget: 'equal-steps',
    change: {},
    goldSizes: all,
  },
};

/** 0, 25, 50, 100, 200, … as far as there is gold, then all of it. */
export function learningCurveSizes(gold: number): readonly (number | null)[] {
  const sizes: (number | null)[] = [0];
  for (let size = 25; size < gold; size *= 2) sizes.push(size);
  return [...sizes, null];
}

/** A preset on data with these counts, over a base of settings. */
export function specOf(id: PresetId, base: RunConfig, counts: SourceCounts): ExperimentSpec {
  const { variants, seeds, budget, change, goldSizes } = experimentPresets[id];
  return { base: { ...base, ...change }, variants, seeds, budget, goldSizes: goldSizes(counts.gold) };
}
