import { expect, test } from 'vitest';
import { wordsOf } from '../../../src/data/words.ts';
import { readAnswers } from '../../../src/llm/answerFile.ts';
import { groundAnswers } from '../../../src/llm/groundAnswers.ts';

const sentence = (id: string, text: string) => ({ id, text, words: wordsOf(text), spans: null });
const sentences = [
  sentence('a', 'Paris and ROME'),
  sentence('b', 'Nothing here'),
  sentence('c', 'Cut off'),
  sentence('d', 'No answer'),
];
const file = [
  JSON.stringify({
    id: 'a',
    response:
      '{"entities": [{"text": "Rome", "type": "LOC"}, {"text": "Paris", "type": "LOC"}, {"text": "Oslo", "type": "LOC"}]}',
  }),
  'no json',
  '{"id": "b"}',
  JSON.stringify({ id: 'b', response: '{"entities": [],}' }),
  JSON.stringify({ id: 'c', response: '{"entities": [{"text": "Cu' }),
  JSON.stringify({ id: 'b', response: '{"entities": []}' }),
  JSON.stringify({ id: 'z', response: '{"entities": []}' }),
].join('\n');

const { answers, findings: readFindings } = readAnswers(file);
const grounded = groundAnswers(sentences, answers);

test('lines that are no answer are found by number', () => {
  expect(readFindings.map(({ code, line }) => [code, line])).toEqual([
    ['malformed-line', 2],
    ['missing-field', 3],
  ]);
  expect(answers.map(({ id, line }) => [id, line])).toEqual([
    ['a', 1],
    ['b', 4],
    ['c', 5],
    ['b', 6],
    ['z', 7],
  ]);
});

test('a malformed or missing answer leaves its sentence unlabelled, an empty one labels it', () => {
  expect(grounded.sentences.map(({ spans }) => spans)).toEqual([
    [
      { start: 0, end: 5, label: 'LOC' },
      { start: 10, end: 14, label: 'LOC' },
    ],
    [],
    null,
    null,
  ]);
  expect(grounded.statuses).toEqual({ exact: 1, folded: 1, 'not-found': 1, malformed: 1, missing: 1 });
});

test('everything that is not exact is told with its line', () => {
  expect(grounded.findings.map(({ code, line }) => [code, line]).sort()).toEqual([
    ['answer-malformed', 5],
    ['answer-missing', 4],
    ['answer-repaired', 4],
    ['answer-unknown', 7],
    ['duplicate-id', 6],
    ['entity-folded', 1],
    ['entity-not-found', 1],
  ]);
});
