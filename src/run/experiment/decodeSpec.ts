import * as v from 'valibot';
import { scheduleIds } from '../../blend/schedules.ts';
import { regimenIds } from '../config.ts';
import { decodeConfig } from '../fields.ts';
import { budgetIds, type ExperimentSpec } from './experiment.ts';

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const variant = v.union([
  v.object({
    regimen: v.literal('blend'),
    schedule: v.picklist(scheduleIds),
    scheduleSettings: v.exactOptional(v.record(v.string(), v.number())),
  }),
  v.object({ regimen: v.picklist(regimenIds.filter((id) => id !== 'blend')) }),
]);
const spec = v.object({
  base: v.unknown(),
  variants: v.array(variant),
  goldSizes: v.array(v.nullable(natural)),
  seeds: v.array(natural),
  budget: v.picklist(budgetIds),
});

/** An experiment out of JSON; null where it is none. Throws `config-invalid` for settings outside their range. */
export function decodeSpec(value: unknown): ExperimentSpec | null {
  const decoded = v.safeParse(spec, value);
  if (!decoded.success) return null;
  const { base, ...others } = decoded.output;
  const config = decodeConfig(base);
  for (const each of others.variants) {
    if (each.regimen === 'blend') decodeConfig({ ...each, scheduleSettings: each.scheduleSettings ?? {} });
  }
  return { ...others, base: config };
}
