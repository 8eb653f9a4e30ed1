import { describe, expect, test } from 'vitest';
import { readData } from '../../../src/data/formats/read.ts';

const read = (name: string, text: string) => readData(name, new TextEncoder().encode(text));
const about = (name: string, text: string) =>
  read(name, text).findings.map(({ code, line, sentence = null }) => [code, line, sentence]);

describe('a finding names the sentence that it is about', () => {
  test('columns: by the lines of the sentence, though the tags are told of at the end of the file', () => {
    const good = 'Ada B-PER\nspoke O\n\n'.repeat(3);
    expect(about('c.conll', `${good}Rome I-LOC\nfell O\nalone\n. O\n\nEve B-PER\n`)).toEqual([
      ['illegal-opening', 10, 'c-4'],
      ['malformed-line', 12, 'c-4'],
    ]);
  });

  test('rows: the first row of a sentence is its own, and no more of the one that it ends', () => {
    const rows =
      'sentence_id,word,tag\n1,Ada,B-PER\n1,spoke,O\n2,Rome,I-LOC\n2,fell,O\n2,Eve,B-PER\n3,,O\n3,Bob,B-PER\n';
    expect(about('w.csv', rows)).toEqual([
      ['illegal-opening', 4, 'w-2'],
      ['malformed-line', 7, null],
    ]);
  });

  test('no sentence, for what stands between sentences or speaks of the whole file', () => {
    expect(about('c.conll', 'Ada B-PER\n\nalone\n\nEve B-PER\nspoke O\n\nBob B-PER\n\nIda B-PER\n')).toEqual([
      ['malformed-line', 3, null],
    ]);
    expect(about('c.conll', 'Ada I-PER\n\nEve I-PER\n')).toEqual([['scheme-converted', 1, null]]);
  });

  test('JSON: by the record, though a whole list may stand on one line', () => {
    const cuts = (id?: string) => ({ id, text: 'Ada spoke.', spans: [{ start: 0, end: 2, label: 'PER' }] });
    const list = [{ text: 'Eve', spans: [] }, cuts(), { text: 7 }, cuts('own')];
    const found = [
      ['span-cuts-word', 1, 'j-2'],
      ['malformed-line', 1, null],
      ['span-cuts-word', 1, 'own'],
    ];
    expect(about('j.json', JSON.stringify(list))).toEqual(found);
    const lines = list.map((one) => JSON.stringify(one)).join('\n');
    const onLines = found.map(([code, , id], i) => [code, i + 2, id]);
    expect(about('j.jsonl', lines)).toEqual(onLines);
  });

  test('lines in another encoding, by their place', () => {
    const bytes = new Uint8Array(Buffer.from('One two three four.\nDer B\xfcrgermeister sprach lange.\n', 'latin1'));
    expect(readData('t.txt', bytes).findings).toMatchObject([{ code: 'decoded-as-latin-1', sentence: 't-2' }]);
  });
});

describe('ids are never shared', () => {
  test('the later of two gets another, with a warning', () => {
    const lines = ['x', 'x', 'x-2', 'x'].map((id) => JSON.stringify({ id, text: 'Ada', spans: [] }));
    const { sentences, findings } = read('j.jsonl', lines.join('\n'));
    expect(sentences.map(({ id }) => id)).toEqual(['x', 'x-2', 'x-2-2', 'x-3']);
    expect(findings.map(({ code, severity, line }) => [code, severity, line])).toEqual([
      ['duplicate-id', 'warning', 2],
      ['duplicate-id', 'warning', 3],
      ['duplicate-id', 'warning', 4],
    ]);
  });

  test('records of one line without ids are numbered on', () => {
    const { sentences, findings } = read('j.json', '[{"text":"Ada","spans":[]},{"text":"Eve"}]\n\n\n');
    expect(sentences.map(({ id }) => id)).toEqual(['j-1', 'j-2']);
    expect(findings).toEqual([]);
  });
});
