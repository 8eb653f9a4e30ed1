import type { Sentence } from '../types.ts';
import { wordsOf } from '../words.ts';
import { piecesOf } from './cut.ts';
import { rowCutter, valuesOf } from './cutRows.ts';
import type { Format, Opening, Reader, Refusal, Sample, Taken } from './format.ts';

/**
 * A table of values with a header and a column of text, parted by comma, semicolon or TAB; quotes as in RFC 4180. The
 * column is the one that is named so, else the one with the longest values. A column `id` names sentences, the others are
 * metadata. Nothing in it is labelled.
 */
export const csv: Format = {
  id: 'csv',
  name: 'CSV or TSV with a text column',
  what: 'a header with a column “text”, then a row for each sentence',
  extensions: ['.csv', '.tsv'],
  record: 'row',
  detect,
  cutter: (sample) => rowCutter(separatorOf(sample)),
  open,
  write: null,
};

const separators = [',', ';', '\t'] as const;
const textNames = ['text', 'sentence', 'content', 'body', 'message', 'comment', 'tweet', 'document'];

/** The separator that gives the header the most columns. */
function separatorOf({ lines }: Sample): string {
  const columns = (separator: string) => valuesOf(lines[0] ?? '', separator)?.length ?? 0;
  return separators.reduce<string>((best, separator) => (columns(separator) > columns(best) ? separator : best), ',');
}

function rowsOf(sample: Sample): { header: string[]; rows: string[][] } {
  const separator = separatorOf(sample);
  const pieces = piecesOf(rowCutter(separator), sample.lines.join('\n')).filter(({ text }) => text.trim() !== '');
  const [header = [], ...rows] = pieces.map(({ text }) => valuesOf(text, separator) ?? []);
  return { header: header.map(bare), rows };
}

function bare(name: string): string {
  return name.replace(/^\ufeff/, '').trim();
}

/** Rows as wide as the header, where the header names a text. */
function detect(sample: Sample): number {
  const { header, rows } = rowsOf(sample);
  const named = header.some((name) => textNames.includes(name.toLowerCase()));
  if (!named || rows.length === 0 || new Set(header).size < header.length) return 0;
  return rows.filter((row) => row.length === header.length).length / rows.length;
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
  const { rows } = rowsOf(sample);
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
      const values = valuesOf(text, separator);
      if (values === null) return { code: 'malformed-line', message: 'A quote is opened and never closed.' };
      if (columns === null) {
        const header = values.map(bare);
        const id = header.findIndex((name) => name.toLowerCase() === 'id');
        const column = textColumn(header, rows, options.textColumn);
        columns = { header, text: column, id: id === column ? -1 : id };
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
