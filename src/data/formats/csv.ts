import type { Sentence } from '../types.ts';
import { wordsOf } from '../words.ts';
import type { Format, Opening, Reader, Refusal, Sample, Taken } from './format.ts';
import { headedRows, rowsOf, separatorOf, tableCutter, valuesOfRow } from './table.ts';
import { textNames } from './textNames.ts';

/**
 * A table of values with a header and a column of text, parted by comma, semicolon or TAB; quotes as in RFC 4180. The
 * column is the one that is named so, else the one with the longest values. A column `id` names sentences, the others are
 * metadata. One column of quoted values may lack its header. Nothing in it is labelled.
 */
export const csv: Format = {
  id: 'csv',
  name: 'CSV or TSV with a text column',
  what: 'a header with a column “text”, then a row for each sentence',
  extensions: ['.csv', '.tsv'],
  record: 'row',
  detect,
  cutter: tableCutter,
  open,
  write: null,
};

/** Rows as wide as the header, where the header names a text; else what looks like a table all over. */
function detect(sample: Sample): number {
  const { header, rows } = headedRows(sample);
  if (rows.length === 0 || new Set(header).size < header.length) return 0;
  const share = rows.filter((row) => row.length === header.length).length / rows.length;
  if (header.some(isTextName)) return share;
  return isTable(header, rows) || isOneColumn(sample) ? likely * share : 0;
}

/** Above what plain text gets: a table that was read as lines would have its separators and other columns in its sentences. */
const likely = 0.6;

/**
 * Whether a header without a known name stands over a table: short names, values that no blank comes before (after a comma in
 * prose there is one), and sentences in some column.
 */
function isTable(header: readonly string[], rows: readonly (readonly string[])[]): boolean {
  const isName = (name: string) => /^[^.!?]{1,30}$/.test(name) && name.split(/\s+/).length <= 3;
  if (header.length < 2 || !header.every(isName)) return false;
  if (rows.some((row) => row.length !== header.length || row.slice(1).some((value) => value.startsWith(' '))))
    return false;
  const words = (value: string | undefined) => value?.match(/\p{L}{2,}/gu)?.length ?? 0;
  return header.some((_, i) => rows.filter((row) => words(row[i]) >= 3).length >= rows.length / 2);
}

/**
 * Whether each line is one value, quoted where it has to be or everywhere; a line of prose that only begins with a quote, or has
 * a comma outside of quotes, is none.
 */
function isOneColumn(sample: Sample): boolean {
  const [separator, rows] = [separatorOf(sample), rowsOf(sample).map((row) => row.trim())];
  const quoted = rows.filter((row) => /^"(?:[^"]|"")*"$/.test(row));
  const bare = rows.filter((row) => !row.includes('"') && !row.includes(separator));
  const needed = quoted.filter((row) => row.slice(1, -1).search(/[",;\t\n]/) >= 0);
  const all = quoted.length === rows.length;
  return quoted.length > 0 && quoted.length + bare.length === rows.length && (all || needed.length === quoted.length);
}

function isTextName(name: string): boolean {
  return textNames.some((known) => known === name.toLowerCase());
}

/** The place of the text: as the person says, by its name, else where the longest values are. */
function textColumn(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  wanted: string | undefined,
): number {
  const lower = header.map((name) => name.toLowerCase());
  const asked = wanted === undefined ? -1 : lower.indexOf(wanted.toLowerCase());
  const usual = textNames.map((name) => lower.indexOf(name)).find((at) => at >= 0);
  if (asked >= 0 || usual !== undefined) return asked >= 0 ? asked : usual!;
  const lengths = header.map((_, i) => rows.reduce((sum, row) => sum + (row[i]?.length ?? 0), 0));
  return lengths.indexOf(Math.max(...lengths));
}

function open({ stem, sample, options }: Opening): Reader {
  const separator = separatorOf(sample);
  const { header: first, rows } = headedRows(sample);
  const isHeadless = isOneColumn(sample) && !first.some((name) => isTextName(name) || name === options.textColumn);
  let columns: { header: readonly string[]; text: number; id: number } | null = null;

  function sentenceOf(values: readonly string[], line: number): Sentence | Refusal {
    const { header, text: textAt, id: idAt } = columns!;
    if (values.length !== header.length) {
      const message = `There are ${String(values.length)} values under ${String(header.length)} columns.`;
      return { code: 'malformed-line', message };
    }
    const text = values[textAt]!;
    const id = values[idAt] ?? '';
    const words = wordsOf(text);
    if (words.length === 0) return { code: 'empty-sentence', message: 'The text holds no word.' };
    const others = header.flatMap((name, i) =>
      i === textAt || i === idAt || values[i] === '' ? [] : [[name, values[i]!]],
    );
    const meta = others.length === 0 ? {} : { meta: Object.fromEntries(others) as Readonly<Record<string, string>> };
    return { id: id === '' ? `${stem}-${String(line)}` : id, text, words, spans: null, ...meta };
  }

  return {
    take({ text, line }, sink): Taken {
      if (text.trim() === '') return 'blank';
      const values = valuesOfRow(text, separator);
      if (values === 'separator') return 'structure';
      if (values === null) return { code: 'malformed-line', message: 'A quote is opened and never closed.' };
      if (columns === null && isHeadless) {
        columns = { header: ['text'], text: 0, id: -1 };
        const message = 'There is one column, and no header: the first row was taken for a sentence too.';
        sink.find('missing-field', 'note', line, message);
      } else if (columns === null) {
        const header = values.map((name) => name.trim());
        const id = header.findIndex((name) => name.toLowerCase() === 'id');
        const column = textColumn(header, rows, options.textColumn);
        columns = { header, text: column, id: id === column ? -1 : id };
        if (!header.some(isTextName) && options.textColumn === undefined) {
          const message = `No column is called “text”: “${header[column] ?? ''}”, which holds the longest values, was taken for it.`;
          sink.find('missing-field', 'note', line, message);
        }
        return 'structure';
      }
      const sentence = sentenceOf(values, line);
      if ('code' in sentence) return sentence;
      sink.sentence(sentence);
      return 'kept';
    },
    end() {
      // Rows are whole as they come.
    },
    facts() {
      if (columns === null) return {};
      const { header, text } = columns;
      return { columns: header, textColumn: header[text]! };
    },
  };
}
