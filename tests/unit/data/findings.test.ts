import { describe, expect, test } from 'vitest';
import type { CheckId, Part, Surroundings } from '../../../src/data/findings/check.ts';
import { checks, findAll, mend } from '../../../src/data/findings/checks.ts';
import {
  findingsCsv,
  findingsJsonl,
  groupRows,
  rowsOfFindings,
  rowsOfFound,
} from '../../../src/data/findings/report.ts';
import { valuesOf } from '../../../src/data/formats/cutRows.ts';
import { readData } from '../../../src/data/formats/read.ts';
import type { Role, Sentence, Span } from '../../../src/data/types.ts';
import { wordsOf } from '../../../src/data/words.ts';

const span = (start: number, end: number, label = 'PER'): Span => ({ start, end, label });
const sentence = (text: string, spans: readonly Span[] | null = []): Sentence => ({
  id: text,
  text,
  words: wordsOf(text),
  spans,
});
const part = (role: Role, ...sentences: readonly Sentence[]): Part => ({ name: role, role, sentences });

/** What one check finds, as `part sentence`, and the spans or removals that mending leaves. */
function seen(check: CheckId, parts: readonly Part[], surroundings?: Surroundings) {
  const found = findAll(parts, surroundings).filter((one) => one.check === check);
  const mended = mend(parts, [check], surroundings);
  return {
    at: found.map(({ part, sentence }) => [part, sentence]),
    spans: mended.parts.map(({ sentences }) =>
      sentences.map(({ spans }) => spans?.map(({ start, end, label }) => [start, end, label]) ?? null),
    ),
    left: mended.parts.map(({ sentences }) => sentences.map(({ text }) => text)),
    found,
  };
}

describe('spans', () => {
  test.each<[CheckId, string, Span[], (number | string)[][]]>([
    [
      'offset-outside',
      'Ann ate',
      [span(-2, 3), span(4, 99), span(8, 9), span(3, 3)],
      [
        [0, 3, 'PER'],
        [4, 7, 'PER'],
      ],
    ],
    [
      'offset-in-character',
      '😀👍 Ann',
      [span(1, 3), span(5, 8)],
      [
        [0, 4, 'PER'],
        [5, 8, 'PER'],
      ],
    ],
    ['span-without-word', 'Ann  ate', [span(3, 5), span(0, 3)], [[0, 3, 'PER']]],
    [
      'span-edges',
      'Ann ate it',
      [span(0, 4), span(3, 8)],
      [
        [0, 3, 'PER'],
        [4, 7, 'PER'],
      ],
    ],
    [
      'span-cuts-word',
      'Anna ate it',
      [span(0, 3), span(6, 10)],
      [
        [0, 4, 'PER'],
        [5, 11, 'PER'],
      ],
    ],
    ['span-overlap', 'a b c d', [span(0, 3, 'X'), span(2, 7, 'Y'), span(4, 5, 'Z')], [[2, 7, 'Y']]],
    ['span-overlap', 'a b c d', [span(2, 5, 'X'), span(0, 3, 'Y'), span(0, 3, 'Z')], [[0, 3, 'Y']]],
  ])('%s in %j', (check, text, spans, wanted) => {
    const right = sentence('Bob', [span(0, 3)]);
    expect(seen(check, [part('gold', right, sentence(text, spans))])).toMatchObject({
      at: [[0, 1]],
      spans: [[[[0, 3, 'PER']], wanted]],
    });
  });

  test('labels that differ by case: the most frequent is right, in all parts', () => {
    const parts = [
      part('gold', sentence('a b', [span(0, 1, 'Per'), span(2, 3, 'PER')]), sentence('c', [span(0, 1, 'PER')])),
      part('test', sentence('d', [span(0, 1, 'per')]), sentence('e', [span(0, 1, 'LOC')])),
    ];
    expect(seen('label-case', parts)).toMatchObject({
      at: [
        [0, 0],
        [1, 0],
      ],
      spans: [
        [
          [
            [0, 1, 'PER'],
            [2, 3, 'PER'],
          ],
          [[0, 1, 'PER']],
        ],
        [[[0, 1, 'PER']], [[0, 1, 'LOC']]],
      ],
    });
  });
});

