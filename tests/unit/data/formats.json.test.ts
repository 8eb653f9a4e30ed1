import { describe, expect, test } from 'vitest';
import type { FormatId } from '../../../src/data/formats/format.ts';
import { readData } from '../../../src/data/formats/read.ts';
import { writeData } from '../../../src/data/formats/write.ts';
import type { Sentence } from '../../../src/data/types.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { readShared } from '../../support/shared.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (text: string, format?: FormatId) => readData('x.file', bytesOf(text), format);
const lines = (...values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');
const covered = ({ text, spans }: Sentence) =>
  spans?.map(({ start, end, label }) => [text.slice(start, end), label]) ?? null;
const found = (text: string, format?: FormatId) => {
  const { sentences, findings, ...rest } = read(text, format);
  return { ...rest, spans: sentences.map(covered), codes: findings.map(({ code, line }) => `${code} ${String(line)}`) };
};

describe('files as Python writes them', async () => {
  const golden = JSON.parse(new TextDecoder().decode(await readGolden('formats/offsets.json'))) as {
    readonly files: Readonly<Record<string, string>>;
    readonly csv: string;
    readonly covered: readonly (readonly [string, readonly (readonly [string, string])[]])[];
  };

  test.each(Object.entries(golden.files))('%s: told by content, spans where Python has them', (format, text) => {
    const { sentences, findings, format: told } = read(text);
    expect(told).toBe(format);
    expect(sentences.map((sentence) => [sentence.text, covered(sentence)])).toEqual(golden.covered);
    // doccano's page counts code units; its file of Python's says so for the texts where it matters.
    const codes = new Set(findings.map(({ code }) => code));
    expect([...codes]).toEqual(format === 'doccano' ? ['offsets-converted'] : []);
  });

  test('CSV with commas, quotes and line ends in values', () => {
    const { sentences, format, findings } = read(golden.csv);
    expect(format).toBe('csv');
    expect(findings).toEqual([]);
    const texts = golden.covered.map(([text], i) => (i === 1 ? `${text}\nsecond line` : text));
    expect(sentences.map(({ id, text, meta, spans }) => ({ id, text, meta, spans }))).toEqual(
      texts.map((text, i) => ({ id: `t${String(i)}`, text, meta: { source: 'a, b' }, spans: null })),
    );
  });
});

describe('doccano', () => {
  test('old and new forms, metadata, unlabelled', () => {
    const text = lines(
      { id: 3, text: 'Ann ate', label: [[0, 3, 'PER']], Comments: [], page: 7 },
      { data: 'Ann ate', labels: [[0, 3, 'PER']] },
      { text: 'Ann ate', entities: [{ id: 1, label: 'PER', start_offset: 0, end_offset: 3 }], relations: [] },
      { text: 'Ann ate' },
      { text: 'Ann ate', label: [] },
    );
    const { sentences, format, findings } = read(text);
    expect(format).toBe('doccano');
    expect(findings).toEqual([]);
    expect(sentences.map(covered)).toEqual([[['Ann', 'PER']], [['Ann', 'PER']], [['Ann', 'PER']], null, []]);
    expect(sentences.map(({ id, meta }) => [id, meta])).toEqual([
      ['3', { page: '7' }],
      ...[2, 3, 4, 5].map((n) => [`x-${String(n)}`, undefined]),
    ]);
  });

  test('spans that are none are left out one by one', () => {
    const text = lines({ text: 'Ann ate', label: [[0, 3], 'PER', [0, 99, 'PER'], [4, 7, 'ACT']] });
    expect(found(text, 'doccano')).toMatchObject({
      spans: [[['ate', 'ACT']]],
      codes: ['missing-field 1', 'missing-field 1', 'offset-outside 1'],
    });
  });

  test('offsets in code units stay as they are', () => {
    expect(found(lines({ text: '😀 Ann ate', label: [[3, 6, 'PER']] }))).toMatchObject({
      spans: [[['Ann', 'PER']]],
      codes: [],
    });
  });
});

describe('Label Studio', () => {
  const span = (start: number, end: number, ...labels: string[]) => ({ value: { start, end, labels }, type: 'labels' });
  test('annotations before predictions, cancelled ones passed over, nothing is not labelled', () => {
    const tasks = [
      {
        id: 1,
        data: { text: 'Ann ate' },
        annotations: [{ result: [span(0, 3, 'PER')] }],
        predictions: [{ result: [] }],
      },
      {
        id: 2,
        data: { text: 'Ann ate' },
        annotations: [{ was_cancelled: true, result: [] }],
        predictions: [{ model_version: 'm1', result: [span(4, 7, 'ACT')] }],
      },
      { id: 3, data: { text: 'Ann ate' }, annotations: [], predictions: [] },
      { id: 4, data: { text: 'Ann ate' }, annotations: [{ result: [] }, { result: [span(0, 3, 'PER')] }] },
      {
        id: 5,
        data: { review: 'Ann ate' },
        annotations: [{ result: [span(0, 3, 'PER', 'VIP'), { type: 'choices', value: { choices: ['x'] } }] }],
      },
      { id: 6, data: { a: 1 }, annotations: [] },
    ];
    const { sentences, findings, records } = read(JSON.stringify(tasks, null, 1));
    expect(sentences.map(covered)).toEqual([
      [['Ann', 'PER']],
      [['ate', 'ACT']],
      null,
      [],
      [
        ['Ann', 'PER'],
        ['Ann', 'VIP'],
      ],
    ]);
    expect(sentences.map(({ id, authors }) => [id, authors?.all])).toEqual([
      ['1', undefined],
      ['2', { kind: 'model', name: 'm1', version: 1 }],
      ...['3', '4', '5'].map((id) => [id, undefined]),
    ]);
    expect(findings.map(({ code }) => code)).toEqual([
      ...['predictions-used', 'several-annotations', 'span-overlap', 'missing-field'],
    ]);
    expect(records).toEqual({ kept: 5, structure: 0, leftOut: 1 });
  });

  test('the short form, and offsets of versions before 1.4, told by the quoted text', () => {
    const label = [{ start: 3, end: 6, text: 'Ann', labels: ['PER'] }];
    const text = JSON.stringify([
      { id: 9, text: '😀 Ann Bob', label, annotator: 1, annotation_id: 2, lead_time: 3, topic: 'x' },
    ]);
    expect(found(text)).toMatchObject({
      format: 'label-studio',
      spans: [[['Ann', 'PER']]],
      codes: ['offsets-converted 1'],
    });
    expect(read(text).sentences[0]!.meta).toEqual({ topic: 'x' });
  });
});

describe('Prodigy', () => {
  test('answers, and spans that are absent', () => {
    const text = lines(
      { text: 'Ann ate', spans: [{ start: 0, end: 3, label: 'PER' }], answer: 'accept' },
      { text: 'Ann ate', answer: 'accept' },
      { text: 'Ann ate', spans: [{ start: 0, end: 3, label: 'ORG' }], answer: 'reject' },
      { text: 'Ann ate', answer: 'ignore', meta: { source: 's' } },
      { text: 'Ann ate' },
      { text: 'Ann ate', answer: 'maybe' },
    );
    const { sentences, findings, format, records } = read(text);
    expect(format).toBe('prodigy');
    expect(sentences.map(covered)).toEqual([[['Ann', 'PER']], [], null, null, null]);
    expect(sentences.map(({ meta }) => meta)).toEqual([
      undefined,
      undefined,
      { answer: 'reject' },
      { source: 's', answer: 'ignore' },
      undefined,
    ]);
    expect(findings.map(({ code, line }) => [code, line])).toEqual([
      ['answer-rejected', 3],
      ['answer-ignored', 4],
      ['malformed-line', 6],
    ]);
    expect(records).toEqual({ kept: 5, structure: 0, leftOut: 1 });
    expect(read(writeData('prodigy', sentences)).sentences).toEqual(
      sentences.map((sentence, i) => ({ ...sentence, id: `x-${String(i + 1)}` })),
    );
  });

  test('tokens are the words, white space is none; wrong ones are told', () => {
    const tokens = [
      { text: 'U.S.', start: 0, end: 4 },
      { text: '\n', start: 4, end: 5 },
      { text: 'law', start: 5, end: 8 },
    ];
    const { sentences } = read(lines({ text: 'U.S.\nlaw', tokens, answer: 'accept' }));
    expect(sentences[0]!.words).toEqual([
      { start: 0, end: 4 },
      { start: 5, end: 8 },
    ]);
    const wrong = read(lines({ text: 'U.S. law', tokens, answer: 'accept' }));
    expect(wrong.sentences[0]!.words).toHaveLength(5);
    expect(wrong.findings).toMatchObject([{ code: 'malformed-line', severity: 'warning' }]);
  });

  // Counted with Python's json module.
  test.for([
    ['fashion_brands_eval.jsonl', 500, 23114, 238],
    ['fashion_brands_training.jsonl', 1235, 57337, 527],
  ] as const)('%s whole, with its answers', ([name, count, tokens, entities], { skip }) => {
    const text = readShared(`data/real/prodigy-fashion/${name}`);
    if (text === null) return skip();
    const { sentences, findings, format, records } = readData(name, bytesOf(text));
    expect(format).toBe('prodigy');
    expect(records).toEqual({ kept: count, structure: 0, leftOut: 0 });
    expect(sentences.every(({ spans }) => spans !== null)).toBe(true);
    expect(sentences.flatMap(({ spans }) => spans ?? [])).toHaveLength(entities);
    const blank = (text.match(/"text":"(?:\s|\\[nrt])+","start"/g) ?? []).length;
    expect(sentences.reduce((sum, { words }) => sum + words.length, 0)).toBe(tokens - blank);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('spaCy', () => {
  test('pairs one a line, documents, no entities', () => {
    expect(found(lines(['Ann ate', { entities: [[0, 3, 'PER']] }], ['Bob ate', {}]))).toMatchObject({
      format: 'spacy',
      spans: [[['Ann', 'PER']], null],
    });
    const documents = [
      { text: 'Ann ate', ents: [{ start: 0, end: 3, label: 'PER' }], tokens: [] },
      { text: 'Bob ate', ents: [] },
    ];
    expect(found(JSON.stringify(documents, null, 2))).toMatchObject({
      format: 'spacy',
      spans: [[['Ann', 'PER']], []],
      records: { kept: 2 },
    });
  });
});

describe('Hugging Face tokens', () => {
  const rows = [
    { id: '0', tokens: ['Ann', 'Lee', 'ate'], ner_tags: [1, 2, 0] },
    { tokens: ['Rome'], ner_tags: [3] },
  ];
  const names = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];
  const wanted = [[['Ann Lee', 'PER']], [['Rome', 'LOC']]];

  test.each([
    ['a data set’s features', { features: { ner_tags: { feature: { class_label: { names } } } } }],
    [
      'features of a Dataset',
      { features: { ner_tags: { feature: { names, _type: 'ClassLabel' }, _type: 'Sequence' } } },
    ],
    ['a list', { label_names: names }],
    ['a model’s config', { id2label: Object.fromEntries(names.map((name, i) => [String(i), name])) }],
  ])('numbers with names from %s', (_, header) => {
    expect(found(lines(header, ...rows))).toMatchObject({
      format: 'hf-tokens',
      spans: wanted,
      codes: [],
      records: { kept: 2, structure: 1 },
    });
  });

  test('numbers with names from the person; without names they come in unlabelled', () => {
    const bytes = bytesOf(lines(...rows));
    expect(readData('x', bytes, 'hf-tokens', { labelNames: names }).sentences.map(covered)).toEqual(wanted);
    expect(found(lines(...rows))).toMatchObject({
      spans: [null, null],
      codes: ['label-names-missing 1', 'label-names-missing 2'],
    });
  });

  test('names; what is wrong leaves the record out', () => {
    const text = lines(
      { tokens: ['Ann', 'ate'], tags: ['I-PER', 'O'] },
      { words: ['Rome'], ner_tags: ['S-LOC'] },
      { tokens: ['a'] },
      { tokens: ['a'], ner_tags: ['O', 'O'] },
      { tokens: ['a'], ner_tags: ['PER'] },
      { tokens: ['a', ' '], ner_tags: ['O', 'O'] },
      { tokens: [1], ner_tags: ['O'] },
      { tokens: [] },
    );
    expect(found(text)).toMatchObject({
      format: 'hf-tokens',
      spans: [[['Ann', 'PER']], [['Rome', 'LOC']], null],
      records: { kept: 3, structure: 0, leftOut: 5 },
    });
  });

  test('written with numbers and their names, read back the same', () => {
    const { sentences } = read(lines({ label_names: names }, ...rows));
    const text = writeData('hf-tokens', sentences, { tagNumbers: true });
    expect(text.split('\n')[0]).toBe(
      '{"features":{"ner_tags":{"feature":{"names":["O","B-LOC","I-LOC","B-PER","I-PER"]}}}}',
    );
    expect(text.split('\n')[1]).toBe('{"id":"0","tokens":["Ann","Lee","ate"],"ner_tags":[3,4,0]}');
    expect(read(text).sentences).toEqual(sentences);
  });
});
