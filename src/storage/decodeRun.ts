import * as v from 'valibot';
import { decodeConfig } from '../run/fields.ts';
import type { StoredRun } from './runs.ts';

const number = v.number();
const natural = v.pipe(number, v.integer(), v.minValue(0));
const score = v.looseObject({ precision: number, recall: number, f1: number, support: natural });
const report = v.looseObject({ micro: score, macro: score, labels: v.record(v.string(), score) });
const scores = v.looseObject({ default: report, strict: report });
const ids = v.array(v.string());
const curve = v.array(
  v.looseObject({ step: natural, loss: number, learningRate: number, gradNorm: number, silverShare: number }),
);
const dev = v.array(v.looseObject({ step: natural, f1: number, best: v.boolean() }));
const stages = v.array(
  v.looseObject({
    name: v.string(),
    source: v.picklist(['silver', 'gold', 'both']),
    firstStep: natural,
    endStep: natural,
  }),
);
const config = v.pipe(
  v.unknown(),
  v.transform((value) => decodeConfig(value)),
);
const source = v.looseObject({ sentences: natural, digest: v.string() });
const sources = v.looseObject({ silver: source, gold: source, dev: source, test: source });
const device = v.looseObject({ name: v.string(), adapter: v.string() });
const record = v.looseObject({
  config,
  digests: v.looseObject({ data: v.string(), checkpoint: v.string(), sources: v.optional(sources) }),
  appVersion: v.string(),
  device,
  steps: natural,
  tokens: natural,
  seconds: number,
  curve,
  dev,
  selection: v.picklist(['last', 'best-on-dev']),
  repeats: v.looseObject({ silver: number, gold: number }),
  scores: v.looseObject({ dev: v.optional(scores), test: v.optional(scores) }),
});
const log = v.array(v.looseObject({ ms: number, what: v.string(), step: natural, detail: v.string() }));
const run = v.looseObject({
  id: v.string(),
  name: v.string(),
  // Bundles from before these were kept do without.
  tags: v.optional(v.array(v.string()), []),
  notes: v.optional(v.string(), ''),
  pinned: v.optional(v.boolean(), false),
  log: v.optional(log, []),
  config,
  status: v.picklist(['queued', 'running', 'paused', 'stopped', 'finished', 'failed']),
  datasets: v.object({ silver: ids, gold: ids, dev: ids, test: ids }),
  checkpointUrl: v.string(),
  notice: v.string(),
  device: v.nullable(device),
  steps: natural,
  step: natural,
  stages,
  curve,
  dev,
  record: v.nullable(record),
  modelKept: v.boolean(),
  error: v.nullable(
    v.looseObject({ code: v.string(), message: v.string(), detail: v.record(v.string(), v.unknown()) }),
  ),
  createdMs: number,
  updatedMs: number,
});

/**
 * A run out of a bundle: everything that screens and comparisons read is checked; members that this version does not know
 * are kept. null where it is no run. Throws `config-invalid` for settings outside their range.
 */
export function decodeRun(value: unknown): StoredRun | null {
  const decoded = v.safeParse(run, value);
  // What is left unchecked (how the engine was set) is only shown and compared, never followed without a check of its own.
  return decoded.success ? (decoded.output as unknown as StoredRun) : null;
}
