import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsOf, groupFindings } from '../../../src/data/checks.ts';
import { joinWords } from '../../../src/data/formats/wordRows.ts';
import { readData } from '../../../src/data/formats/read.ts';
import { readTags, readTwoColumns } from '../../../src/data/formats/tagColumns.ts';
import { writeData } from '../../../src/data/formats/write.ts';
import type { Sentence } from '../../../src/data/types.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { readShared } from '../../support/shared.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (text: string, name = 'x.txt') => readData(name, bytesOf(text));
const spansIn = ({ text, spans }: Sentence) =>
  spans?.map(({ start, end, label }) => `${label}: ${text.slice(start, end)}`);

describe('columns', () => {
  const wanted = ['ORG: EU', 'MISC: German'];
  test.each([
    ['2 columns by space', 'EU B-ORG\nrejects O\nGerman B-MISC\n'],
    ['2 columns by TAB', 'EU\tB-ORG\nrejects\tO\nGerman\tB-MISC\n'],
    ['3 columns', 'EU NNP B-ORG\nrejects VBZ O\nGerman JJ B-MISC\n'],
    ['4 columns', 'EU NNP I-NP B-ORG\nrejects VBZ I-VP O\nGerman JJ I-NP B-MISC\n'],
    ['trailing blanks', 'EU B-ORG \nrejects O\t\nGerman B-MISC\n'],
    ['CR LF', 'EU B-ORG\r\nrejects O\r\nGerman B-MISC\r\n'],
    ['CR alone', 'EU B-ORG\rrejects O\rGerman B-MISC\r'],
    ['a byte order mark', '\ufeffEU B-ORG\nrejects O\nGerman B-MISC\n'],
    ['no newline at the end', 'EU B-ORG\nrejects O\nGerman B-MISC'],
    ['document marks', '-DOCSTART- -X- O O\n\nEU B-ORG\nrejects O\nGerman B-MISC\n\n-DOCSTART-\n'],
  ])('%s', (_, text) => {
    const { sentences, findings } = read(text);
    expect(sentences.map(({ text }) => text)).toEqual(['EU rejects German']);
    expect(spansIn(sentences[0]!)).toEqual(wanted);
    expect(sentences[0]!.words).toEqual([
      { start: 0, end: 2 },
      { start: 3, end: 10 },
      { start: 11, end: 17 },
    ]);
    expect(findings).toEqual([]);
  });

  test('sentences end at blank lines, however many, and at document marks', () => {
    const { sentences } = read('\n\nA O\n\n \t\n\nB O\n-DOCSTART- O\nC O\n', 'dir/my.data.txt');
    expect(sentences.map(({ id, text }) => [id, text])).toEqual([
      ['my.data-1', 'A'],
      ['my.data-2', 'B'],
      ['my.data-3', 'C'],
    ]);
  });

  test('only ASCII blanks part columns: other white space may stand in a word', () => {
    const { sentences } = read('a\u00a0b\tB-X\n\u3000\tO\n');
    expect(sentences[0]!.text).toBe('a\u00a0b \u3000');
    expect(sentences[0]!.words).toHaveLength(2);
  });
});

describe('lines that cannot be read', () => {
  test('are found by number, and the rest is imported', () => {
    const { sentences, findings } = read(
      'EU B-ORG\nalone\na b c d O\nrejects X\nGerman B-MISC\n\nB-PER\n\nok O\nfine O\n',
    );
    expect(sentences.map(({ text }) => text)).toEqual(['EU German', 'ok fine']);
    expect(findings.map(({ code, severity, line }) => [code, severity, line])).toEqual([
      ['malformed-line', 'error', 2],
      ['malformed-line', 'error', 3],
      ['malformed-line', 'error', 4],
      ['malformed-line', 'error', 7],
    ]);
    expect(findings[0]!.message).toMatch(/Only 1 of at least 2 columns/);
    expect(findings[1]!.message).toMatch(/5 columns/);
    expect(findings[2]!.message).toMatch(/“X” is no tag/);
  });

  test('a line that is not UTF-8 is read as Latin-1, and only that line', () => {
    const bytes = Uint8Array.from([...bytesOf('é O\nb'), 0xe9, ...bytesOf(' B-X\r\nç O\n')]);
    const { sentences, findings } = readData('x', bytes);
    expect(sentences[0]!.text).toBe('é bé ç');
    expect(findings.map(({ code, line }) => [code, line])).toEqual([['decoded-as-latin-1', 2]]);
  });

  test('UTF-16 with its mark is read', () => {
    const text = '\ufeffÉU B-ORG\n';
    const bytes = new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);
    expect(readData('x', bytes).sentences[0]!.text).toBe('ÉU');
  });
});

