import type { ReviewKind } from '../../../state/review.ts';

/** Why a sentence needs a look: a word for it, and what became of what the teacher said. */
export const reasonTitles: Readonly<Record<ReviewKind, { readonly name: string; readonly what: string }>> = {
  malformed: { name: 'malformed', what: 'The answer could not be read; the sentence is unlabelled:' },
  refused: { name: 'refused', what: 'The teacher would not answer; the sentence is unlabelled:' },
  'cut-off': { name: 'cut off', what: 'The answer has no end; the sentence is unlabelled:' },
  'not-found': { name: 'not found', what: 'Not in the sentence, so it was dropped:' },
  'copied-from-example': { name: 'copied', what: 'From an example of the prompt, so it was dropped:' },
  'unknown-label': {
    name: 'other label',
    what: 'Of a label that was not asked for; its words are left out of training:',
  },
  overlapping: { name: 'overlapping', what: 'Stands only where another entity is, so it was dropped:' },
  split: { name: 'split votes', what: 'The teacher does not say the same each time:' },
  fuzzy: { name: 'fuzzy', what: 'Found by most of its words only:' },
  folded: { name: 'folded', what: 'Found when capitals, accents and quotes are ignored:' },
};

/** Whether the sentence stays without labels, or lost some, for it. */
export function isLoss(kind: ReviewKind): boolean {
  return kind !== 'split' && kind !== 'fuzzy' && kind !== 'folded';
}
