import { scheduleIds, schedules } from '../blend/schedules.ts';
import { regimenIds, type Precision, type RunConfig } from './config.ts';
import { lossIds, losses } from './losses.ts';
import { regimens } from './regimens.ts';

/** A number from `min` to `max`, both allowed. */
export interface NumberKind {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  /** Step of a control; no value is refused for lying between steps. */
  readonly step: number;
  readonly integer: boolean;
  /** What null means; absent where null is not allowed. */
  readonly none?: string;
}

export interface ChoiceKind {
  readonly kind: 'choice';
  readonly options: readonly { readonly value: string; readonly label: string; readonly what: string }[];
}

export type FieldKind =
  | NumberKind
  | ChoiceKind
  | { readonly kind: 'switch' }
  /** Numbers by name: the settings of the schedule, see `scheduleSettingKinds`. */
  | { readonly kind: 'schedule-settings' };

/** One member of `RunConfig` for a person. Its default is that of `defaultConfig`. */
export interface Field {
  readonly name: keyof RunConfig;
  readonly label: string;
  /** What it does, in a sentence or two. */
  readonly what: string;
  /** Unit after the number; empty where there is none. */
  readonly unit: string;
  readonly value: FieldKind;
}

export const integer = (min: number, max: number, step = 1): NumberKind => ({
  kind: 'number',
  min,
  max,
  step,
  integer: true,
});
export const real = (min: number, max: number, step: number): NumberKind => ({
  kind: 'number',
  min,
  max,
  step,
  integer: false,
});
const field = (label: string, what: string, unit: string, value: FieldKind) => ({ label, what, unit, value });

const lossKind: ChoiceKind = {
  kind: 'choice',
  options: lossIds.map((value) => ({ value, label: losses[value].name, what: losses[value].what })),
};