describe('schemes, told by content', () => {
  test('IOB1 is read as IOB2, and told', () => {
    const { sentences, findings } = read('A I-PER\nB I-PER\nC B-PER\nD O\nE I-LOC\nF I-ORG\n');
    expect(spansIn(sentences[0]!)).toEqual(['PER: A B', 'PER: C', 'LOC: E', 'ORG: F']);
    expect(findings).toMatchObject([{ code: 'scheme-converted', severity: 'note', line: 1 }]);
    expect(findings[0]!.message).toMatch(/IOB1/);
    expect(writeData('conll', sentences)).toBe('A B-PER\nB I-PER\nC B-PER\nD O\nE B-LOC\nF B-ORG\n\n');
  });

  test('a stray I- in IOB2 is a finding of its own and opens an entity', () => {
    const { sentences, findings } = read('A B-PER\nB I-PER\nC O\nD B-LOC\n\nE I-ORG\n');
    expect(sentences.flatMap((s) => spansIn(s))).toEqual(['PER: A B', 'LOC: D', 'ORG: E']);
    expect(findings).toMatchObject([{ code: 'illegal-opening', severity: 'warning', line: 6 }]);
  });

  test.each([
    ['IOBES', 'A B-PER\nB I-PER\nC E-PER\nD S-PER\nE O\nF S-LOC\n'],
    ['BILOU', 'A B-PER\nB I-PER\nC L-PER\nD U-PER\nE O\nF U-LOC\n'],
  ])('%s', (_, text) => {
    const { sentences, findings } = read(text);
    expect(spansIn(sentences[0]!)).toEqual(['PER: A B C', 'PER: D', 'LOC: F']);
    expect(findings).toMatchObject([{ code: 'scheme-converted', line: 3 }]);
  });
});

describe('more kinds of columns', () => {
  test('I-only is told from IOB1', () => {
    const { sentences, findings } = read('A I-PER\nB I-PER\nC O\nD I-LOC\n');
    expect(spansIn(sentences[0]!)).toEqual(['PER: A B', 'LOC: D']);
    expect(findings).toMatchObject([{ code: 'scheme-converted', line: 1, excerpt: 'A I-PER' }]);
    expect(findings[0]!.message).toMatch(/I-only: all 2 entities/);
  });

  test('only TABs part columns where every line has one: words keep their spaces', () => {
    const { sentences } = read('New York\tB-LOC\nis\tO\n\t\n5 1/2\tO\n');
    expect(sentences.map(({ text, words }) => [text, words.length])).toEqual([
      ['New York is', 2],
      ['5 1/2', 1],
    ]);
    expect(spansIn(sentences[0]!)).toEqual(['LOC: New York']);
  });

  test('CoNLL-U: numbers first, comments, groups of words', () => {
    const lines = [
      ...['# newdoc id = letter', '# sent_id = s7', '# text = Ann didn’t O'],
      ...['1\tAnn\tPROPN\tB-PER', '2-3\tdidn’t\t_\t_', '2\tdid\tAUX\tO', '3\tn’t\tPART\tO', ''],
      ...['# sent_id = s8', '1\t2\tNUM\tO', '1.1\tghost\t_\tO', '2\tRome\tPROPN\tB-LOC'],
    ];
    const { sentences, findings, records } = read(lines.join('\n'));
    expect(sentences.map(({ id, text, meta }) => [id, text, meta])).toEqual([
      ['s7', 'Ann did n’t', { document: '1' }],
      ['s8', '2 Rome', { document: '1' }],
    ]);
    expect(sentences.flatMap(spansIn)).toEqual(['PER: Ann', 'LOC: Rome']);
    expect(findings).toEqual([]);
    expect(records).toEqual({ kept: 5, structure: 6, leftOut: 0 });
  });

  test('a hash that begins a word is no comment', () => {
    expect(read('#rome\tO\n#\tO\n# O\n').sentences[0]!.text).toBe('#rome # #');
  });

  test('documents are numbered, and marked again when written', () => {
    const { sentences } = read('-DOCSTART- -X- O O\n\nA B-X\n\nB O\n\n-DOCSTART- O\nC O\n');
    expect(sentences.map(({ meta }) => meta?.['document'])).toEqual(['1', '1', '2']);
    expect(readData('x.txt', bytesOf(writeData('conll', sentences))).sentences).toEqual(sentences);
  });

  test('NUL characters are taken out, and told', () => {
    const { sentences, findings } = readData('x', bytesOf('A\0 O\nB B-X\0\nC O\n'), 'conll');
    expect(sentences[0]!.text).toBe('A B C');
    expect(findings.map(({ code, line }) => [code, line])).toEqual([
      ['nul-removed', 1],
      ['nul-removed', 2],
    ]);
  });

  test.each(['utf-16le', 'utf-16be'])('%s without a mark is told by its zeros', (name) => {
    const units = Array.from('Ann B-PER\nate O\n', (c) => c.charCodeAt(0));
    const bytes = Uint8Array.from(units.flatMap((u) => (name === 'utf-16le' ? [u & 255, u >> 8] : [u >> 8, u & 255])));
    expect(spansIn(readData('x', bytes).sentences[0]!)).toEqual(['PER: Ann']);
  });
});

