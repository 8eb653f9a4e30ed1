import { scheduleIds, schedules, type ScheduleId } from '../../blend/schedules.ts';
import { AppError } from '../../core/errors.ts';
import { defaultConfig, precisions, type RunConfig } from '../../run/config.ts';
import { decodeConfig, fieldOf } from '../../run/fields.ts';
import { lossIds } from '../../run/losses.ts';
import { numberOf, type Args } from '../args.ts';
import type { Option } from '../command.ts';
import { suggestion, usageError } from '../usage.ts';

/** Options that set one number each, and the member that they set. */
const numbers: readonly (readonly [string, keyof RunConfig])[] = [
  ['layers', 'layers'],
  ['epochs-silver', 'epochsSilver'],
  ['epochs-gold', 'epochsGold'],
  ['steps', 'steps'],
  ['steps-second', 'stepsSecond'],
  ['lr', 'learningRate'],
  ['lr-second', 'learningRateSecond'],
  ['batch', 'batchSize'],
  ['warmup', 'warmup'],
  ['warmup-second', 'warmupSecond'],
  ['weight-decay', 'weightDecay'],
  ['clip', 'clipNorm'],
  ['dropout', 'dropout'],
  ['smoothing', 'smoothing'],
  ['q', 'q'],
  ['max-pieces', 'maxPieces'],
  ['evaluate-every', 'evaluateEvery'],
  ['patience', 'patience'],
];

const losses = [
  ['loss-silver', 'lossSilver'],
  ['loss-gold', 'lossGold'],
] as const;

/** What the help says of a setting: the field table's own words and the app's default. */
export function optionOf(name: string, member: keyof RunConfig): Option {
  const { what, value } = fieldOf(member);
  const byDefault = defaultConfig[member];
  const none = value.kind === 'number' ? value.none : undefined;
  return { name, value: 'N', text: what, fallback: byDefault === null ? (none ?? 'none') : JSON.stringify(byDefault) };
}

/** The options of `train` that set the config that all runs have in common. */
export const configOptions: readonly Option[] = [
  ...numbers.map(([name, member]) => optionOf(name, member)),
  {
    name: 'schedule',
    value: 'S',
    text: `${fieldOf('schedule').what} One of ${scheduleIds.join(', ')}.`,
    fallback: defaultConfig.schedule,
  },
  {
    name: 'schedule-set',
    value: 'k=N,…',
    text: 'Settings of the schedule, such as k=10,m=0.5.',
    fallback: 'those of the schedule',
  },
  ...losses.map(([name, member]) => ({
    ...{ name, value: 'LOSS', text: `${fieldOf(member).what} One of ${lossIds.join(', ')}.` },
    fallback: defaultConfig[member],
  })),
  {
    name: 'precision',
    value: 'P',
    text: `${fieldOf('precision').what} One of ${precisions.join(', ')}; f16 takes --device webgpu.`,
    fallback: defaultConfig.precision,
  },
  { name: 'keep-best', value: null, text: fieldOf('keepBest').what },
  {
    name: 'one-schedule',
    value: null,
    text: 'Optimizer and learning-rate schedule run through all stages, without starting anew at each.',
  },
  { name: 'keep-optimizer', value: null, text: fieldOf('keepOptimizer').what },
  {
    name: 'no-watch',
    value: null,
    text: 'Leaves out the looks at sentences that carry both silver and trusted labels.',
  },
];

/** The config that options change: that of the file, else the defaults. Throws `usage` for options, `config-invalid` for the file. */
export function baseConfig(args: Args, file: unknown): RunConfig {
  const base = file === null ? defaultConfig : decodeConfig(file);
  return { ...base, ...changesOf(args, base) };
}

/** Whether any option sets something of the config. */
export function changesConfig(args: Args): boolean {
  return configOptions.some(({ name }) => args.has(name)) || args.has('config');
}

function changesOf(args: Args, base: RunConfig): Partial<RunConfig> {
  const changes: Partial<Record<keyof RunConfig, unknown>> = {};
  for (const [name, member] of numbers) {
    const value = args.number(name);
    if (value !== null) changes[member] = value;
  }
  // Passes on the command line are meant to count: they put aside a number of steps from the file.
  const byPasses = args.has('epochs-silver') || args.has('epochs-gold');
  if (byPasses && !args.has('steps')) changes.steps = null;
  const schedule = args.text('schedule');
  if (schedule !== null) changes.schedule = memberOf('schedule', schedule, scheduleIds);
  const settings = args.text('schedule-set');
  if (settings !== null)
    changes.scheduleSettings = settingsOf(settings, memberOf('schedule', schedule ?? base.schedule, scheduleIds));
  else if (schedule !== null && schedule !== base.schedule) changes.scheduleSettings = {};
  for (const [name, member] of losses) {
    const loss = args.text(name);
    if (loss !== null) changes[member] = memberOf(name, loss, lossIds);
  }
  const precision = args.text('precision');
  if (precision !== null) changes.precision = memberOf('precision', precision, precisions);
  if (args.has('keep-best')) changes.keepBest = true;
  if (args.has('one-schedule')) changes.restart = false;
  if (args.has('keep-optimizer')) changes.keepOptimizer = true;
  if (args.has('no-watch')) changes.watchBoth = false;
  return changes as Partial<RunConfig>;
}

/** One of the known names. Throws `usage`. */
export function memberOf<T extends string>(option: string, name: string, known: readonly T[]): T {
  const found = known.find((id) => id === name);
  if (found !== undefined) return found;
  throw usageError(`--${option} ${name} is not known.`, suggestion(name, known, `Known are ${known.join(', ')}.`));
}

/** Holds a config against the field table; what does not fit is told by the name of its option. Throws `usage`. */
export function checked(config: RunConfig): RunConfig {
  try {
    return decodeConfig(config);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'config-invalid') throw error;
    const { field = '', value = '', range = '' } = error.detail;
    const option = numbers.find(([, member]) => member === field)?.[0] ?? 'schedule-set';
    // On a command line nobody can say null.
    const can = String(range).replace(/, or null( \(.*\))?$/, ', or left out$1');
    throw usageError(`--${option} ${String(value)} does not do.`, `It must be ${can}.`);
  }
}

/** `k=10,m=0.5` as numbers; only what the schedule has. */
function settingsOf(text: string, schedule: ScheduleId): Readonly<Record<string, number>> {
  const known = Object.keys(schedules[schedule].settings);
  const pairs = text.split(',').map((pair) => {
    const [key = '', value = ''] = pair.split('=', 2).map((part) => part.trim());
    if (!known.includes(key)) {
      const has =
        known.length === 0
          ? `The schedule ${schedule} has no settings.`
          : `The schedule ${schedule} has ${known.join(', ')}.`;
      throw usageError(`--schedule-set ${text}: "${key}" is not known.`, has);
    }
    return [key, numberOf('schedule-set', value)] as const;
  });
  return Object.fromEntries(pairs);
}
