import * as v from 'valibot';
import type { Decoded } from '../../core/decode.ts';
import { countsOf, type UnitCounts } from './counts.ts';

/** Reference and predicted tags of a test set, a number a word, as they stand in a run's `predictions.json`. */
export interface Predictions {
  readonly version: 1;
  /** What the numbers stand for: `O`, `B-PER`, … */
  readonly tags: readonly string[];
  readonly sentences: readonly {
    readonly id: string;
    /** The document that the sentence stands in, null where it is not known. */
    readonly document: string | null;
    readonly gold: readonly number[];
    readonly predicted: readonly number[];
  }[];
}

const tagNumbers = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));
const predictionsFile = v.pipe(
  v.object({
    version: v.literal(1),
    tags: v.array(v.string()),
    sentences: v.array(
      v.object({ id: v.string(), document: v.nullable(v.string()), gold: tagNumbers, predicted: tagNumbers }),
    ),
  }),
  v.check(
    ({ sentences }) => sentences.every(({ gold, predicted }) => gold.length === predicted.length),
    'a sentence has not as many predicted as reference tags',
  ),
  v.check(
    ({ tags, sentences }) =>
      sentences.every(({ gold, predicted }) => [...gold, ...predicted].every((tag) => tag < tags.length)),
    'a tag number has no name',
  ),
);

/** Predictions from unknown data; never throws. */
export function decodePredictions(input: unknown): Decoded<Predictions> {
  const read = v.safeParse(predictionsFile, input);
  return read.success ? { ok: true, value: read.output } : { ok: false, reason: read.issues[0].message };
}

/** Counts by sentence, default reading. */
export function countsOfPredictions({ tags, sentences }: Predictions): UnitCounts {
  const names = (numbers: readonly number[]) => numbers.map((tag) => tags[tag] ?? 'O');
  return countsOf(
    sentences.map(({ gold }) => names(gold)),
    sentences.map(({ predicted }) => names(predicted)),
  );
}

/** Whether two hold the same sentences with the same reference, so that their counts can be held against each other. */
export function sameTest(a: Predictions, b: Predictions): boolean {
  const reference = ({ tags, sentences }: Predictions) =>
    JSON.stringify(sentences.map(({ id, gold }) => [id, gold.map((tag) => tags[tag])]));
  return reference(a) === reference(b);
}
