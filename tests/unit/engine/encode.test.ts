import { expect, it } from 'vitest';
import type { Sentence } from '../../../src/data/types.ts';
import { encodeLabelled } from '../../../src/engine/train/encode.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';

const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'anna', 'sings', 'in', 'paris', '##s'];
const tokenizer = createTokenizer({
  'vocab.txt': vocabulary.join('\n'),
  'tokenizer_config.json': JSON.stringify({ do_lower_case: true }),
});
const tags = ['O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER'];
const sentence: Sentence = {
  id: '1',
  text: 'Annas sings in Paris',
  words: [
    { start: 0, end: 5 },
    { start: 6, end: 11 },
    { start: 12, end: 14 },
    { start: 15, end: 20 },
  ],
  spans: [
    { start: 0, end: 5, label: 'PER' },
    { start: 15, end: 20, label: 'LOC' },
  ],
};
const labelsOf = (given: Sentence) =>
  encodeLabelled(tokenizer, [given], tags, 16)
    .flat()
    .map(({ labels }) => [...labels]);

it('labels the first piece of each word', () => {
  expect(labelsOf(sentence)).toEqual([[-100, 3, -100, 0, 0, 1, -100]]);
});

it('leaves words that a masked range touches out of the loss, which is not O', () => {
  const masked = [{ start: 13, end: 16 }];
  expect(labelsOf({ ...sentence, masked })).toEqual([[-100, 3, -100, 0, -100, -100, -100]]);
  expect(labelsOf({ ...sentence, masked: [{ start: 0, end: 20 }] })).toEqual([Array(7).fill(-100)]);
});
