import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsOf, groupFindings } from '../../../src/data/checks.ts';
import { readData } from '../../../src/data/formats/read.ts';
import { lossesOfWriting } from '../../../src/data/formats/losses.ts';
import { writeData } from '../../../src/data/formats/write.ts';
import type { Sentence } from '../../../src/data/types.ts';
import { wordsOf } from '../../../src/data/words.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (...lines: (object | string)[]) => {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return readData('x.jsonl', bytesOf(text), 'jsonl');
};
const span = (start: number, end: number, label = 'PER') => ({ start, end, label });

test('a sentence with all its members', () => {
  const line = { id: 'a', text: 'Ann’s cat', spans: [span(0, 3)], meta: { page: 3, from: 'x' }, tokens: [] };
  expect(read(line)).toEqual({
    format: 'jsonl',
    sentences: [
      {
        id: 'a',
        text: 'Ann’s cat',
        words: [
          { start: 0, end: 3 },
          { start: 3, end: 5 },
          { start: 6, end: 9 },
        ],
        spans: [span(0, 3)],
        meta: { page: '3', from: 'x', tokens: '[]' },
      },
    ],
    findings: [],
    records: { kept: 1, structure: 0, leftOut: 0 },
    facts: {},
  });
});

test('words of one’s own cut, and who made the labels, are kept', () => {
  const person = { kind: 'person', name: 'Ann', version: 2 };
  const authors = { all: { kind: 'teacher', name: 'gpt', version: 1 }, spans: { '0-4 ORG': person } };
  const { sentences, findings } = read({
    text: 'U.S. law',
    words: [
      [0, 4],
      [5, 8],
    ],
    spans: [span(0, 4, 'ORG')],
    authors,
  });
  expect(sentences[0]!.words).toEqual([
    { start: 0, end: 4 },
    { start: 5, end: 8 },
  ]);
  expect(sentences[0]!.authors).toEqual(authors);
  expect(findings).toEqual([]);
  expect(readData('x', bytesOf(writeData('jsonl', sentences))).sentences).toEqual(sentences);
});

test.each([[{ masked: [[0, 9]] }], [{ masked: [[2, 2]] }], [{ masked: 'x' }], [{ weight: 0 }], [{ weight: '1' }]])(
  'a mask outside the text, or a weight that is none, is passed over and told: %j',
  (doubts) => {
    const { sentences, findings } = read({ text: 'U.S.', ...doubts });
    expect([sentences[0]!.masked, sentences[0]!.weight]).toEqual([undefined, undefined]);
    expect(findings).toMatchObject([{ code: 'malformed-line', severity: 'warning', line: 1 }]);
  },
);

test.each([
  [[[0, 9]]],
  [
    [
      [0, 2],
      [1, 4],
    ],
  ],
  [[[2, 2]]],
  ['x'],
  [[]],
  [[[0.5, 2]]],
])('words that are no ranges in order are cut anew: %j', (words) => {
  const { sentences, findings } = read({ text: 'U.S.', words });
  expect(sentences[0]!.words).toHaveLength(4);
  expect(findings).toMatchObject([{ code: 'malformed-line', severity: 'warning', line: 1 }]);
});

test('no spans is not labelled, an empty list is labelled and empty', () => {
  const { sentences } = read(
    { text: 'a' },
    { text: 'b', spans: null },
    '',
    { text: 'c', spans: [] },
    { id: 5, text: 'd' },
  );
  expect(sentences.map(({ id, spans }) => [id, spans])).toEqual([
    ['x-1', null],
    ['x-2', null],
    ['x-4', []],
    ['5', null],
  ]);
});

test('offsets are UTF-16 code units', () => {
  const { sentences, findings } = read({ text: '😀 Ann', spans: [span(3, 6)] });
  expect(sentences[0]!.text.slice(3, 6)).toBe('Ann');
  expect(findings).toEqual([]);
});

describe('what is wrong is found by line, and the rest is imported', () => {
  test.each([
    ['no JSON', '{"text": ', 'malformed-line', /not JSON/],
    ['a list', '[1]', 'malformed-line', /object is needed/],
    ['a word', '"text"', 'malformed-line', /object is needed/],
    ['no text', { id: 'a' }, 'missing-field', /no “text”/],
    ['a text that is a number', { text: 5 }, 'malformed-line', /“text” is 5/],
    ['spans that are no list', { text: 'a', spans: {} }, 'malformed-line', /“spans” is/],
    ['a text of blanks', { text: ' \t' }, 'empty-sentence', /no word/],
  ])('%s leaves the line out', (_, line, code, message) => {
    const { sentences, findings } = read({ text: 'ok' }, line, { text: 'also' });
    expect(sentences.map(({ text }) => text)).toEqual(['ok', 'also']);
    expect(findings).toMatchObject([{ code, severity: 'error', line: 2 }]);
    expect(findings[0]!.message).toMatch(message);
  });

  test.each([
    ['an end past the text', span(0, 99), 'offset-outside'],
    ['a start before it', span(-1, 2), 'offset-outside'],
    ['nothing between', span(2, 2), 'offset-outside'],
    ['the wrong way round', span(3, 1), 'offset-outside'],
    ['half a character', span(0.5, 2), 'missing-field'],
    ['no label', { start: 0, end: 3 }, 'missing-field'],
    ['an empty label', span(0, 3, ' '), 'missing-field'],
    ['no object', 7, 'missing-field'],
  ])('%s leaves the span out', (_, wrong, code) => {
    const { sentences, findings } = read({ text: 'ok' }, { text: 'Ann ate', spans: [wrong, span(0, 3)] });
    expect(sentences[1]!.spans).toEqual([span(0, 3)]);
    expect(findings).toMatchObject([{ code, severity: 'error', line: 2 }]);
    expect(findings[0]!.message).toMatch(/^Span 1 /);
  });

  test.each([
    ['cuts a word', [span(0, 2)], 'span-cuts-word'],
    ['covers no word', [span(3, 4)], 'span-without-word'],
    ['overlaps another', [span(0, 7), span(4, 7)], 'span-overlap'],
  ])('a span that %s is kept, with a warning', (_, spans, code) => {
    const { sentences, findings } = read({ text: 'Ann ate', spans });
    expect(sentences[0]!.spans).toEqual(spans);
    expect(findings).toMatchObject([{ code, severity: 'warning', line: 1 }]);
  });
});

