import { spansOfTags } from '../data/bio.ts';
import type { Sentence, Span } from '../data/types.ts';
import type { Predictions } from '../eval/compare/predictions.ts';
import { countMistakes, mistakesOf, type Mistake, type MistakeKind } from '../eval/mistakes.ts';

/** A sentence that the model got wrong, and in which ways. */
export interface WrongSentence {
  readonly sentence: Sentence;
  readonly predicted: readonly Span[];
  readonly mistakes: readonly Mistake[];
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
  const wrong = each
    .filter(({ mistakes }) => mistakes.length > 0)
    .sort((a, b) => b.mistakes.length - a.mistakes.length);
  const all = wrong.flatMap(({ mistakes }) => mistakes);
  return { sentences: wrong, total: all.length, counts: countMistakes(all) };
}

/** Which mistakes are looked at: of a kind, between two labels (null = none: made up, or missed), or all. */
export type MistakeFilter =
  | { readonly by: 'all' }
  | { readonly by: 'kind'; readonly kind: MistakeKind }
  | { readonly by: 'labels'; readonly gold: string | null; readonly predicted: string | null };

export function hasMistake({ mistakes }: WrongSentence, filter: MistakeFilter): boolean {
  switch (filter.by) {
    case 'all':
      return true;
    case 'kind':
      return mistakes.some(({ kind }) => kind === filter.kind);
    case 'labels':
      return mistakes.some(
        ({ gold, predicted }) =>
          (gold?.label ?? null) === filter.gold && (predicted?.label ?? null) === filter.predicted,
      );
  }
}

/** Stored predictions as spans of the sentences that they are of; null where these are no longer the same, in the same order. */
export function spansOfPredictions(
  { tags, sentences }: Predictions,
  test: readonly Sentence[],
): readonly (readonly Span[])[] | null {
  const same =
    sentences.length === test.length &&
    sentences.every(({ id, predicted }, i) => id === test[i]!.id && predicted.length === test[i]!.words.length);
  if (!same) return null;
  return sentences.map(({ predicted }, i) =>
    spansOfTags(
      predicted.map((tag) => tags[tag] ?? 'O'),
      test[i]!.words,
    ),
  );
}
