import { describe, expect, test } from 'vitest';
import type { Sentence, Span } from '../../../../src/data/types.ts';
import { wordsOf } from '../../../../src/data/words.ts';
import { votedSentences, votesOf, type VoteFilter } from '../../../../src/llm/quality/votes.ts';

const text = 'Ann Lee saw Rome and Oslo';
const asked: Sentence = { id: 'a', text, words: wordsOf(text), spans: null };
const ann: Span = { start: 0, end: 7, label: 'PER' };
const first: Span = { start: 0, end: 3, label: 'PER' };
const rome = (label: string): Span => ({ start: 12, end: 16, label });
const oslo: Span = { start: 21, end: 25, label: 'LOC' };

/** One sentence with the labels of each sample. */
const sampled = (...samples: readonly (readonly Span[] | null)[]) => {
  const votes = votesOf(
    [asked],
    samples.map((spans) => [{ ...asked, spans }]),
  );
  const filtered = (filter: VoteFilter, weigh = false) => votedSentences([asked], votes, { filter, weigh })[0]!;
  return { votes: votes[0]!, filtered };
};
const five = sampled(
  [ann, rome('LOC'), oslo],
  [ann, rome('ORG')],
  [ann, rome('LOC'), oslo],
  [first, rome('LOC')],
  null,
);

describe('votes', () => {
  test('by range, by label, and by sentence; an unusable answer has none', () => {
    expect(five.votes).toEqual({
      id: 'a',
      answered: 4,
      sentence: 2,
      masked: [],
      spans: [
        { span: first, range: 1, votes: 1 },
        { span: ann, range: 3, votes: 3 },
        { span: rome('LOC'), range: 4, votes: 3 },
        { span: oslo, range: 2, votes: 2 },
      ],
    });
  });
  test('the order of entities and an entity that stands twice do not matter', () => {
    expect(sampled([oslo, ann], [ann, oslo, ann]).votes.spans.map(({ votes }) => votes)).toEqual([2, 2]);
    expect(sampled([oslo, ann], [ann, oslo]).votes.sentence).toBe(2);
  });
  test('of labels with equal votes the first', () => {
    expect(sampled([rome('ORG')], [rome('LOC')]).votes.spans[0]).toEqual({ span: rome('ORG'), range: 2, votes: 1 });
  });
  test('samples that all find nothing agree', () => {
    expect(sampled([], [], []).votes).toEqual({
      ...{ id: 'a', answered: 3, sentence: 3, spans: [], masked: [] },
    });
  });
});

describe('filters', () => {
  test('majority: ranges of more than half the samples, nothing masked', () => {
    expect(five.filtered({ level: 'majority' })).toEqual({ ...asked, spans: [ann, rome('LOC')] });
  });
  test('sentence: too little agreement leaves it unlabelled', () => {
    expect(five.filtered({ level: 'sentence', threshold: 0.6 }).spans).toBeNull();
    expect(five.filtered({ level: 'sentence', threshold: 0.5 }).spans).toEqual([ann, rome('LOC')]);
  });
  test('span: the words of doubtful entities are masked, those of sure ones are not', () => {
    const strict = five.filtered({ level: 'span', threshold: 0.75 });
    expect(strict.spans).toEqual([ann, rome('LOC')]);
    expect(strict.masked).toEqual([{ start: 21, end: 25 }]);
    const all = five.filtered({ level: 'span', threshold: 1 });
    expect(all.spans).toEqual([]);
    expect(all.masked).toEqual([
      { start: 0, end: 7 },
      { start: 12, end: 16 },
      { start: 21, end: 25 },
    ]);
  });
  test('what most samples leave out of the loss stays out, unless a sure entity stands there', () => {
    const where = { start: 21, end: 25 };
    const votesFor = (masks: readonly boolean[], spans: readonly Span[]) =>
      votesOf(
        [asked],
        masks.map((on) => [{ ...asked, spans, ...(on && { masked: [where] }) }]),
      );
    const left = (masks: readonly boolean[], spans: readonly Span[] = [ann]) =>
      votedSentences([asked], votesFor(masks, spans), { filter: { level: 'majority' } })[0]?.masked;
    expect(left([true, true, false])).toEqual([where]);
    expect(left([true, false])).toBeUndefined();
    expect(left([true, true, true], [oslo])).toBeUndefined();
  });
  test('of overlapping entities the one with more votes', () => {
    const split = sampled([ann], [ann], [first]).filtered({ level: 'span', threshold: 0.3 });
    expect(split.spans).toEqual([ann]);
    expect(split).not.toHaveProperty('masked');
  });
  test('the share of votes as weight', () => {
    expect(five.filtered({ level: 'majority' }, true).weight).toBe(0.5);
  });
  test('without a usable answer it stays unlabelled', () => {
    expect(sampled(null, null).filtered({ level: 'majority' }).spans).toBeNull();
    expect(sampled().filtered({ level: 'majority' }).spans).toBeNull();
  });
});
