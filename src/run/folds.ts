import { createRandom } from '../core/random.ts';
import { mean } from '../core/statistics.ts';
import { tagsOfSpans, spansOfTags } from '../data/bio.ts';
import type { Sentence, Span } from '../data/types.ts';
import { scoresOf } from '../eval/scores.ts';

/**
 * The fold of each sentence, 0 … k − 1, by chance and as even as can be: sentences of equal text go together, or a model would
 * have seen the sentence that it judges.
 */
export function foldsOf(sentences: readonly Sentence[], k: number, seed: number): number[] {
  const places = new Map<string, number[]>();
  sentences.forEach(({ text }, i) => places.set(text, [...(places.get(text) ?? []), i]));
  const groups = [...places.values()];
  createRandom(seed, 'folds').shuffle(groups);
  const sizes = Array.from({ length: k }, () => 0);
  const folds = sentences.map(() => 0);
  for (const group of groups) {
    const fold = sizes.indexOf(Math.min(...sizes));
    sizes[fold]! += group.length;
    for (const i of group) folds[i] = fold;
  }
  return folds;
}

/** An entity on which a label and the models differ. */
export interface Disputed {
  readonly span: Span;
  /** Who has it: the label, and most models do not; or most models, and the label does not. */
  readonly by: 'label' | 'models';
  /** Models that hold against the label. */
  readonly votes: number;
}

/** A sentence whose label models dispute that were trained without it: a hint for whoever looks it through, no verdict. */
export interface Dispute {
  /** Its place in the list. */
  readonly place: number;
  readonly entities: readonly Disputed[];
}

/**
 * The sentences whose entities more than half of the models dispute, the most disputed first: by the sum of the votes. `found`
 * are the spans that each model finds in each sentence. Entities with a masked word are left out: nobody vouches for them.
 */
export function disputesOf(
  sentences: readonly Sentence[],
  found: readonly (readonly (readonly Span[])[])[],
): Dispute[] {
  const disputes = sentences.map((sentence, place) => ({
    place,
    entities: disputedIn(
      sentence,
      found.map((model) => model[place]!),
    ),
  }));
  const weight = ({ entities }: Dispute) => entities.reduce((sum, { votes }) => sum + votes, 0);
  return disputes
    .filter(({ entities }) => entities.length > 0)
    .sort((a, b) => weight(b) - weight(a) || a.place - b.place);
}

/**
 * Micro F1 of the models on the sentences that they had not seen, against the labels that they judge, the mean over the seeds:
 * models that do not learn the labels dispute most of them without being right.
 */
export function unseenF1(sentences: readonly Sentence[], found: readonly (readonly (readonly Span[])[])[]): number {
  const tags = (spansOf: (sentence: Sentence, i: number) => readonly Span[]) =>
    sentences.map((sentence, i) => tagsOfSpans(sentence.words, spansOf(sentence, i)).tags);
  const labelled = tags(({ spans }) => spans ?? []);
  return mean(
    found.map(
      (model) =>
        scoresOf(
          labelled,
          tags((_, i) => model[i]!),
        ).default.micro.f1,
    ),
  );
}

function disputedIn(sentence: Sentence, found: readonly (readonly Span[])[]): Disputed[] {
  // As tags read them: a span that cuts a word is the whole word to a model.
  const labelled = spansOfTags(tagsOfSpans(sentence.words, sentence.spans ?? []).tags, sentence.words);
  const has = (spans: readonly Span[], { start, end, label }: Span) =>
    spans.some((other) => other.start === start && other.end === end && other.label === label);
  const invented = found.flat().filter((span, i, all) => !has(labelled, span) && !has(all.slice(0, i), span));
  const all = [
    ...labelled.map((span): Disputed => {
      return { span, by: 'label', votes: found.filter((spans) => !has(spans, span)).length };
    }),
    ...invented.map((span): Disputed => {
      return { span, by: 'models', votes: found.filter((spans) => has(spans, span)).length };
    }),
  ];
  return all
    .filter(({ span, votes }) => votes > found.length / 2 && !isMasked(sentence, span))
    .sort((a, b) => a.span.start - b.span.start || a.by.localeCompare(b.by));
}

function isMasked({ masked = [] }: Sentence, span: Span): boolean {
  return masked.some(({ start, end }) => span.start < end && span.end > start);
}
