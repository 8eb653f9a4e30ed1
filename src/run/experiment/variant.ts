import { schedules, type ScheduleId } from '../../blend/schedules.ts';
import { digestJson } from '../../core/hash.ts';
import type { RegimenId, RunConfig } from '../config.ts';
import { laterMembers } from '../configDigest.ts';
import { distinctions } from '../diff.ts';
import { regimens } from '../regimens.ts';

/** A way of bringing silver and gold to the model: a regimen, and for `blend` its schedule. */
export interface Variant {
  readonly regimen: RegimenId;
  readonly schedule?: ScheduleId;
  readonly scheduleSettings?: Readonly<Record<string, number>>;
}

/** A config with a variant put in. */
export function withVariant(base: RunConfig, variant: Variant): RunConfig {
  const schedule = variant.schedule ?? base.schedule;
  const scheduleSettings = variant.scheduleSettings ?? (schedule === base.schedule ? base.scheduleSettings : {});
  return { ...base, regimen: variant.regimen, schedule, scheduleSettings };
}

/** `Simple mix`, `Blend, sigmoid`, `Blend, power decay (n = 3)`, `Gold only, 50 gold`. */
export function variantName({ regimen, schedule, scheduleSettings, goldSize }: RunConfig): string {
  const parts = [regimens[regimen].name];
  if (regimen === 'blend') {
    const own = Object.entries(scheduleSettings).map(([key, value]) => `${key} = ${String(value)}`);
    parts.push(`${schedules[schedule].name.toLowerCase()}${own.length === 0 ? '' : ` (${own.join(', ')})`}`);
  }
  if (goldSize !== null) parts.push(`${String(goldSize)} gold`);
  return parts.join(', ');
}

/** `Simple mix, seed 0`; `Gold only, 50 gold, seed 1`. */
export function runName(config: RunConfig): string {
  return `${variantName(config)}, seed ${String(config.seed)}`;
}

/** The name of a run within its experiment, fit for a folder: `simple-mix-seed-0`, `blend-power-n-3-gold-50-seed-1`. */
export function runSlug({ regimen, schedule, scheduleSettings, goldSize, seed }: RunConfig): string {
  const shape = Object.entries(scheduleSettings).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [
    regimen,
    ...(regimen === 'blend' ? [schedule, ...shape.flatMap(([key, value]) => [key, String(value)])] : []),
    ...(goldSize === null ? [] : ['gold', String(goldSize)]),
    'seed',
    String(seed),
  ];
  return parts.join('-');
}

/** Equal for two configs exactly when they differ in nothing that is read but the seed. */
export function groupKey(config: RunConfig): string {
  const { regimen, schedule, scheduleSettings } = config;
  const shape = regimen === 'blend' ? { schedule, ...schedules[schedule].settings, ...scheduleSettings } : null;
  // What is watched changes no result.
  const later = { ...laterMembers(config), watchBoth: undefined };
  return digestJson({ ...config, ...later, seed: null, schedule: null, scheduleSettings: shape });
}

/** What a run's name tells of its config. */
export const namedFields = ['regimen', 'schedule', 'scheduleSettings', 'goldSize', 'seed'] as const;

/** Names that tell groups apart: the variant's, and behind it the other settings in which they differ. */
export function groupNames(configs: readonly RunConfig[]): string[] {
  const others = distinctions(configs, namedFields);
  return configs.map((config, i) => [variantName(config), others[i] ?? ''].filter((part) => part !== '').join(', '));
}
