import type { Role, Sentence, Span } from '../data/types.ts';
import { fixedExamples } from '../llm/prompts/nearest.ts';
import type { PromptExample, PromptTemplate } from '../llm/prompts/template.ts';
import { chooseSentences, type Choice } from '../llm/quality/choose.ts';
import { drawSubset } from '../data/sets/split.ts';
import type { HeldDataset } from './datasets.svelte.ts';
import { sizeOf } from './splitPlan.ts';

/** Where sentences to be annotated may come from, what lacks labels first. What scores are taken on is never trained on. */
const order: readonly Role[] = ['unlabelled', 'silver', 'aside', 'gold'];

export function candidatesOf(list: readonly HeldDataset[]): readonly HeldDataset[] {
  const place = ({ role }: HeldDataset) => order.indexOf(role);
  return list.filter((d) => place(d) >= 0 && d.sentences.length > 0).sort((a, b) => place(a) - place(b));
}

/** The trusted labels of sentences, by id: their own where they are gold, else those of gold with the same id and text. */
export function trustedOf(dataset: HeldDataset, list: readonly HeldDataset[]): readonly Sentence[] {
  const labelled = (sentences: readonly Sentence[]) => sentences.filter(({ spans }) => spans !== null);
  if (dataset.role === 'gold') return labelled(dataset.sentences);
  const texts = new Map(dataset.sentences.map(({ id, text }) => [id, text]));
  return list
    .filter(({ role }) => role === 'gold')
    .flatMap(({ sentences }) => labelled(sentences))
    .filter(({ id, text }) => texts.get(id) === text);
}

/** As many sentences as a person typed, `''` being all; null where that is no number. */
export function countOf(typed: string, of: number): number | null {
  if (typed.trim() === '') return of;
  const size = sizeOf(typed);
  if (size === null) return null;
  return Math.min(of, 'count' in size ? size.count : Math.round(size.share * of));
}

/** What a trained model says of the sentences of a dataset. */
export interface Predictions {
  readonly runId: string;
  readonly datasetId: string;
  readonly spans: ReadonlyMap<string, readonly Span[]>;
  /** See `uncertaintyOf`. */
  readonly uncertainty: ReadonlyMap<string, number>;
}

export type Way = Choice['way'];

/** The chosen sentences; at random where a way needs predictions that are not there. */
export function chosenOf(
  eligible: readonly Sentence[],
  count: number,
  way: Way,
  predictions: Predictions | null,
  seed: number,
): readonly Sentence[] {
  if (way === 'stratified' && predictions !== null)
    return chooseSentences(eligible, count, { way, predicted: predictions.spans }, seed);
  if (way === 'uncertain' && predictions !== null)
    return chooseSentences(eligible, count, { way, uncertainty: predictions.uncertainty }, seed);
  return chooseSentences(eligible, count, { way: 'random' }, seed);
}

/** Gold that judges the teacher; the same sentences whenever it is asked for, so that prompts can be compared. */
export function probeOf(gold: HeldDataset | null, typed: string): readonly Sentence[] {
  const labelled = gold?.sentences.filter(({ spans }) => spans !== null) ?? [];
  return drawSubset(labelled, countOf(typed, labelled.length) ?? 0, { seed: 0 });
}

/** Fixed examples for a prompt: of gold that is no probe, no dev and no test, every label by its share, with entities. */
export function drawnExamples(
  { blocks }: PromptTemplate,
  gold: readonly HeldDataset[],
  kept: ReadonlySet<string>,
  seed: number,
): readonly PromptExample[] {
  if (!blocks.examples.on) return [];
  const all = gold.flatMap(({ sentences }) => sentences);
  const free = all.filter(({ id, spans }) => spans !== null && spans.length > 0 && !kept.has(id));
  return fixedExamples(drawSubset(free, blocks.examples.count, { seed, stratify: true }), kept);
}
