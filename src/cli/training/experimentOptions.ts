import { defaultConfig, regimenIds, type RegimenId } from '../../run/config.ts';
import { fieldOf } from '../../run/fields.ts';
import {
  budgetIds,
  planExperiment,
  type ExperimentSpec,
  type PlannedExperiment,
} from '../../run/experiment/experiment.ts';
import { experimentPresets, presetIds, specOf } from '../../run/experiment/presets.ts';
import { planOf, type SourceCounts } from '../../run/plan.ts';
import { numberOf, type Args } from '../args.ts';
import type { Option } from '../command.ts';
import { baseConfig, changesConfig, checked, memberOf } from './configOptions.ts';

/** The options of `train` that make several runs of one config. */
export const experimentOptions: readonly Option[] = [
  {
    name: 'preset',
    value: 'P',
    text: `A whole experiment; other options change it. ${presetIds.map((id) => `${id}: ${experimentPresets[id].what}`).join(' ')}`,
    fallback: 'none',
  },
  {
    name: 'regimen',
    value: 'R',
    many: true,
    text: `How silver and gold come to the model: ${regimenIds.join(', ')}. Several make an experiment.`,
    fallback: `${defaultConfig.regimen}; gold-only or silver-only where the other is not given`,
  },
  {
    name: 'seed',
    value: 'N',
    many: true,
    text: `${fieldOf('seed').what} Several (0,1,2) make an experiment; 3 or more allow a verdict.`,
    fallback: String(defaultConfig.seed),
  },
  {
    name: 'gold-sizes',
    value: 'N',
    many: true,
    text: 'Trains on so many gold sentences each (0,25,50,all), for a learning curve; 0 is silver alone. Smaller ones stand in larger ones.',
    fallback: 'all',
  },
  {
    name: 'budget',
    value: 'B',
    text: 'What is held equal between regimens: equal-steps (as many updates for all), equal-epochs (each source passed as often), free (each has its own passes).',
    fallback: 'free, or that of the preset',
  },
];

/** The runs that options ask for, on data with these counts. `otherwise`: the regimen where none is named. Throws `usage`. */
export function plannedOf(args: Args, file: unknown, otherwise: RegimenId, counts: SourceCounts): PlannedExperiment {
  const spec = specAsked(args, file, otherwise, counts);
  const planned = planExperiment(spec, counts);
  // Nothing can be run: the plan of what was asked for says why.
  if (planned.configs.length === 0) planOf({ ...spec.base, ...spec.variants[0] }, counts);
  return { ...planned, configs: planned.configs.map(checked) };
}

/** Whether options say anything of the runs. */
export function changesRuns(args: Args): boolean {
  return changesConfig(args) || experimentOptions.some(({ name }) => args.has(name));
}

function specAsked(args: Args, file: unknown, otherwise: RegimenId, counts: SourceCounts): ExperimentSpec {
  const base = checked(baseConfig(args, file));
  const preset = args.text('preset');
  const begun: ExperimentSpec =
    preset === null
      ? {
          base,
          variants: [{ regimen: file === null ? otherwise : base.regimen }],
          goldSizes: [base.goldSize],
          seeds: [base.seed],
          budget: 'free',
        }
      : specOf(memberOf('preset', preset, presetIds), base, counts);
  const budget = args.text('budget');
  return {
    // A number of steps on the command line goes before that of a preset.
    base: args.has('steps') ? { ...begun.base, steps: base.steps } : begun.base,
    variants: args.has('regimen')
      ? args.list('regimen', true).map((name) => ({ regimen: memberOf('regimen', name, regimenIds) }))
      : begun.variants,
    goldSizes: args.has('gold-sizes') ? args.list('gold-sizes', true).map(sizeOf) : begun.goldSizes,
    seeds: args.has('seed')
      ? args.list('seed', true).map((text) => numberOf('seed', text, { min: 0, max: 0xffffffff, whole: true }))
      : begun.seeds,
    budget: budget === null ? begun.budget : memberOf('budget', budget, budgetIds),
  };
}

function sizeOf(text: string): number | null {
  return text === 'all' ? null : numberOf('gold-sizes', text, { min: 0, max: 10_000_000, whole: true });
}
