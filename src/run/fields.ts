import { AppError } from '../core/errors.ts';
import { asJson, isRecord, preview } from '../core/decode.ts';
import { scheduleIds, schedules, type ScheduleId } from '../blend/schedules.ts';
import { defaultConfig, regimenIds, type RunConfig } from './config.ts';
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

const integer = (min: number, max: number, step = 1): NumberKind => ({ kind: 'number', min, max, step, integer: true });
const real = (min: number, max: number, step: number): NumberKind => ({
  kind: 'number',
  min,
  max,
  step,
  integer: false,
});
const field = (label: string, what: string, unit: string, value: FieldKind) => ({ label, what, unit, value });

const table: Readonly<Record<keyof RunConfig, Omit<Field, 'name'>>> = {
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
    none: 'as the regimen says',
  }),
  epochsGold: field('Passes over gold', 'How often each gold sentence is seen.', 'passes', {
    ...real(0.01, 1000, 1),
    none: 'as the regimen says',
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
  learningRate: field(
    'Learning rate',
    'How far each step may move the model. The model that comes with Vermeil wants a high one.',
    '',
    real(1e-8, 1, 1e-5),
  ),
  batchSize: field('Batch', 'Sentences of one step.', 'sentences', integer(1, 1024)),
  warmup: field(
    'Warm-up',
    'Share of the steps in which the learning rate rises, before it falls to 0.',
    '',
    real(0, 1, 0.05),
  ),
  weightDecay: field('Weight decay', 'Pull of the weights towards 0, against learning by heart.', '', real(0, 1, 0.01)),
  clipNorm: field('Clipping', 'Longest gradient that is let through; 0 lets any through.', '', real(0, 1000, 0.5)),
  dropout: field(
    'Dropout',
    'Share of values that are put to 0 by chance in training, against learning by heart.',
    '',
    real(0, 0.9, 0.05),
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
  seed: field(
    'Seed',
    'Decides all chance: order, dropout, the first values of the new layer. The same seed gives the same run.',
    '',
    integer(0, 4_294_967_295),
  ),
};

/** Every member of `RunConfig`, in the order of the config. */
export const fields: readonly Field[] = (Object.keys(defaultConfig) as (keyof RunConfig)[]).map((name) => ({
  name,
  ...table[name],
}));

export function fieldOf(name: keyof RunConfig): Field {
  return { name, ...table[name] };
}

/** Ranges of the settings that schedules name; `m` is a progress, `c` a share. */
export const scheduleSettingKinds: Readonly<Record<string, NumberKind & { readonly label: string }>> = {
  k: { ...real(0.1, 100, 0.5), label: 'Steepness' },
  m: { ...real(0, 1, 0.05), label: 'Midpoint' },
  n: { ...real(0.1, 10, 0.1), label: 'Exponent' },
  c: { ...real(0, 1, 0.05), label: 'Share of silver' },
};

/** The allowed values of a field in words, such as “a whole number from 1 to 1024”. */
export function rangeOf(kind: FieldKind): string {
  switch (kind.kind) {
    case 'number': {
      const range = `${kind.integer ? 'a whole number' : 'a number'} from ${String(kind.min)} to ${String(kind.max)}`;
      return kind.none === undefined ? range : `${range}, or null (${kind.none})`;
    }
    case 'choice':
      return `one of ${kind.options.map(({ value }) => value).join(', ')}`;
    case 'switch':
      return 'true or false';
    case 'schedule-settings':
      return 'an object of numbers';
  }
}

/**
 * A config from unknown data, such as a JSON file; members that are missing have their default. Throws `config-invalid`
 * that names the field, the value and the range; unknown fields are refused.
 */
export function decodeConfig(input: unknown): RunConfig {
  if (!isRecord(input)) throw invalid('config', input, 'an object with the fields of a run');
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(table, name)) {
      throw invalid(name, value, `left out: there is no such field. The fields are ${Object.keys(table).join(', ')}`);
    }
    const { value: kind } = table[name as keyof RunConfig];
    if (!fits(kind, value)) throw invalid(name, value, rangeOf(kind));
  }
  // Each member was held against its field above.
  const config = { ...defaultConfig, ...(input as Partial<RunConfig>) };
  checkScheduleSettings(config.schedule, config.scheduleSettings);
  return config;
}

function fits(kind: FieldKind, value: unknown): boolean {
  switch (kind.kind) {
    case 'number':
      if (value === null) return kind.none !== undefined;
      return (
        typeof value === 'number' &&
        value >= kind.min &&
        value <= kind.max &&
        (!kind.integer || Number.isInteger(value))
      );
    case 'choice':
      return kind.options.some((option) => option.value === value);
    case 'switch':
      return typeof value === 'boolean';
    case 'schedule-settings':
      return isRecord(value);
  }
}

function checkScheduleSettings(schedule: ScheduleId, settings: Readonly<Record<string, unknown>>): void {
  const known = Object.keys(schedules[schedule].settings);
  for (const [name, value] of Object.entries(settings)) {
    const path = `scheduleSettings.${name}`;
    const kind = known.includes(name) ? scheduleSettingKinds[name] : undefined;
    if (kind === undefined) {
      const range = `left out: the schedule ${schedule} has ${known.length === 0 ? 'no settings' : `only ${known.join(', ')}`}`;
      throw invalid(path, value, range);
    }
    if (!fits(kind, value)) throw invalid(path, value, rangeOf(kind));
  }
}

function invalid(field: string, value: unknown, range: string): AppError {
  const shown = preview(asJson(value));
  return new AppError('config-invalid', `${field} is ${shown}; it must be ${range}`, { field, value: shown, range });
}