describe('tag columns for scoring', () => {
  test('gold and predicted side by side, illegal openings kept', () => {
    const { gold, predicted, words, findings } = readTwoColumns(
      bytesOf('A NNP B-PER B-PER\nB NNP I-PER O\nC NNP O I-LOC\n\nbad B-PER\nD NN B-LOC B-LOC\n'),
    );
    expect(words).toEqual([['A', 'B', 'C'], ['D']]);
    expect(gold).toEqual([['B-PER', 'I-PER', 'O'], ['B-LOC']]);
    expect(predicted).toEqual([['B-PER', 'O', 'I-LOC'], ['B-LOC']]);
    expect(findings.map(({ code, line }) => [code, line])).toEqual([
      ['illegal-opening', 3],
      ['malformed-line', 5],
    ]);
  });

  test('one column: IOB2 as it stands, IOB1 converted', () => {
    expect(readTags(bytesOf('A B-PER\nB O\nC I-PER\nD B-PER\n')).tags).toEqual([['B-PER', 'O', 'I-PER', 'B-PER']]);
    expect(readTags(bytesOf('A I-PER\nB B-PER\nC I-PER\n')).tags).toEqual([['B-PER', 'B-PER', 'I-PER']]);
  });
});

describe('writing', () => {
  const word = fc.stringMatching(/^[a-zé😀."-]{1,5}$/u).filter((w) => !w.startsWith('-'));
  const label = fc.constantFrom('PER', 'MISC-OTHER', 'creative-work');
  const sentence = fc
    .array(fc.record({ words: fc.array(word, { minLength: 1, maxLength: 3 }), label: fc.option(label) }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => {
      const { text, words } = joinWords(parts.flatMap((part) => part.words));
      let at = 0;
      const spans = parts.flatMap(({ words: own, label }) => {
        const [first, last] = [words[at]!, words[at + own.length - 1]!];
        at += own.length;
        return label === null ? [] : [{ start: first.start, end: last.end, label }];
      });
      return { text, words, spans };
    });

  test('what was written is read back the same', () => {
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 5 }), (parts) => {
        const sentences = parts.map((part, i): Sentence => ({ id: `x-${String(i + 1)}`, ...part }));
        const back = readData('x.conll', bytesOf(writeData('conll', sentences)), 'conll');
        expect(back.sentences).toEqual(sentences);
        expect(back.findings).toEqual([]);
      }),
      { seed: 20261101 },
    );
  });

  test('what cannot be said is refused', () => {
    const { words, text } = joinWords(['A']);
    const unlabelled: Sentence = { id: '7', text, words, spans: null };
    expect(() => writeData('conll', [unlabelled])).toThrow(/sentence 7 is not labelled/);
    const tabbed = { ...unlabelled, spans: [{ start: 0, end: 1, label: 'work\tof art' }] };
    expect(() => writeData('conll', [tabbed])).toThrow(expect.objectContaining({ code: 'data-invalid' }));
  });

  test('where a word or a label holds a space, TABs part the columns', () => {
    const { words, text } = joinWords(['A', 'B']);
    const spaced: Sentence = { id: 'x-1', text, words, spans: [{ start: 0, end: 3, label: 'work of art' }] };
    expect(writeData('conll', [spaced])).toBe('A\tB-work of art\nB\tI-work of art\n\n');
    expect(readData('x', bytesOf(writeData('conll', [spaced]))).sentences).toEqual([spaced]);
    const wide: Sentence = { id: 'x-1', text: 'New York', words: [{ start: 0, end: 8 }], spans: [] };
    expect(readData('x', bytesOf(writeData('conll', [wide]))).sentences).toEqual([wide]);
  });
});

interface Counts {
  readonly sentences: number;
  readonly tokens: number;
  readonly labels: Readonly<Record<string, number>>;
}
const golden = JSON.parse(new TextDecoder().decode(await readGolden('formats/conll-counts.json'))) as {
  readonly files: Readonly<Record<string, Counts>>;
};

test.for(Object.entries(golden.files))('%s holds what a plain reader and seqeval count', ([name, wanted], { skip }) => {
  const text = readShared(`data/real/${name}`);
  if (text === null) return skip();
  const { sentences, findings, format } = read(text, name);
  expect(format).toBe('conll');
  expect(countsOf(sentences)).toMatchObject(wanted);
  expect(groupFindings(findings).filter(({ code }) => code !== 'scheme-converted')).toEqual([]);
});

test('labels without B- and I- are read as I-, neighbours of one label as one entity', () => {
  const { format, sentences, findings } = readData('x', bytesOf('Ann PER\nLee PER\nleft O\n\nEU\tORG\nsat O\nit O\n'));
  expect(format).toBe('conll');
  expect(sentences.map(({ text, spans }) => [text, spans])).toEqual([
    ['Ann Lee left', [{ start: 0, end: 7, label: 'PER' }]],
    ['EU sat it', [{ start: 0, end: 2, label: 'ORG' }]],
  ]);
  expect(findings.map(({ code }) => code)).toEqual(['scheme-converted']);
});

test('a word without a tag is no label, where other tags have B- or I-, or other lines are wider', () => {
  for (const file of ['Ann B-PER\nLee PER\nleft O\nnow O\n', 'Ann N O\nLee N\nleft V O\nnow A O\n'])
    expect(readData('x', bytesOf(file)).findings.map(({ code, line }) => [code, line])).toEqual([
      ['malformed-line', 2],
    ]);
});
