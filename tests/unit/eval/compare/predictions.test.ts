import { expect, test } from 'vitest';
import { f1Of } from '../../../../src/eval/compare/counts.ts';
import {
  countsOfPredictions,
  decodePredictions,
  sameTest,
  type Predictions,
} from '../../../../src/eval/compare/predictions.ts';

const predictions: Predictions = {
  version: 1,
  tags: ['O', 'B-PER', 'I-PER'],
  sentences: [
    { id: 'a', document: null, gold: [1, 2, 0], predicted: [1, 2, 1] },
    { id: 'b', document: 'd', gold: [0], predicted: [0] },
  ],
};

test('a file is read as it was written, and what is broken is refused with a reason', () => {
  expect(decodePredictions(JSON.parse(JSON.stringify(predictions)))).toEqual({ ok: true, value: predictions });
  const broken = (sentence: object) =>
    decodePredictions({ ...predictions, sentences: [{ ...predictions.sentences[0], ...sentence }] });
  expect(broken({ predicted: [1] })).toMatchObject({ ok: false, reason: expect.stringContaining('as many') });
  expect(broken({ predicted: [1, 2, 3] })).toMatchObject({ ok: false, reason: expect.stringContaining('no name') });
  expect(decodePredictions(null)).toMatchObject({ ok: false });
});

test('counts by sentence', () => {
  const { correct, predicted, gold } = countsOfPredictions(predictions);
  expect([[...correct], [...predicted], [...gold]]).toEqual([
    [1, 0],
    [2, 0],
    [1, 0],
  ]);
  expect(f1Of(1, 2, 1)).toBeCloseTo(2 / 3, 12);
});

test('tests are the same by their reference, whatever was predicted and however tags are numbered', () => {
  const renumbered: Predictions = {
    version: 1,
    tags: ['O', 'I-PER', 'B-PER'],
    sentences: [
      { id: 'a', document: null, gold: [2, 1, 0], predicted: [0, 0, 0] },
      { id: 'b', document: 'd', gold: [0], predicted: [2] },
    ],
  };
  expect(sameTest(predictions, renumbered)).toBe(true);
  const [first, second] = predictions.sentences;
  expect(sameTest(predictions, { ...predictions, sentences: [first!, { ...second!, gold: [1] }] })).toBe(false);
  expect(sameTest(predictions, { ...predictions, sentences: [second!, first!] })).toBe(false);
});
