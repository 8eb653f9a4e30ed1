import { sentenceCheck } from './check.ts';

export const emptySentence = sentenceCheck({
  id: 'empty-sentence',
  title: 'Sentences without a word',
  rule: 'They are removed.',
  severity: 'warning',
  see: ({ words }) => (words.length > 0 ? null : { message: 'There is no word in it.', fix: { kind: 'remove' } }),
});