test('what was written is read back the same', () => {
  const sentence = fc
    .record({
      id: fc.string(),
      text: fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => wordsOf(text).length > 0),
      labels: fc.option(fc.array(fc.constantFrom('PER', 'work of art', 'B-X'), { maxLength: 3 })),
      meta: fc.option(fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.string())),
    })
    .map(({ id, text, labels, meta }): Sentence => {
      const words = wordsOf(text);
      const spans = labels?.slice(0, words.length).map((label, i) => ({ ...words[i]!, label })) ?? null;
      return { id, text, words, spans, ...(meta && { meta }) };
    });
  fc.assert(
    fc.property(fc.uniqueArray(sentence, { selector: ({ id }) => id }), (sentences) => {
      const back = readData('x', bytesOf(writeData('jsonl', sentences)), 'jsonl');
      expect(back).toMatchObject({ format: 'jsonl', sentences, findings: [] });
      expect(back.records).toEqual({ kept: sentences.length, structure: 0, leftOut: 0 });
    }),
    { seed: 20261101 },
  );
});

test('CoNLL to JSON lines and back keeps the spans', () => {
  const conll = 'Ann B-PER\nSmith I-PER\nate O\nin O\nRome B-LOC\n\n';
  const { sentences } = readData('a.txt', bytesOf(conll));
  const back = readData('b', bytesOf(writeData('jsonl', sentences))).sentences;
  expect(back).toEqual(sentences);
  expect(writeData('conll', back)).toBe(conll);
});

test('what CoNLL columns would lose is told beforehand', () => {
  const { sentences } = read({ text: 'Ann ate', spans: [span(0, 3)] }, { text: 'Ann ate', spans: [span(0, 2)] });
  expect(lossesOfWriting('conll', sentences)).toMatchObject([{ code: 'span-cuts-word', line: 2 }]);
  expect(lossesOfWriting('jsonl', sentences)).toEqual([]);
});

describe('the format is told by content', () => {
  test.each([
    ['train.conll', '{"text": "a"}\n', 'jsonl'],
    ['train.jsonl', 'a O\n', 'conll'],
    ['broken first line', '{"text": \n{"text": "a"}\n{"text": "b"}\n', 'jsonl'],
    ['a word alone first', 'alone\na O\nb B-PER\n', 'conll'],
    ['prose', 'Once upon a time there was a king who had\nthree daughters.\n', 'text'],
    ['a list over lines', '[\n{"text": "a"},\n{"text": "b"}\n]\n', 'jsonl'],
    ['a list on one line', '[{"text": "a"}, {"text": "b"}]', 'jsonl'],
    ['document mark first', '-DOCSTART- -X- -X- O\n\na NN I-NP O\n', 'conll'],
  ])('%s', (name, text, format) => {
    expect(readData(name, bytesOf(text)).format).toBe(format);
  });

  test.each([
    ['words alone', 'Once\nupon\na\ntime\n', '“Once”'],
    ['columns without tags', 'Once\tRB\nupon\tIN\n', '“Once RB”'],
    ['answers of a teacher', '{"id": "a", "response": "{}"}\n', '“{"id": "a", "response": "{}"}”'],
    ['binary', '\u0089PNG\0\0', 'binary data'],
  ])('%s is refused with what was seen', (name, text, seen) => {
    expect(() => readData(name, bytesOf(text))).toThrow(
      expect.objectContaining({
        code: 'format-unknown',
        detail: expect.objectContaining({ file: name, seen }) as unknown,
      }),
    );
  });

  test('an empty file is refused as empty', () => {
    expect(() => readData('x', bytesOf('\n \n'))).toThrow(expect.objectContaining({ code: 'data-empty' }));
  });
});

test('counts', () => {
  const { sentences, findings } = read(
    { text: 'Ann ate', spans: [span(0, 3), span(4, 7, 'ACT')] },
    { text: 'Bob', spans: [span(0, 3), span(0, 9)] },
    { text: 'not labelled' },
    'x',
    'y',
  );
  expect(countsOf(sentences)).toEqual({
    sentences: 3,
    labelled: 2,
    tokens: 5,
    entities: 3,
    labels: { ACT: 1, PER: 2 },
  });
  expect(groupFindings(findings)).toEqual([
    { code: 'offset-outside', count: 1, lines: [2] },
    { code: 'malformed-line', count: 2, lines: [4, 5] },
  ]);
});
