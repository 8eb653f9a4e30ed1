import type { Sentence, Span } from '../data/types.ts';
import { countMistakes, mistakesOf, type MistakeKind } from '../eval/mistakes.ts';

/** A sentence that the model got wrong, and in which ways. */
export interface WrongSentence {
  readonly sentence: Sentence;
  readonly predicted: readonly Span[];
  readonly kinds: readonly MistakeKind[];
}

export interface Mistaken {
  readonly sentences: readonly WrongSentence[];
  readonly total: number;
  readonly counts: Readonly<Record<MistakeKind, number>>;
}

/** The mistakes of predictions, one list of spans a sentence; sentences with the most of them first. */
export function mistakesIn(sentences: readonly Sentence[], predictions: readonly (readonly Span[])[]): Mistaken {
  const each = sentences.map((sentence, i) => {
    const predicted = predictions[i] ?? [];
    return { sentence, predicted, mistakes: mistakesOf(sentence.spans ?? [], predicted) };
  });
  const all = each.flatMap(({ mistakes }) => mistakes);
  const wrong = each
    .filter(({ mistakes }) => mistakes.length > 0)
    .sort((a, b) => b.mistakes.length - a.mistakes.length)
    .map(({ sentence, predicted, mistakes }) => ({ sentence, predicted, kinds: mistakes.map(({ kind }) => kind) }));
  return { sentences: wrong, total: all.length, counts: countMistakes(all) };
}
