import type { RunConfig } from '../config.ts';
import { planOf, type SourceCounts } from '../plan.ts';
import { regimens } from '../regimens.ts';
import { groupKey, variantName, withVariant, type Variant } from './variant.ts';

export const budgetIds = ['free', 'equal-steps', 'equal-epochs'] as const;

/**
 * What is held equal between regimens. `free`: each has its own passes. `equal-steps`: all runs have as many updates, those
 * of the base config or else of the longest variant. `equal-epochs`: each source that a regimen uses is passed as often.
 */
export type BudgetId = (typeof budgetIds)[number];

/** An experiment as asked for: everything times everything. */
export interface ExperimentSpec {
  readonly base: RunConfig;
  readonly variants: readonly Variant[];
  /** Gold sentences to train on, null = all; 0 stands for training on silver alone. */
  readonly goldSizes: readonly (number | null)[];
  readonly seeds: readonly number[];
  readonly budget: BudgetId;
}

/** Something asked for that cannot be run, and why, in words. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface PlannedExperiment {
  /** In the order in which they are trained: every variant with the first seed before any with the second. */
  readonly configs: readonly RunConfig[];
  readonly leftOut: readonly LeftOut[];
}

/** Passes over each source under `equal-epochs` where the base names none: those of the simple mix. */
const equalPasses = regimens['simple-mix'].defaults;

/** The runs of an experiment on data with these counts. */
export function planExperiment(spec: ExperimentSpec, counts: SourceCounts): PlannedExperiment {
  const leftOut: LeftOut[] = [];
  const groups = new Map<string, RunConfig>();
  for (const size of sizesOf(spec.goldSizes, counts, leftOut)) {
    const variants: readonly Variant[] = size === 0 ? [{ regimen: 'silver-only' }] : spec.variants;
    for (const variant of variants) {
      const usesGold = regimens[variant.regimen].needs.includes('gold');
      const config = { ...withVariant(spec.base, variant), goldSize: usesGold && size !== 0 ? size : null };
      const missing = regimens[variant.regimen].needs.find((source) => counts[source] === 0);
      if (missing !== undefined) {
        leftOut.push({ name: variantName(config), reason: `it needs ${missing} sentences, and there are none` });
        continue;
      }
      groups.set(groupKey(config), config);
    }
  }
  const budgeted = withBudget([...groups.values()], spec.budget, counts);
  const seeds = [...new Set(spec.seeds)];
  return {
    configs: seeds.flatMap((seed) => budgeted.map((config) => ({ ...config, seed }))),
    leftOut: [...new Map(leftOut.map((left) => [left.name, left])).values()],
  };
}

/** The sizes that there is gold for, in the order given; one as large as all the gold is all the gold. */
function sizesOf(
  asked: readonly (number | null)[],
  { gold, silver }: SourceCounts,
  leftOut: LeftOut[],
): (number | null)[] {
  const sizes = asked.flatMap((size) => {
    if (size === 0 && silver === 0) {
      leftOut.push({ name: '0 gold', reason: 'without silver there is nothing left to train on' });
      return [];
    }
    if (size !== null && size > gold) {
      leftOut.push({ name: `${String(size)} gold`, reason: `there are only ${String(gold)} gold sentences` });
      return [];
    }
    return [size === gold && size !== 0 ? null : size];
  });
  return [...new Set(sizes.length === 0 ? [null] : sizes)];
}

function withBudget(configs: readonly RunConfig[], budget: BudgetId, counts: SourceCounts): RunConfig[] {
  switch (budget) {
    case 'free':
      return [...configs];
    case 'equal-steps': {
      const steps = Math.max(...configs.map((config) => config.steps ?? stepsOfRun(config, counts)));
      return configs.map((config) => ({ ...config, steps }));
    }
    case 'equal-epochs':
      return configs.map((config) => ({
        ...config,
        steps: null,
        epochsSilver: config.epochsSilver ?? equalPasses.silver,
        epochsGold: config.epochsGold ?? equalPasses.gold,
      }));
  }
}

/** Optimizer steps of a run. Throws as `planOf` does. */
function stepsOfRun(config: RunConfig, counts: SourceCounts): number {
  return planOf(config, counts).reduce((sum, { steps }) => sum + steps, 0);
}
