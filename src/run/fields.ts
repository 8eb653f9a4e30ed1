import { AppError } from '../core/errors.ts';
import { asJson, isRecord, preview } from '../core/decode.ts';
import { schedules, type ScheduleId } from '../blend/schedules.ts';
import { defaultConfig, type RunConfig } from './config.ts';
import { fieldTable, real, type Field, type FieldKind, type NumberKind } from './fieldTable.ts';

/** Every member of `RunConfig`, in the order of the config. */
export const fields: readonly Field[] = (Object.keys(defaultConfig) as (keyof RunConfig)[]).map((name) => ({
  name,
  ...fieldTable[name],
}));

export function fieldOf(name: keyof RunConfig): Field {
  return { name, ...fieldTable[name] };
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
    if (!Object.hasOwn(fieldTable, name)) {
      throw invalid(
        name,
        value,
        `left out: there is no such field. The fields are ${Object.keys(fieldTable).join(', ')}`,
      );
    }
    const { value: kind } = fieldTable[name as keyof RunConfig];
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
