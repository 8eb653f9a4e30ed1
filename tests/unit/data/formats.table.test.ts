import { describe, expect, test } from 'vitest';
import { readData } from '../../../src/data/formats/read.ts';

const read = (text: string | Uint8Array, options = {}) =>
  readData('t.csv', typeof text === 'string' ? new TextEncoder().encode(text) : text, undefined, options);
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

describe('tables as spreadsheets save them', () => {
  test('in Windows-1252, by semicolon, without a column called text: the longest is taken, which is said', () => {
    const { format, sentences, findings } = read(
      latin1('Satz;Autor\r\nDer B\xfcrgermeister sprach.;M\xfcller\r\nFrau Wei\xdf wohnt hier.;\r\n'),
    );
    expect(format).toBe('csv');
    expect(sentences.map(({ text, meta }) => [text, meta])).toEqual([
      ['Der Bürgermeister sprach.', { Autor: 'Müller' }],
      ['Frau Weiß wohnt hier.', undefined],
    ]);
    expect(findings.map(({ code, line, severity }) => [code, line, severity])).toEqual([
      ['missing-field', 1, 'note'],
      ['decoded-as-latin-1', 2, 'warning'],
      ['decoded-as-latin-1', 3, 'warning'],
    ]);
    expect(findings[0]?.message).toContain('“Satz”');
  });

  test('with a byte order mark, and with the line by which Excel declares the separator', () => {
    for (const head of ['\ufeffText;Autor', 'sep=;\r\nText;Autor', '\ufeffsep=;\nText;Autor']) {
      const { format, sentences, findings } = read(`${head}\r\n"Sie kam; er ging.";M\r\n`);
      expect([format, sentences[0]?.text, findings]).toEqual(['csv', 'Sie kam; er ging.', []]);
    }
  });

  test('prose with one comma a line is no table', () => {
    const prose = 'Well, hello\nTo be honest, nobody knew it.\nIn the end, all of them went home.\n';
    expect(read(prose).format).toBe('text');
  });

  test('the column that a person chooses needs no word', () => {
    const { sentences, findings } = read('Nr,Satz\n1,Ann ate an egg\n', { textColumn: 'Satz' });
    expect([sentences.map(({ text }) => text), findings]).toEqual([['Ann ate an egg'], []]);
  });
});

describe('one column without a header', () => {
  const texts = (file: string, options = {}) => {
    const { format, sentences } = read(file, options);
    return [format, ...sentences.map(({ text }) => text)];
  };

  test('each row is a sentence without its quotes, the first too, which is said', () => {
    expect(texts('\ufeff"Ada spoke, and left."\r\n"They said ""no"" to him."\r\n')).toEqual([
      'csv',
      'Ada spoke, and left.',
      'They said "no" to him.',
    ]);
    // Quoted only where it has to be, as Excel does.
    const mixed = 'Rome fell that day.\n"Ada spoke, and\nleft it."\nNobody came to see.\n';
    expect(texts(mixed)).toEqual(['csv', 'Rome fell that day.', 'Ada spoke, and\nleft it.', 'Nobody came to see.']);
    expect(read(mixed).findings.map(({ code, line, severity }) => [code, line, severity])).toEqual([
      ['missing-field', 1, 'note'],
    ]);
  });

  test('a header that is known or was chosen stays one', () => {
    const rows = '"Ada spoke, and left."\n"Rome fell that day."\n';
    expect(texts(`"text"\n${rows}`)).toEqual(['csv', 'Ada spoke, and left.', 'Rome fell that day.']);
    expect(texts(`"Satz"\n${rows}`, { textColumn: 'Satz' })).toEqual(texts(`"text"\n${rows}`));
  });

  test('speech in plain text keeps its quotes', () => {
    for (const file of [
      '"I am here," she said.\n"Go home and stay there."\n',
      'Nobody came to see.\n"Go home and stay there."\n',
      'Well, nobody came to see.\n"Go home, and stay there."\n',
    ])
      expect(texts(file)).toEqual(['text', ...file.trim().split('\n')]);
  });
});

