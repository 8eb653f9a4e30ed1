import type { RegimenId, RunConfig } from './config.ts';
import type { Stage } from './plan.ts';

type PassSteps = Readonly<Record<'silver' | 'gold' | 'both', number>>;

/** A way to bring silver and gold to the model. Adding one is an entry here and its id in `config.ts`. */
export interface Regimen {
  readonly name: string;
  /** What it does, in a sentence for a person. */
  readonly what: string;
  readonly needs: readonly ('silver' | 'gold')[];
  /** Passes over each source where the config names none. */
  readonly defaults: { readonly silver: number; readonly gold: number };
  stages(config: RunConfig, passSteps: PassSteps, share: (u: number) => number): readonly Stage[];
}

/** Passes over silver and gold of a config, with the regimen's own defaults. */
export function passesOf(config: RunConfig): { readonly silver: number; readonly gold: number } {
  const { defaults } = regimens[config.regimen];
  return { silver: config.epochsSilver ?? defaults.silver, gold: config.epochsGold ?? defaults.gold };
}

function passes(source: 'silver' | 'gold' | 'both', count: number, passSteps: PassSteps): Stage {
  const name = source === 'both' ? 'silver and gold' : source;
  return { name, draw: { kind: 'passes', source }, steps: Math.max(1, Math.round(count * passSteps[source])) };
}

/** The sources that a stage draws from. */
export function drawsOf({ draw }: Stage): readonly ('silver' | 'gold')[] {
  return draw.kind === 'mixed' || draw.source === 'both' ? ['silver', 'gold'] : [draw.source];
}

/** How many stages a config's regimen has, and the sources that they draw from. */
export function shapeOf(config: RunConfig): {
  readonly stages: number;
  readonly draws: readonly ('silver' | 'gold')[];
} {
  const stages = regimens[config.regimen].stages(config, { silver: 1, gold: 1, both: 1 }, () => 0);
  return { stages: stages.length, draws: [...new Set(stages.flatMap(drawsOf))] };
}

const sequential = { silver: 2, gold: 4 };

function mixedSteps(config: RunConfig, passSteps: PassSteps): number {
  const { silver, gold } = passesOf(config);
  return Math.max(1, Math.round(silver * passSteps.silver + gold * passSteps.gold));
}

export const regimens: Readonly<Record<RegimenId, Regimen>> = {
  'gold-only': {
    name: 'Gold only',
    what: 'Only the labels made by people.',
    needs: ['gold'],
    defaults: { silver: 0, gold: 8 },
    stages: (config, steps) => [passes('gold', passesOf(config).gold, steps)],
  },
  'silver-only': {
    name: 'Silver only',
    what: 'Only the labels of the teacher.',
    needs: ['silver'],
    defaults: { silver: 2, gold: 0 },
    stages: (config, steps) => [passes('silver', passesOf(config).silver, steps)],
  },
  pooled: {
    name: 'Pooled',
    what: 'Silver and gold shuffled together; passes of silver count for the union.',
    needs: ['silver', 'gold'],
    defaults: { silver: 2, gold: 2 },
    stages: (config, steps) => [passes('both', passesOf(config).silver, steps)],
  },
  'simple-mix': {
    name: 'Simple mix',
    what: 'Silver first, then gold.',
    needs: ['silver', 'gold'],
    defaults: sequential,
    stages: (config, steps) => [
      passes('silver', passesOf(config).silver, steps),
      passes('gold', passesOf(config).gold, steps),
    ],
  },
  'gold-for-silver': {
    name: 'Gold for silver',
    what: 'The steps of simple mix with gold in the place of silver: what as many updates do without a teacher.',
    needs: ['silver', 'gold'],
    defaults: sequential,
    stages: (config, steps) => {
      const silver = passes('silver', passesOf(config).silver, steps);
      const gold = passes('gold', passesOf(config).gold, steps);
      return [{ ...gold, name: 'gold for silver', steps: silver.steps }, gold];
    },
  },
  'gold-then-silver': {
    name: 'Gold, then silver',
    what: 'Gold first, then silver: the order of simple mix turned round.',
    needs: ['silver', 'gold'],
    defaults: sequential,
    stages: (config, steps) => [
      passes('gold', passesOf(config).gold, steps),
      passes('silver', passesOf(config).silver, steps),
    ],
  },
  'silver-then-both': {
    name: 'Silver, then both',
    what: 'Silver first, then silver and gold shuffled together; passes of gold count for the union.',
    needs: ['silver', 'gold'],
    defaults: { silver: 2, gold: 1 },
    stages: (config, steps) => [
      passes('silver', passesOf(config).silver, steps),
      passes('both', passesOf(config).gold, steps),
    ],
  },
  alternating: {
    name: 'Alternating',
    what: 'One batch of silver, one of gold, in turn.',
    needs: ['silver', 'gold'],
    defaults: sequential,
    stages: (config, steps) => [
      {
        name: 'alternating',
        draw: { kind: 'mixed', share: (step) => (step % 2 === 0 ? 1 : 0) },
        steps: mixedSteps(config, steps),
      },
    ],
  },
  blend: {
    name: 'Blend',
    what: 'The share of silver in each batch follows a schedule, from all silver to all gold.',
    needs: ['silver', 'gold'],
    defaults: sequential,
    stages: (config, steps, share) => [
      {
        name: 'blend',
        draw: { kind: 'mixed', share: (step, all) => share(all <= 1 ? 0 : step / (all - 1)) },
        steps: mixedSteps(config, steps),
      },
    ],
  },
};
