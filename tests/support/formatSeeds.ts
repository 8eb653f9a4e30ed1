import type { FormatId } from '../../src/data/formats/format.ts';

const lines = (...values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');
const span = (start: number, end: number, label: string) => ({ start, end, label });

/** A file of each format with whatever the format can say: emoji, hyphens, odd spacing, overlaps, no labels, metadata. */
export const formatFixtures: Readonly<Record<FormatId, string>> = {
  jsonl: lines(
    {
      id: 'a',
      text: '😀  Ann-Marie met',
      spans: [span(4, 13, 'PER-first'), span(8, 13, 'PER')],
      meta: { page: '1', text: 'x' },
    },
    {
      id: 'b',
      text: 'U.S. law',
      words: [
        [0, 4],
        [5, 8],
      ],
      spans: [span(0, 4, 'LOC')],
      authors: { all: { kind: 'person', name: 'A', version: 1 } },
    },
    { id: 'c', text: 'nobody labelled this' },
    { id: 'd', text: 'nothing here', spans: [], masked: [[0, 7]], weight: 0.5 },
  ),
  conll: '-DOCSTART- O\n\n😀 O\nU.S. B-LOC-x\nlaw I-LOC-x\n\nAnn B-PER\nLee B-PER\n\n',
  prodigy: lines(
    {
      ...{ text: '😀 U.S.', spans: [span(2, 6, 'LOC')], answer: 'accept', meta: { source: 's' } },
      tokens: [
        { text: '😀', start: 0, end: 1 },
        { text: 'U.S.', start: 2, end: 6 },
      ],
    },
    { text: 'not yet' },
    { text: 'no', answer: 'reject' },
  ),
  doccano: lines(
    {
      id: 7,
      text: 'Ann  ate',
      label: [
        [0, 3, 'PER'],
        [1, 3, 'X'],
      ],
      page: 3,
    },
    { text: 'none' },
  ),
  'label-studio': JSON.stringify([
    {
      id: 1,
      data: { text: '😀 Ann', kind: 'k' },
      annotations: [{ result: [{ value: { start: 2, end: 5, text: 'Ann', labels: ['PER'] } }] }],
    },
    {
      id: 2,
      data: { text: 'Bob ate' },
      predictions: [{ model_version: 'm', result: [{ value: { start: 0, end: 3, labels: ['PER'] } }] }],
    },
  ]),
  spacy: JSON.stringify([
    ['😀 Ann ate', { entities: [[2, 5, 'PER']] }],
    ['none', {}],
  ]),
  'hf-tokens': lines({ id: 'q', tokens: ['U.S.', 'law'], ner_tags: ['B-LOC-x', 'O'] }, { tokens: ['none'] }),
  'word-table': 'Sentence #,Word,POS,Tag\n1,"U.S.",N,B-LOC-x\n,law,N,O\n2,😀,S,O\n,Ann,N,I-PER\n',
  csv: 'id,text,source\n1,"a, b",web\n2,c,book\n',
  text: 'A line of prose, with 😀.\n\nAnother one.\n',
};

/** Files to be mutated: the fixtures, and other layouts of the same formats. The first word names the format. */
export const formatSeeds: Readonly<Record<string, string>> = {
  ...formatFixtures,
  'conll with TABs': 'New York\tB-LOC\n5 1/2\tO\n\t\nAnn\tI-PER\nLee\tE-PER\n',
  'conll numbered': '# sent_id = a\n1\tAnn\tN\tB-X\n2-3\tdont\t_\t_\n2\tdo\tV\tO\n3\tnt\tV\tO\n\n1\tBob\tN\tB-X\n',
  'word-table of Excel': 'sep=;\nword;tag\nAnn;B-X\n;\nBob;B-X\nLee;E-X\n',
  'csv without a text': 'sep=;\nNr;Satz\n1;Ann ate two eggs.\n2;"Bob; slept long"\n',
  'hf-tokens by number': lines(
    { label_names: ['O', 'B-X', 'I-X'] },
    { tokens: ['a', 'b'], ner_tags: [1, 2] },
    { words: ['c'], tags: [0] },
  ),
  'doccano with relations': lines({
    id: 1,
    text: '😀 Ann',
    entities: [{ id: 1, label: 'PER', start_offset: 3, end_offset: 6 }],
    relations: [],
  }),
  'label-studio short': JSON.stringify(
    [{ id: 9, text: '😀 Ann', label: [{ start: 2, end: 5, text: 'Ann', labels: ['PER'] }], annotation_id: 2 }],
    null,
    2,
  ),
  'spacy documents': lines({ text: 'Ann ate', ents: [{ start: 0, end: 3, label: 'PER' }] }, { text: 'b', ents: [] }),
  'jsonl as a list': JSON.stringify(
    [
      { text: 'Ann "said" \\ so', spans: [span(0, 3, 'PER')] },
      { text: 'b', spans: [] },
    ],
    null,
    1,
  ),
};
