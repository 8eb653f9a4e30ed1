import * as v from 'valibot';
import type { Decoded } from '../core/decode.ts';
import { configFile, curveFile, deviceFile, devFile, issueInWords, recordFile } from '../run/recordFile.ts';
import type { StoredRun } from './runs.ts';

const number = v.number();
const natural = v.pipe(number, v.integer(), v.minValue(0));
const ids = v.array(v.string());
const stages = v.array(
  v.looseObject({
    name: v.string(),
    source: v.picklist(['silver', 'gold', 'both']),
    firstStep: natural,
    endStep: natural,
  }),
);
const log = v.array(v.looseObject({ ms: number, what: v.string(), step: natural, detail: v.string() }));
const run = v.looseObject({
  id: v.string(),
  name: v.string(),
  // Bundles from before these were kept do without.
  tags: v.optional(v.array(v.string()), []),
  notes: v.optional(v.string(), ''),
  pinned: v.optional(v.boolean(), false),
  log: v.optional(log, []),
  config: configFile,
  status: v.picklist(['queued', 'running', 'paused', 'stopped', 'finished', 'failed']),
  datasets: v.object({ silver: ids, gold: ids, dev: ids, test: ids }),
  checkpointUrl: v.string(),
  notice: v.string(),
  device: v.nullable(deviceFile),
  steps: natural,
  step: natural,
  stages,
  curve: curveFile,
  dev: devFile,
  record: v.nullable(recordFile),
  modelKept: v.boolean(),
  error: v.nullable(
    v.looseObject({ code: v.string(), message: v.string(), detail: v.record(v.string(), v.unknown()) }),
  ),
  createdMs: number,
  updatedMs: number,
});

/**
 * A run out of a bundle: everything that screens and comparisons read is checked; members that this version does not know
 * are kept. The reason says where it is no run.
 */
export function decodeRun(value: unknown): Decoded<StoredRun> {
  const decoded = v.safeParse(run, value);
  // As in `decodeRecord`.
  if (decoded.success) return { ok: true, value: decoded.output as unknown as StoredRun };
  return { ok: false, reason: issueInWords(decoded.issues[0]) };
}
