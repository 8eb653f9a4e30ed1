import type { RegimenId, RunConfig } from '../run/config.ts';
import type { SourceCounts } from '../run/plan.ts';
import { regimens } from '../run/regimens.ts';

/** A set of runs that answers a question, for those who do not want to choose each setting. */
export interface Preset {
  readonly name: string;
  readonly what: string;
  readonly regimens: readonly RegimenId[];
  readonly seeds: string;
  readonly config: Partial<RunConfig>;
}

/** What one would train first with such data. */
export function usualRegimen({ silver, gold }: SourceCounts): RegimenId {
  if (silver > 0 && gold > 0) return 'simple-mix';
  return silver > 0 ? 'silver-only' : 'gold-only';
}

/** The presets that make sense for data of these sizes. */
export function presetsFor(counts: SourceCounts): readonly Preset[] {
  const usual = usualRegimen(counts);
  const { name } = regimens[usual];
  const both = usual === 'simple-mix';
  const compared: Preset = {
    name: 'Is silver worth it?',
    what: 'Gold only, silver only and the simple mix, one after the other.',
    regimens: ['gold-only', 'silver-only', 'simple-mix'],
    seeds: '0',
    config: {},
  };
  return [
    {
      name: both ? 'Silver, then gold' : name,
      what: 'One run with the settings that suit the model.',
      regimens: [usual],
      seeds: '0',
      config: {},
    },
    ...(both ? [compared] : []),
    { name: 'How much is chance?', what: `${name} with three seeds.`, regimens: [usual], seeds: '0, 1, 2', config: {} },
    {
      name: 'Quick look',
      what: '40 steps: enough to see that all works, too few for a good model.',
      regimens: [usual],
      seeds: '0',
      config: { steps: 40 },
    },
  ];
}
