import * as v from 'valibot';
import type { Decoded } from '../../core/decode.ts';
import { issueInWords, scoresFile } from '../recordFile.ts';
import type { DataFacts } from './facts.ts';

/** Its name beside the runs of the command line, and beside the record of a run in a bundle. */
export const factsName = 'facts.json';

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const makers = v.array(v.picklist(['person', 'teacher', 'model']));
const factsFile = v.object({
  sentences: v.object({ silver: natural, gold: natural, dev: natural, test: natural }),
  overlaps: v.object({
    ...{ goldInDev: natural, goldInTest: natural, silverInDev: natural, silverInTest: natural, devInTest: natural },
  }),
  silverSimulated: v.boolean(),
  madeBy: v.object({ silver: makers, test: makers }),
  teacher: v.nullable(v.object({ on: v.picklist(['test', 'dev', 'gold']), sentences: natural, scores: scoresFile })),
});

/** What is known of data, from unknown data; never throws. */
export function decodeFacts(value: unknown): Decoded<DataFacts> {
  const decoded = v.safeParse(factsFile, value);
  if (decoded.success) return { ok: true, value: decoded.output };
  return { ok: false, reason: issueInWords(decoded.issues[0]) };
}
