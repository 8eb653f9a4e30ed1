import { asJson } from '../core/decode.ts';
import { schedules } from '../blend/schedules.ts';
import type { RunConfig } from './config.ts';
import { fields } from './fields.ts';
import type { Field } from './fieldTable.ts';
import { lossMembers } from './losses.ts';
import { passesOf, regimens, shapeOf } from './regimens.ts';

/** A field in which two configs differ, with both values in words. */
export interface Difference {
  readonly name: keyof RunConfig;
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** What differs between two configs, in the order of the fields; empty where they train the same way. */
export function diffConfigs(before: RunConfig, after: RunConfig): Difference[] {
  return fields.flatMap((field): Difference[] => {
    const [old, now] = [valueInWords(field, before), valueInWords(field, after)];
    return old === now || (isPlain(field.name, before) && isPlain(field.name, after))
      ? []
      : [{ name: field.name, label: field.label, before: old, after: now }];
  });
}

/** A difference as a sentence part: `Learning rate 0.0003 → 0.0001`. */
export function differenceInWords({ label, before, after }: Difference): string {
  return `${label} ${before} → ${after}`;
}

/**
 * What sets each of several configs apart: for every config the fields in which they are not all alike, with its own value.
 * Empty texts where all are the same. Passes that follow from the regimens alone are left out, and so are the fields of
 * `named`, which the caller names itself.
 */
export function distinctions(configs: readonly RunConfig[], named: readonly (keyof RunConfig)[] = []): string[] {
  const telling = fields.filter(
    (field) =>
      !named.includes(field.name) &&
      configs.some((config) => !isDefault(field.name, config)) &&
      new Set(configs.map((config) => valueInWords(field, config))).size > 1,
  );
  return configs.map((config) =>
    telling
      .filter(({ name }) => isRead(name, config))
      .map((field) =>
        field.name === 'regimen' ? valueInWords(field, config) : `${field.label} ${valueInWords(field, config)}`,
      )
      .join(', '),
  );
}

/** A field's value as a person reads it: names of choices, `yes` and `no`, defaults where null stands for them. */
export function valueInWords({ name, value: kind }: Field, config: RunConfig): string {
  const value = config[name];
  if (!isRead(name, config)) return 'not used';
  if (name === 'scheduleSettings') return settingsInWords(config);
  if (name === 'epochsSilver') return String(passesOf(config).silver);
  if (name === 'epochsGold') return String(passesOf(config).gold);
  if (kind.kind === 'choice') return kind.options.find((option) => option.value === value)?.label ?? asJson(value);
  if (kind.kind === 'switch') return value === true ? 'yes' : 'no';
  return value === null && kind.kind === 'number' ? (kind.none ?? 'none') : asJson(value);
}

/** Whether a field says what would hold without it: null, or the passes that the regimen takes anyway. */
function isDefault(name: keyof RunConfig, config: RunConfig): boolean {
  const { silver, gold } = regimens[config.regimen].defaults;
  if (name === 'epochsSilver') return passesOf(config).silver === silver;
  if (name === 'epochsGold') return passesOf(config).gold === gold;
  return config[name] === null || isPlain(name, config);
}

type Judged = Readonly<Partial<Record<keyof RunConfig, (config: RunConfig) => boolean>>>;

const blends = ({ regimen }: RunConfig) => regimen === 'blend';
const hasSecond = (config: RunConfig) => shapeOf(config).stages > 1;
const draws = (source: 'silver' | 'gold') => (config: RunConfig) => shapeOf(config).draws.includes(source);
const scores = (setting: 'smoothing' | 'q') => (config: RunConfig) =>
  lossMembers(config, shapeOf(config).draws)[setting] !== undefined;

/** Fields that not every run reads, and which do: another value makes no other run of the rest. */
const readBy: Judged = {
  schedule: blends,
  scheduleSettings: blends,
  stepsSecond: hasSecond,
  learningRateSecond: hasSecond,
  warmupSecond: (config) => hasSecond(config) && config.restart,
  keepOptimizer: (config) => hasSecond(config) && config.restart,
  lossSilver: draws('silver'),
  lossGold: draws('gold'),
  smoothing: scores('smoothing'),
  q: scores('q'),
};

function isRead(name: keyof RunConfig, config: RunConfig): boolean {
  return readBy[name]?.(config) ?? true;
}

/** Fields that at one value say what holds where nothing reads them; what is watched changes no result. */
const plainAt: Judged = {
  stepsSecond: ({ stepsSecond }) => stepsSecond === null,
  learningRateSecond: ({ learningRateSecond }) => learningRateSecond === null,
  warmupSecond: ({ warmupSecond }) => warmupSecond === null,
  keepOptimizer: ({ keepOptimizer }) => !keepOptimizer,
  lossSilver: ({ lossSilver }) => lossSilver === 'cross-entropy',
  lossGold: ({ lossGold }) => lossGold === 'cross-entropy',
  precision: ({ precision }) => precision === 'f32',
  watchBoth: () => true,
};

function isPlain(name: keyof RunConfig, config: RunConfig): boolean {
  const plain = plainAt[name];
  return plain !== undefined && (plain(config) || !isRead(name, config));
}

function settingsInWords({ schedule, scheduleSettings }: RunConfig): string {
  const settings = Object.entries({ ...schedules[schedule].settings, ...scheduleSettings });
  return settings.length === 0 ? 'none' : settings.map(([key, value]) => `${key} = ${String(value)}`).join(', ');
}