describe('sentences', () => {
  test('empty ones', () => {
    expect(seen('empty-sentence', [part('gold', sentence(' '), sentence('a'))])).toMatchObject({
      at: [[0, 0]],
      left: [['a']],
    });
  });

  test('duplicates, whatever their spacing; the same with other labels is another finding', () => {
    const parts = [
      part(
        'gold',
        sentence('Ann ate', [span(0, 3)]),
        sentence('Bob', []),
        sentence('Ann  ate', [span(0, 3)]),
        sentence('Ann ate', [span(4, 7)]),
        sentence('Bob', null),
        sentence('Bob', null),
      ),
      part('silver', sentence('Ann ate', [])),
    ];
    expect(seen('duplicate', parts)).toMatchObject({
      at: [
        [0, 2],
        [0, 5],
      ],
      left: [['Ann ate', 'Bob', 'Ann ate', 'Bob'], ['Ann ate']],
    });
    expect(seen('labels-differ', parts)).toMatchObject({
      at: [[0, 3]],
      left: [parts[0]!.sentences.map(({ text }) => text), ['Ann ate']],
    });
  });

  test('leaks are taken out of training, never out of test', () => {
    const parts = [
      part('gold', sentence('a'), sentence('b')),
      part('test', sentence('b'), sentence('b')),
      part('silver', sentence('b  '), sentence('c')),
      part('dev', sentence('c')),
    ];
    expect(seen('leak', parts)).toMatchObject({
      at: [
        [0, 1],
        [2, 0],
        [2, 1],
      ],
      left: [['a'], ['b', 'b'], [], ['c']],
    });
  });

  test('too long for the model, where a tokenizer is known', () => {
    const parts = [part('gold', sentence('a b c'), sentence('a b'))];
    expect(seen('too-long', parts).at).toEqual([]);
    expect(seen('too-long', parts, { pieces: ({ words }) => words.length, mostPieces: 2 }).at).toEqual([[0, 0]]);
  });
});

describe('labels as a whole', () => {
  test('missing from training or from test', () => {
    const parts = [
      part('gold', sentence('a', [span(0, 1, 'A')]), sentence('b', [span(0, 1, 'B')])),
      part('test', sentence('c', [span(0, 1, 'B')]), sentence('d', [span(0, 1, 'C')])),
      part('dev', sentence('e')),
    ];
    expect(seen('label-missing', parts).found.map(({ part, message }) => [part, message.split(' ')[0]])).toEqual([
      [1, 'C'],
      [1, 'A'],
    ]);
  });

  test('one label on most words', () => {
    const text = 'a b c d e f g h i j';
    const none = wordsOf(text)
      .slice(0, 6)
      .map((word) => ({ ...word, label: 'NONE' }));
    const parts = [
      part('gold', ...Array.from({ length: 6 }, () => sentence(text, none))),
      part('silver', sentence(text, none)),
    ];
    expect(seen('label-everywhere', parts).found).toMatchObject([{ part: 0, sentence: null, fix: null }]);
  });
});

test('mending goes on from what the check before it left: an overlap that only whole words show', () => {
  const parts = [
    part('gold', sentence('Annabel Lee', [span(0, 3), span(4, 11, 'X')]), sentence('Annabel Lee', [span(0, 11, 'X')])),
  ];
  const all = Object.keys(checks) as CheckId[];
  const { parts: mended, changed, removed } = mend(parts, all);
  expect(mended[0]!.sentences.map(({ spans }) => spans)).toEqual([[span(0, 11, 'X')]]);
  expect([changed, removed]).toEqual([2, 1]);
  expect(findAll(mended)).toEqual([]);
  expect(mend(parts, []).parts).toBe(parts);
});

test('every check with a rule mends all that it finds, and no other changes anything', () => {
  const parts = [
    part(
      'gold',
      sentence('Anna  ate', [span(0, 2), span(4, 5), span(3, 9), span(0, 99), span(0, 4, 'per')]),
      sentence(''),
    ),
    part('test', sentence('Anna ate')),
  ];
  for (const check of Object.values(checks)) {
    const { parts: mended } = mend(parts, [check.id]);
    if (check.rule === null) expect(mended).toEqual(parts);
    else expect(check.find(mended, {})).toEqual([]);
  }
});

describe('a list to take away', () => {
  const bytes = new TextEncoder().encode('=A O\nonly "one"\nB I-X\n-1+1\nC B-X\nD O\nE B-X\n');
  const rows = rowsOfFindings('my, file.conll', readData('f', bytes, 'conll').findings);

  test('holds file, line, and the text of the line', () => {
    expect(rows.map(({ file, line, code, text }) => [file, line, code, text])).toEqual([
      ['my, file.conll', 2, 'malformed-line', 'only "one"'],
      ['my, file.conll', 3, 'illegal-opening', 'B I-X'],
      ['my, file.conll', 4, 'malformed-line', '-1+1'],
    ]);
    expect(groupRows(rows).map(({ code, count }) => [code, count])).toEqual([
      ['malformed-line', 2],
      ['illegal-opening', 1],
    ]);
    const parts = [part('gold', sentence('Anna', [span(0, 3)]))];
    expect(rowsOfFound(parts, findAll(parts))).toMatchObject([
      { file: 'gold', line: 1, code: 'span-cuts-word', severity: 'warning', text: 'Anna' },
    ]);
  });

  test('as CSV, quoted, and without formulas for a spreadsheet', () => {
    const lines = findingsCsv(rows).split('\r\n');
    expect(lines[0]).toBe('file,line,code,severity,message,text');
    expect(valuesOf(lines[1]!, ',')).toEqual([
      'my, file.conll',
      '2',
      'malformed-line',
      'error',
      rows[0]!.message,
      'only "one"',
    ]);
    expect(valuesOf(lines[3]!, ',')!.at(-1)).toBe("'-1+1");
  });

  test('as JSON lines', () => {
    expect(
      findingsJsonl(rows)
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(rows);
  });
});
