import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../../src/data/words.ts';
import { readAnswers } from '../../../src/llm/answerFile.ts';
import { groundAnswer, groundAnswers, noStatuses } from '../../../src/llm/groundAnswers.ts';
import { groundSamples } from '../../../src/llm/groundSamples.ts';

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
  expect(grounded.statuses).toEqual({
    ...noStatuses(),
    ...{ exact: 1, folded: 1, 'not-found': 1, 'cut-off': 1, missing: 1 },
  });
});

test('everything that is not exact is told with its line', () => {
  expect(grounded.findings.map(({ code, line }) => [code, line]).sort()).toEqual([
    ['answer-cut-off', 5],
    ['answer-missing', 4],
    ['answer-repaired', 4],
    ['answer-unknown', 7],
    ['duplicate-id', 6],
    ['entity-folded', 1],
    ['entity-not-found', 1],
  ]);
});

describe('one answer', () => {
  const asked = { labels: ['LOC', 'PER'], examplesOf: (id: string) => (id === 'a' ? ['Ann saw Oslo'] : []) };
  const answered = (response: string, text = 'Paris and ROME') =>
    groundAnswer(sentence('a', text), { response }, asked);
  const statusesOf = ({ grounded: { items } }: ReturnType<typeof answered>) => items.map(({ status }) => status);

  test('words of a label that nobody asked for are masked, not O', () => {
    const found = answered('{"entities": [["Paris", "CITY"], ["Paris", "TOWN"], ["Rome", "LOC"], ["Bonn", "CITY"]]}');
    expect(statusesOf(found)).toEqual(['unknown-label', 'unknown-label', 'folded', 'not-found']);
    expect(found.sentence.spans).toEqual([{ start: 10, end: 14, label: 'LOC' }]);
    expect(found.sentence.masked).toEqual([{ start: 0, end: 5 }]);
  });
  test('a span wins over a mask', () => {
    const { sentence: labelled } = answered('{"entities": [["Paris", "CITY"], ["Paris", "LOC"]]}');
    expect(labelled.spans).toEqual([{ start: 0, end: 5, label: 'LOC' }]);
    expect(labelled).not.toHaveProperty('masked');
  });
  test('what was copied from an example is told apart', () => {
    expect(statusesOf(answered('[["Oslo", "LOC"], ["Bonn", "LOC"]]'))).toEqual(['copied-from-example', 'not-found']);
  });
  test('what stands before a cut is found, but labels nothing', () => {
    const found = answered('{"entities": [["Paris", "LOC"], ["Ro');
    expect(found.sentence.spans).toBeNull();
    expect(found.grounded.answer).toMatchObject({ kind: 'cut-off' });
    expect(found.grounded.items).toMatchObject([{ status: 'exact', span: { start: 0, end: 5, label: 'LOC' } }]);
  });
  test('the teacher is written down for labels, not for a sentence that stays unlabelled', () => {
    const author = { kind: 'teacher', name: 'm', version: 1 } as const;
    const of = (response: string) => groundAnswer(sentence('a', 'Paris'), { response }, { author }).sentence.authors;
    expect(of('{"entities": []}')).toEqual({ all: author });
    expect(of('x')).toBeUndefined();
  });
  test('who made other labels before, and how surely, is not said of these', () => {
    const eve = { kind: 'person', name: 'Eve', version: 1 } as const;
    const before = { ...sentence('a', 'Paris'), authors: { all: eve }, masked: [{ start: 0, end: 5 }], weight: 0.5 };
    for (const response of ['[["Paris", "LOC"]]', 'x']) {
      const { sentence: after } = groundAnswer(before, { response }, {});
      expect(Object.keys(after).sort()).toEqual(['id', 'spans', 'text', 'words']);
    }
    const answers = ['LOC', 'LOC', 'PER'].map((label, sample) => ({
      ...{ id: 'a', line: sample + 1, sample },
      response: JSON.stringify([['Paris', label]]),
    }));
    const author = { kind: 'teacher', name: 'm', version: 1 } as const;
    const [voted] = groundSamples([before], answers, { author }, { filter: { level: 'majority' } }).sentences;
    const spans = [{ start: 0, end: 5, label: 'LOC' }];
    expect(voted).toEqual({ ...sentence('a', 'Paris'), spans, authors: { all: author } });
  });
  test('a refusal leaves the sentence unlabelled', () => {
    const found = groundAnswer(sentence('a', 'Paris'), { response: '', finish: 'refused' }, asked);
    expect([found.sentence.spans, found.grounded.answer?.kind]).toEqual([null, 'refused']);
  });
});

test('findings of every kind have their words', () => {
  const text = 'Paris, PARIS and Barack Obama';
  const response = JSON.stringify({
    entities: ['Paris', 'Paris', 'President Barack Obama', 'Obama', 'Rome', 'Bonn'].map((words) => [words, 'LOC']),
  });
  const asked = { labels: ['LOC'], examplesOf: () => ['in Bonn'] };
  const all = groundAnswers(
    [sentence('a', text), sentence('b', 'Rome'), sentence('c', '')],
    [
      { id: 'a', response, line: 1 },
      { id: 'b', response: '[["Rome", "CITY"]]', line: 2 },
      { id: 'c', response: 'I cannot do that.', line: 3 },
    ],
    asked,
  );
  expect(all.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
    'entity-folded note',
    'entity-fuzzy warning',
    'entity-overlapping warning',
    'entity-not-found warning',
    'entity-copied warning',
    'entity-unknown-label warning',
    'answer-refused warning',
  ]);
  expect(all.findings[1]!.message).toBe('“President Barack Obama” (LOC) was found as “Barack Obama” in sentence a.');
});

test('how an answer ended may stand in the file', () => {
  const { answers: read, findings } = readAnswers(
    '{"id": 1, "response": "", "finish": "refused"}\n{"id": 2, "response": "", "finish": "x"}',
  );
  expect(read).toEqual([{ id: '1', response: '', line: 1, finish: 'refused' }]);
  expect(findings).toHaveLength(1);
});
