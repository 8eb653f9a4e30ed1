import type { Sentence } from '../data/types.ts';
import type { Client } from '../worker/client.ts';

/** A word whose tag gets less than this from the model makes the prediction of its sentence an unsure one. */
export const leastSure = 0.6;

/** Ids of the sentences of which a model is unsure, by one pass over all of them. Rejects with AppErrors. */
export async function unsureOf(
  client: Pick<Client, 'predictSurely'>,
  runId: string,
  sentences: readonly Sentence[],
  onProgress: (share: number) => void,
): Promise<ReadonlySet<string>> {
  const { probabilities } = await client.predictSurely(runId, sentences, (done, total) => onProgress(done / total));
  const isUnsure = (_: Sentence, i: number) => probabilities[i]?.some((p) => p < leastSure) === true;
  return new Set(sentences.filter(isUnsure).map(({ id }) => id));
}
