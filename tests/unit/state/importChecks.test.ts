import { describe, expect, it } from 'vitest';
import { checkGroups, chosenSentences } from '../../../src/state/importChecks.ts';
import type { Sentence } from '../../../src/data/types.ts';
import { wordsOf } from '../../../src/data/words.ts';

const sentence = (id: string, text: string, spans: Sentence['spans'] = []): Sentence => ({
  id,
  text,
  words: wordsOf(text),
  spans,
});
const file = {
  name: 'new',
  role: 'gold' as const,
  sentences: [
    sentence('1', 'Ada spoke.', [{ start: 0, end: 3, label: 'PERSON' }]),
    sentence('2', 'Ada spoke.', [{ start: 0, end: 3, label: 'PERSON' }]),
    sentence('3', 'Grace, hello.', [{ start: 0, end: 6, label: 'PERSON' }]),
    sentence('4', 'In Paris.'),
  ],
};
const beside = [{ name: 'judge', role: 'test' as const, sentences: [sentence('9', 'In Paris.')] }];

describe('what the checks find in a file before it is added', () => {
  it('groups by check, beside the datasets that are there', () => {
    const found = checkGroups(file, beside, {}).map(({ check, rows }) => [check.id, rows.map(({ line }) => line)]);
    expect(found).toContainEqual(['duplicate', [2]]);
    expect(found).toContainEqual(['leak', [4]]);
  });

  it('leaves everything unless told to mend', () => {
    expect(chosenSentences(file, beside, { labels: {}, mends: [] })).toEqual({
      sentences: file.sentences,
      changed: 0,
      removed: 0,
    });
  });

  it('mends by the chosen checks, after the labels are mapped', () => {
    const { sentences, removed } = chosenSentences(file, beside, {
      labels: { PERSON: 'PER' },
      mends: ['duplicate', 'leak'],
    });
    expect(sentences.map(({ id }) => id)).toEqual(['1', '3']);
    expect(sentences.flatMap(({ spans }) => spans ?? []).map(({ label }) => label)).toEqual(['PER', 'PER']);
    expect(removed).toBe(2);
  });
});
