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

/** The next step with the datasets of a project, in the order in which a person needs them. */
export function nextStepOf(datasets: readonly HeldDataset[]): NextStep | null {
  const withLabels = (wanted: Role) => datasets.filter(({ role, counts }) => role === wanted && counts.labelled > 0);
  const [[gold], [silver], [byHand]] = [withLabels('gold'), withLabels('silver'), withLabels('unlabelled')];
  if (gold === undefined && silver === undefined) {
    if (byHand !== undefined) return { kind: 'take', dataset: byHand, labelled: byHand.counts.labelled };
    const text = datasets.find(({ role }) => role === 'unlabelled');
    return text === undefined ? null : { kind: 'label', dataset: text };
  }
  if (withLabels('test').length > 0) return { kind: 'train' };
  if (gold !== undefined) return { kind: 'test', dataset: gold };
  return silver === undefined ? null : { kind: 'mend', dataset: silver };
}