describe('tables with a word a row', () => {
  const spansOf = (text: string) =>
    read(text).sentences.map(({ text: own, spans }) => [
      own,
      spans?.map(({ start, end, label }) => `${label} ${own.slice(start, end)}`),
    ]);
  const wanted = [
    ['Ann Lee left .', ['per Ann Lee']],
    ['Rome fell', ['geo Rome']],
  ];

  test('sentences are told by their column, filled once or in each row, or by empty rows', () => {
    const rows = ['Ann,N,B-per', 'Lee,N,I-per', 'left,V,O', '.,.,O', 'Rome,N,B-geo', 'fell,V,O'];
    const table = (head: string, name: (i: number) => string) =>
      [`${head}Word,POS,Tag`, ...rows.map((row, i) => name(i) + row)].join('\r\n');
    expect(spansOf(table('Sentence #,', (i) => (i === 0 ? 'Sentence: 1,' : i === 4 ? 'Sentence: 2,' : ',')))).toEqual(
      wanted,
    );
    expect(spansOf(table('sentence_id,', (i) => (i < 4 ? '7,' : '8,')))).toEqual(wanted);
    expect(spansOf(table('sentence_id, ', (i) => (i < 4 ? '7, ' : '8, ')))).toEqual(wanted);
    expect(spansOf(table('', (i) => (i === 4 ? ',,\r\n' : '')))).toEqual(wanted);
    expect(spansOf(table('', (i) => (i === 4 ? '\r\n' : '')))).toEqual(wanted);
  });

  test('rows that cannot be read are told with their line, and the scheme is looked at', () => {
    const { format, sentences, findings, records } = read('word;tag\nAnn;I-PER\nate;what\n;O\nit;O;O\nnow;O\n');
    expect([format, sentences[0]?.text]).toEqual(['word-table', 'Ann now']);
    expect(findings.map(({ code, line, sentence }) => [code, line, sentence])).toEqual([
      ['scheme-converted', 2, undefined],
      ['malformed-line', 3, 't-1'],
      ['malformed-line', 4, 't-1'],
      ['malformed-line', 5, 't-1'],
    ]);
    expect(records).toEqual({ kept: 2, structure: 1, leftOut: 3 });
  });
});

describe('JSON lines as other programs write them', () => {
  const line = (value: object) => readData('x', new TextEncoder().encode(JSON.stringify(value)), 'jsonl');
  const per = [{ start: 0, end: 3, label: 'PER' }];

  test.each([
    ['lists', { spans: [[0, 3, 'PER']] }],
    ['numbers in quotes', { spans: [{ start: '0', end: '3', label: 'PER' }] }],
    ['entities with a type', { entities: [{ start: 0, end: 3, type: 'PER' }] }],
    ['a pipeline’s groups', { entities: [{ entity_group: 'PER', start: 0, end: 3, word: 'Ann', score: 0.9 }] }],
    ['labels as lists', { labels: [[0, 3, 'PER']] }],
  ])('spans as %s', (_, members) => {
    expect(line({ text: 'Ann ate', ...members })).toMatchObject({ sentences: [{ spans: per }], findings: [] });
    expect(line({ text: 'Ann ate', ...members }).sentences[0]).not.toHaveProperty('meta');
  });

  test('a text by another name, and what is no span becomes metadata', () => {
    expect(line({ sentence: 'Ann ate', labels: ['food'], source: 'web' }).sentences).toMatchObject([
      { text: 'Ann ate', spans: null, meta: { labels: '["food"]', source: 'web' } },
    ]);
  });

  test('a span that says no place is an error that shows it', () => {
    expect(line({ text: 'Ann ate', spans: ['0,3,PER'] }).findings).toMatchObject([
      {
        code: 'missing-field',
        severity: 'error',
        message: expect.stringContaining('whole number as “start”: 0,3,PER.') as string,
      },
    ]);
  });
});

test('plain text whose lines are paragraphs is cut into sentences, unless a person says otherwise', () => {
  const paragraph = 'Ann came home late. She had eaten already. '.repeat(12);
  const { format, sentences } = read(`${paragraph}\n${paragraph}\n`);
  expect([format, sentences.length, sentences[0]?.text]).toEqual(['text', 48, 'Ann came home late.']);
  expect(read(`${paragraph}\n${paragraph}\n`, { textUnit: 'line' }).sentences).toHaveLength(2);
  const book = read('Ann came home late. She had eaten already. '.repeat(10_000)).sentences;
  expect([book.length, new Set(book.map(({ text }) => text)).size]).toEqual([20_000, 2]);
  expect(read('Ann came home late. She had eaten.\n'.repeat(3)).sentences).toHaveLength(3);
});
