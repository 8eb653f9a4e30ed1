import { expect, test } from 'vitest';
import { entityConfusion } from '../../../src/eval/confusion.ts';

const span = (start: number, end: number, label: string) => ({ start, end, label });

test('entities are counted by right and predicted label, with the missed and the made up at the end', () => {
  const { labels, counts, exact } = entityConfusion([
    {
      gold: [span(0, 2, 'PER'), span(5, 8, 'LOC'), span(10, 12, 'ORG'), span(20, 22, 'PER')],
      predicted: [span(0, 2, 'PER'), span(5, 8, 'ORG'), span(10, 13, 'ORG'), span(30, 32, 'LOC')],
    },
    { gold: [span(0, 4, 'LOC')], predicted: [span(2, 6, 'PER')] },
    { gold: [], predicted: [] },
  ]);
  expect(labels).toEqual(['LOC', 'ORG', 'PER']);
  expect(counts).toEqual([
    [0, 1, 1, 0], // LOC: one taken for ORG, one for PER with other boundaries
    [0, 1, 0, 0], // ORG: found, with other boundaries
    [0, 0, 1, 1], // PER: found, and missed
    [1, 0, 0, 0], // a LOC made up
  ]);
  expect(exact).toEqual([0, 0, 1]);
});

test('a label may be named as a member of all objects is', () => {
  expect(entityConfusion([{ gold: [span(0, 1, 'constructor')], predicted: [] }])).toEqual({
    labels: ['constructor'],
    counts: [
      [0, 1],
      [0, 0],
    ],
    exact: [0],
  });
});
