import { labelOfTag } from '../labels.ts';
import type { Format, Opening, Reader, Sample, Sink, Taken } from './format.ts';
import { isTag } from './scheme.ts';
import { headedRows, separatorOf, tableCutter, valuesOfRow } from './table.ts';
import { gatherWords } from './wordRows.ts';

/**
 * A table of values with a word and its tag a row, as spreadsheets hold labelled text: a header with a column of words, one of
 * tags, and perhaps one that names or numbers the sentence, filled in each row or in the first of a sentence only. A row
 * without values ends a sentence too.
 */
export const wordTable: Format = {
  id: 'word-table',
  name: 'CSV or TSV with a word a row',
  what: 'a header with columns “sentence”, “word” and “tag”, then a row for each word',
  extensions: ['.csv', '.tsv'],
  record: 'row',
  detect,
  cutter: tableCutter,
  open,
  write: null,
};

const columnNames = {
  word: ['word', 'words', 'token', 'tokens'],
  tag: ['tag', 'tags', 'ner', 'ner_tag', 'ner_tags', 'label', 'labels', 'entity'],
  sentence: ['sentence #', 'sentence_id', 'sentence id', 'sentence', 'sent_id', 'sentence number', 'sentence_idx'],
} as const;

interface Columns {
  readonly width: number;
  readonly word: number;
  readonly tag: number;
  /** −1 where none tells. */
  readonly sentence: number;
}

/** Null where the header names no column of words, or none of tags. */
function columnsOf(header: readonly string[]): Columns | null {
  const lower = header.map((name) => name.trim().toLowerCase());
  const place = (of: keyof typeof columnNames) =>
    columnNames[of].map((name) => lower.indexOf(name)).find((at) => at >= 0) ?? -1;
  const [word, tag] = [place('word'), place('tag')];
  return word < 0 || tag < 0 ? null : { width: header.length, word, tag, sentence: place('sentence') };
}

/** Rows with a tag where the header says so. */
function detect(sample: Sample): number {
  const { header, rows } = headedRows(sample);
  const columns = columnsOf(header);
  if (columns === null || rows.length === 0) return 0;
  return rows.filter((row) => row.length === columns.width && isTag(row[columns.tag]!.trim())).length / rows.length;
}

function open(opening: Opening): Reader {
  const separator = separatorOf(opening.sample);
  const words = gatherWords(opening);
  let columns: Columns | null = null;
  let sentence: string | null = null;

  function takeRow(row: readonly string[], { width, ...at }: Columns, line: number, text: string, sink: Sink): Taken {
    const name = row[at.sentence]?.trim() ?? '';
    if (name !== '' && name !== sentence) words.close(sink, { lastLine: line - 1 });
    if (name !== '') sentence = name;
    if (row.every((value) => value.trim() === '')) {
      words.close(sink);
      return 'structure';
    }
    const code = 'malformed-line';
    if (row.length !== width)
      return { code, message: `There are ${String(row.length)} values under ${String(width)} columns.` };
    const [word, tag] = [row[at.word]!.trim(), row[at.tag]!.trim()];
    if (word === '') return { code, message: 'There is no word in the row.' };
    if (!isTag(tag)) return { code, message: `“${tag.slice(0, 40)}” is no tag such as O, B-PER or I-PER.` };
    words.add({ line, word, tag, text });
    return 'kept';
  }

  return {
    take({ text, line }, sink): Taken {
      if (text.trim() === '') {
        words.close(sink);
        return 'blank';
      }
      const row = valuesOfRow(text, separator);
      if (row === 'separator') return 'structure';
      if (row === null) return { code: 'malformed-line', message: 'A quote is opened and never closed.' };
      if (columns !== null) return takeRow(row, columns, line, text, sink);
      columns = columnsOf(row) ?? { width: row.length, word: 0, tag: row.length - 1, sentence: -1 };
      return row.some((value) => labelOfTag(value.trim()) !== null)
        ? takeRow(row, columns, line, text, sink)
        : 'structure';
    },
    end(sink) {
      words.close(sink);
      words.end(sink);
    },
    facts: () => words.facts(),
  };
}
