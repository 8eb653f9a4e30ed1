import * as v from 'valibot';
import type { Decoded } from '../core/decode.ts';
import { messageOf } from '../core/errors.ts';
import type { RunRecord } from './events.ts';
import { decodeConfig } from './fields.ts';
import { whyFile } from './why.ts';

const number = v.number();
const natural = v.pipe(number, v.integer(), v.minValue(0));
const score = v.looseObject({ precision: number, recall: number, f1: number, support: natural });
const report = v.looseObject({ micro: score, macro: score, labels: v.record(v.string(), score) });
/** Scores as they stand in records and facts. */
export const scoresFile = v.looseObject({ default: report, strict: report });
const source = v.looseObject({ sentences: natural, digest: v.string() });
const sources = v.looseObject({ silver: source, gold: source, dev: source, test: source });
const drawn = v.looseObject({ drawn: natural, unique: natural });
const stageDone = v.looseObject({
  name: v.string(),
  source: v.picklist(['silver', 'gold', 'both']),
  steps: natural,
  drawn: v.looseObject({ silver: natural, gold: natural }),
});

/** A config as it stands in files; settings that later versions added have their defaults. */
export const configFile = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return decodeConfig(dataset.value);
    } catch (error) {
      addIssue({ message: messageOf(error) });
      return NEVER;
    }
  }),
);
export const curveFile = v.array(
  v.looseObject({ step: natural, loss: number, learningRate: number, gradNorm: number, silverShare: number }),
);
export const devFile = v.array(
  v.looseObject({
    step: natural,
    f1: number,
    best: v.boolean(),
    labels: v.optional(v.record(v.string(), number)),
  }),
);
export const deviceFile = v.looseObject({ name: v.string(), adapter: v.string() });

/** A record as it stands in bundles and in the folders of the command line; members that are not named here are kept. */
export const recordFile = v.looseObject({
  config: configFile,
  digests: v.looseObject({ data: v.string(), checkpoint: v.string(), sources: v.optional(sources) }),
  appVersion: v.string(),
  device: deviceFile,
  steps: natural,
  tokens: natural,
  seconds: number,
  curve: curveFile,
  dev: devFile,
  selection: v.picklist(['last', 'best-on-dev']),
  repeats: v.looseObject({ silver: number, gold: number }),
  seen: v.optional(v.looseObject({ silver: drawn, gold: drawn })),
  stages: v.optional(v.array(stageDone)),
  why: v.optional(v.nullable(whyFile)),
  scores: v.looseObject({ dev: v.optional(scoresFile), test: v.optional(scoresFile) }),
});

/** A record from unknown data: everything that tables and comparisons read is checked. The reason says where it is none. */
export function decodeRecord(value: unknown): Decoded<RunRecord> {
  const decoded = v.safeParse(recordFile, value);
  // What is left unchecked (how the engine was set) is followed by nobody without a check of its own.
  if (decoded.success) return { ok: true, value: decoded.output as unknown as RunRecord };
  return { ok: false, reason: issueInWords(decoded.issues[0]) };
}

/** `curve.3.loss: Invalid type: …`. */
export function issueInWords(issue: v.BaseIssue<unknown>): string {
  const place = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