/** Label, words and range of every member of `RunConfig`. */
export const fieldTable: Readonly<Record<keyof RunConfig, Omit<Field, 'name'>>> = {
  regimen: field('Regimen', 'The order in which silver and gold come to the model.', '', {
    kind: 'choice',
    options: regimenIds.map((value) => ({ value, label: regimens[value].name, what: regimens[value].what })),
  }),
  schedule: field('Schedule', 'How the share of silver falls while the regimen “Blend” runs.', '', {
    kind: 'choice',
    options: scheduleIds.map((value) => ({ value, label: schedules[value].name, what: schedules[value].formula })),
  }),
  scheduleSettings: field('Shape of the schedule', 'Steepness, midpoint and the like.', '', {
    kind: 'schedule-settings',
  }),
  layers: field(
    'Layers',
    'Layers kept of the model, the first ones; 0 keeps all. Fewer are faster, more are better.',
    '',
    integer(0, 48),
  ),
  epochsSilver: field('Passes over silver', 'How often each silver sentence is seen.', 'passes', {
    ...real(0.01, 1000, 1),
    none: 'by the regimen',
  }),
  epochsGold: field('Passes over gold', 'How often each gold sentence is seen.', 'passes', {
    ...real(0.01, 1000, 1),
    none: 'by the regimen',
  }),
  goldSize: field(
    'Gold sentences',
    'Trains on so many of the gold sentences only, to see what more of them would buy; the seed chooses which.',
    'sentences',
    { ...integer(1, 10_000_000, 25), none: 'all of them' },
  ),
  steps: field(
    'Steps',
    'Updates of the whole run, shared out over its stages; so regimens can be compared at equal steps.',
    'steps',
    {
      ...integer(2, 10_000_000, 10),
      none: 'by passes',
    },
  ),
  stepsSecond: field(
    'Steps of the second stage',
    'Updates of the second stage alone; with a number of steps, the first stage has what is left of it, one step at least.',
    'steps',
    { ...integer(1, 10_000_000, 10), none: 'by passes' },
  ),
  learningRate: field(
    'Learning rate',
    'How far each step may move the model. The model that comes with Vermeil wants a high one.',
    '',
    real(1e-8, 1, 1e-5),
  ),
  learningRateSecond: field(
    'Learning rate, second stage',
    'A lower one keeps more of what the first stage taught.',
    '',
    { ...real(1e-8, 1, 1e-5), none: 'as in the first' },
  ),
  batchSize: field('Batch', 'Sentences of one step.', 'sentences', integer(1, 1024)),
  warmup: field(
    'Warm-up',
    'Share of the steps in which the learning rate rises, before it falls to 0.',
    '',
    real(0, 1, 0.05),
  ),
  warmupSecond: field(
    'Warm-up, second stage',
    'Share of the second stage in which the learning rate rises, where each stage starts anew.',
    '',
    { ...real(0, 1, 0.05), none: 'as in the first' },
  ),
  weightDecay: field('Weight decay', 'Pull of the weights towards 0, against learning by heart.', '', real(0, 1, 0.01)),
  clipNorm: field('Clipping', 'Longest gradient that is let through; 0 lets any through.', '', real(0, 1000, 0.5)),
  dropout: field(
    'Dropout',
    'Share of values that are put to 0 by chance in training, against learning by heart.',
    '',
    real(0, 0.9, 0.05),
  ),
  lossSilver: field(
    'Loss on silver',
    'Cross-entropy takes the teacher at its word; the generalised one learns less from labels that look wrong.',
    '',
    lossKind,
  ),
  lossGold: field(
    'Loss on gold',
    'Smoothed labels leave a little doubt, so that a model on few sentences does not grow too sure.',
    '',
    lossKind,
  ),
  smoothing: field(
    'Smoothing',
    'Of smoothed labels: the share of each label that is spread over all tags.',
    '',
    real(0.01, 0.5, 0.05),
  ),
  q: field(
    'Exponent q',
    'Of the generalised cross-entropy: near 0 it is cross-entropy, at 1 it hardly minds wrong labels and learns slowly.',
    '',
    real(0.05, 1, 0.05),
  ),
  maxPieces: field(
    'Longest window',
    'Pieces of words that the model sees at once; longer sentences go through overlapping windows.',
    'pieces',
    integer(3, 512),
  ),
  restart: field(
    'Start anew at each stage',
    'Each stage begins with a fresh optimizer and a learning rate that rises again.',
    '',
    { kind: 'switch' },
  ),
  keepOptimizer: field(
    'Keep the optimizer',
    'Where each stage starts anew: only the learning rate does; the optimizer remembers the gradients of the stage before.',
    '',
    { kind: 'switch' },
  ),
  evaluateEvery: field(
    'Score dev every',
    'Steps between two scorings of the dev sentences; 0 = at the end of each pass.',
    'steps',
    integer(0, 1_000_000, 10),
  ),
  keepBest: field('Keep the best', 'Ends with the model that scored best on dev, not with the last one.', '', {
    kind: 'switch',
  }),
  patience: field(
    'Patience',
    'Scorings of dev without a new best after which a stage ends; 0 = never.',
    'scorings',
    integer(0, 1000),
  ),
  precision: field(
    'Precision',
    'Half keeps the factors of matrix products in 16 bits: the same model but for rounding, and faster where memory is slow. Not yet tried on a real card.',
    '',
    {
      kind: 'choice',
      options: [
        { value: 'f32', label: 'Full', what: 'All numbers have 32 bits.' },
        { value: 'f16', label: 'Half', what: 'The factors of matrix products have 16 bits, all else has 32.' },
      ] satisfies { value: Precision; label: string; what: string }[],
    },
  ),
  watchBoth: field(
    'Watch what silver teaches',
    'Now and then looks at sentences that carry both labels: whose labels does the model follow? It changes no result.',
    '',
    { kind: 'switch' },
  ),
  seed: field(
    'Seed',
    'Decides all chance: order, dropout, the first values of the new layer. The same seed gives the same run.',
    '',
    integer(0, 4_294_967_295),
  ),
};
