import { createRandom } from '../../core/random.ts';
import { drawSubset } from '../../data/sets/split.ts';
import type { Sentence, Span } from '../../data/types.ts';

/** How the sentences to be annotated are chosen; all but `random` need a trained model's predictions. */
export type Choice =
  | { readonly way: 'random' }
  /** Every label that the model predicts has its share, the rare ones too. */
  | { readonly way: 'stratified'; readonly predicted: ReadonlyMap<string, readonly Span[]> }
  /** Those with the highest score first. */
  | { readonly way: 'uncertain'; readonly uncertainty: ReadonlyMap<string, number> };

/**
 * Chooses sentences to be annotated; predictions and scores are by sentence id, and a sentence without one comes last. The
 * same seed gives the same choice, in the order of the sentences. `count` above their number takes all.
 */
export function chooseSentences(
  sentences: readonly Sentence[],
  count: number,
  choice: Choice,
  seed: number,
): readonly Sentence[] {
  switch (choice.way) {
    case 'random':
      return drawSubset(sentences, count, { seed });
    case 'stratified': {
      const labelled = sentences.map((sentence) => ({ ...sentence, spans: choice.predicted.get(sentence.id) ?? [] }));
      const chosen = new Set(drawSubset(labelled, count, { seed, stratify: true }).map(({ id }) => id));
      return sentences.filter(({ id }) => chosen.has(id));
    }
    case 'uncertain': {
      const order = [...sentences];
      createRandom(seed, 'choose').shuffle(order); // of equals, not always the first
      const score = ({ id }: Sentence) => choice.uncertainty.get(id) ?? -Infinity;
      const scored = order.sort((a, b) => (score(b) > score(a) ? 1 : score(b) < score(a) ? -1 : 0));
      const chosen = new Set(scored.slice(0, count).map(({ id }) => id));
      return sentences.filter(({ id }) => chosen.has(id));
    }
  }
}

/**
 * How unsure a model is of a sentence: − mean log p over words, p the probability of the tag it chose (maximum normalised
 * log-probability, Shen et al. 2018, arXiv 1707.05928). 0 where it is sure of every word; 0 for no words.
 */
export function uncertaintyOf(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) sum -= Math.log(Math.max(probabilities[i]!, Number.MIN_VALUE));
  return probabilities.length === 0 ? 0 : sum / probabilities.length;
}
