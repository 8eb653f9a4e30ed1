import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Predictions } from '../../../src/eval/compare/predictions.ts';
import { DatasetsState } from '../../../src/state/datasets.svelte.ts';
import { hasMistake, mistakesIn, spansOfPredictions, type MistakeFilter } from '../../../src/state/mistakes.ts';
import { sendMistakes } from '../../../src/state/sendMistakes.ts';
import type { Services } from '../../../src/state/services.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { sentence } from './sentences.ts';

const [first, second] = [
  sentence('Ada met Bob', [
    [0, 3, 'PER'],
    [8, 11, 'PER'],
  ]),
  sentence('In Paris', [[3, 8, 'LOC']]),
];

test('mistakes are picked by kind, and by the labels that they lie between', () => {
  const { sentences } = mistakesIn(
    [first, second],
    [[{ start: 0, end: 3, label: 'PER' }], [{ start: 3, end: 8, label: 'ORG' }]],
  );
  const picked = (filter: MistakeFilter) =>
    sentences.filter((wrong) => hasMistake(wrong, filter)).map((wrong) => wrong.sentence.text);
  expect(picked({ by: 'all' })).toEqual(['Ada met Bob', 'In Paris']);
  expect(picked({ by: 'kind', kind: 'missed' })).toEqual(['Ada met Bob']);
  expect(picked({ by: 'labels', gold: 'PER', predicted: null })).toEqual(['Ada met Bob']);
  expect(picked({ by: 'labels', gold: 'LOC', predicted: 'ORG' })).toEqual(['In Paris']);
  expect(picked({ by: 'labels', gold: 'ORG', predicted: 'LOC' })).toEqual([]);
});

test('stored predictions become spans, unless test is another now', () => {
  const stored: Predictions = {
    version: 1,
    tags: ['O', 'B-PER', 'I-PER'],
    sentences: [{ id: first.id, document: null, gold: [1, 0, 1], predicted: [1, 2, 0] }],
  };
  expect(spansOfPredictions(stored, [first])).toEqual([[{ start: 0, end: 7, label: 'PER' }]]);
  expect(spansOfPredictions(stored, [first, second])).toBeNull();
  expect(spansOfPredictions(stored, [{ ...first, id: 'other' }])).toBeNull();
  expect(spansOfPredictions(stored, [{ ...first, words: first.words.slice(1) }])).toBeNull();
});

test('sentences are sent as a dataset that no run trains on, and can be taken back', async () => {
  const database = await openDatabase({ name: 'sent' });
  let id = 0;
  const services = { database, now: () => 1, newId: () => `id ${String(id++)}` } as unknown as Services;
  const datasets = new DatasetsState(services);
  const source = { fileName: 'f', format: 'jsonl' };
  const set = {
    name: 'test',
    role: 'test',
    findings: [],
    source,
    notice: 'Say so.',
    sentences: [first, second],
  } as const;
  const [testId = ''] = await datasets.add([set]);
  const run = { name: 'Simple mix', datasets: { test: [testId] } };

  const aside = await sendMistakes(datasets, run, [second], 'data');
  expect(datasets.find(aside.id)).toMatchObject({
    ...{ name: 'Mistakes of Simple mix', role: 'aside', sentences: [second], notice: 'Say so.' },
    source: { made: { from: [testId], how: 'what “Simple mix” got wrong on test' } },
  });
  const asked = await sendMistakes(datasets, run, [second], 'annotate');
  expect(datasets.find(asked.id)).toMatchObject({ role: 'unlabelled', sentences: [{ text: 'In Paris', spans: null }] });
  await asked.undo();
  await aside.undo();
  expect(datasets.list.map(({ name }) => name)).toEqual(['test']);
  database.close();
});
