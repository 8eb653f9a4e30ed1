import type { Role } from '../data/types.ts';
import type { HeldDataset } from './datasets.svelte.ts';

/** What a project lacks most, for the person who does not know what comes next; null where nothing does. */
export type NextStep =
  /** Sentences, and no label on any of them. */
  | { readonly kind: 'label'; readonly dataset: HeldDataset }
  /** Labels that a person gave to sentences of a dataset that is not trained on. */
  | { readonly kind: 'take'; readonly dataset: HeldDataset; readonly labelled: number }
  /** A teacher's labels, and none to judge them by. */
  | { readonly kind: 'mend'; readonly dataset: HeldDataset }
  /** Gold, and no part of it kept to judge by. */
  | { readonly kind: 'test'; readonly dataset: HeldDataset }
  | { readonly kind: 'train' };

/** Labelled gold sentences from which on a part can be spared to test with. */
const enough = 20;

/** The next step with the datasets of a project, in the order in which a person needs them. */
export function nextStepOf(datasets: readonly HeldDataset[]): NextStep | null {
  const withLabels = (wanted: Role) => datasets.filter(({ role, counts }) => role === wanted && counts.labelled > 0);
  const [gold, [silver], [byHand]] = [withLabels('gold'), withLabels('silver'), withLabels('unlabelled')];
  const trusted = gold.reduce((sum, { counts }) => sum + counts.labelled, 0);
  if (withLabels('test').length > 0 && (trusted > 0 || silver !== undefined)) return { kind: 'train' };
  if (trusted >= enough && gold[0] !== undefined) return { kind: 'test', dataset: gold[0] };
  if (byHand !== undefined && byHand.counts.labelled > trusted)
    return { kind: 'take', dataset: byHand, labelled: byHand.counts.labelled };
  const text = datasets.find(({ role }) => role === 'unlabelled');
  if (silver !== undefined) return { kind: 'mend', dataset: silver };
  return text === undefined ? null : { kind: 'label', dataset: text };
}
