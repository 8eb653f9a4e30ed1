import { expect, test } from 'vitest';
import { votedSentences, votesOf } from '../../../src/llm/quality/votes.ts';
import { accepted } from '../../../src/state/review.ts';
import { byVotes, filterOptions, leftBy, relabelled, takenBack } from '../../../src/state/qualityVotes.ts';
import { sentence } from './sentences.ts';

const texts = ['Ada came', 'Bob went', 'Eve ran', 'Kim sat'];
const person = (text: string, is: boolean) => sentence(text, is ? [[0, 3, 'PER']] : []);
/** Of four answers 4, 3, 2 and none say that the sentence begins with a person; the last one has no usable answer. */
const samples = [0, 1, 2, 3].map((k) => [
  person(texts[0]!, true),
  person(texts[1]!, k < 3),
  person(texts[2]!, k < 2),
  sentence(texts[3]!, null),
]);
const asked = texts.map((text) => sentence(text, null));
const votes = votesOf(asked, samples);
const labels = (choice: Parameters<typeof filterOptions>[0]) => votedSentences(asked, votes, filterOptions(choice, 4));

test('sentences by votes', () => {
  expect(byVotes(votes, 4)).toEqual([
    [4, 1],
    [3, 1],
    [2, 1],
    [1, 0],
  ]);
});

test('what each filter leaves', () => {
  const left = (level: 'majority' | 'sentence' | 'span', least = 3) =>
    leftBy(labels({ level, least, weigh: false }), votes);
  expect(left('majority')).toEqual({ answered: 3, labelled: 3, entities: 2, masked: 0 });
  expect(left('sentence')).toEqual({ answered: 3, labelled: 2, entities: 2, masked: 0 });
  expect(left('span')).toEqual({ answered: 3, labelled: 3, entities: 2, masked: 1 });
  expect(left('span', 4)).toEqual({ answered: 3, labelled: 3, entities: 1, masked: 2 });
  expect(labels({ level: 'majority', least: 1, weigh: true }).map(({ weight }) => weight)).toEqual([
    1,
    0.75,
    0.5,
    undefined,
  ]);
});

test('other labels of the same answers, but for what a person had a hand in', () => {
  const now = labels({ level: 'majority', least: 1, weigh: false });
  const mine = now.map((one, i) => (i === 1 ? accepted(one) : one));
  const masked = labels({ level: 'span', least: 4, weigh: false });
  const { sentences, changed, kept } = relabelled(mine, masked);
  expect([changed, kept]).toEqual([1, 1]);
  expect(sentences[1]).toBe(mine[1]);
  expect(sentences[2]).toEqual({ ...sentence(texts[2]!), masked: [{ start: 0, end: 3 }] });
  expect(relabelled(now, now).changed).toBe(0);
  // Taken back, but for what was decided since.
  const since = sentences.map((one, i) => (i === 0 ? accepted(one) : one));
  expect(takenBack(since, sentences, mine)).toEqual([since[0], mine[1], mine[2], mine[3]]);
});
