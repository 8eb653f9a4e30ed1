import { piecesOf, type Cutter } from './cut.ts';
import { rowCutter, valuesOf } from './cutRows.ts';
import type { Sample } from './format.ts';

/** What the formats of tables share: comma, semicolon or TAB between values, a header, quotes as in RFC 4180. */

const separators = [',', ';', '\t'] as const;
/** Excel's own first line, which says what parts the values. */
const declaration = /^\ufeff?sep=(.)\s*$/i;

/** The separator that the file declares, else the one that gives the header the most columns. */
export function separatorOf({ lines }: Sample): string {
  const first = lines[0] ?? '';
  const declared = declaration.exec(first)?.[1];
  if (declared !== undefined) return declared;
  const columns = (separator: string) => valuesOf(first, separator)?.length ?? 0;
  return separators.reduce<string>((best, separator) => (columns(separator) > columns(best) ? separator : best), ',');
}

export function tableCutter(sample: Sample): Cutter {
  return rowCutter(separatorOf(sample));
}

/** Values of one row, names of columns without a byte order mark; null where a quote is not closed. */
export function valuesOfRow(text: string, separator: string): string[] | null | 'separator' {
  if (declaration.test(text)) return 'separator';
  return valuesOf(text.replace(/^\ufeff/, ''), separator);
}

/** The rows of a sample as they stand in the file, without a byte order mark, blank ones and the declared separator. */
export function rowsOf(sample: Sample): string[] {
  const pieces = piecesOf(tableCutter(sample), sample.lines.join('\n')).map(({ text }) => text);
  return pieces.filter((row) => row.trim() !== '' && !declaration.test(row)).map((row) => row.replace(/^\ufeff/, ''));
}

/** The header of a sample and the rows below it; rows with an open quote have no values. */
export function headedRows(sample: Sample): { header: string[]; rows: string[][] } {
  const separator = separatorOf(sample);
  const [header = [], ...rows] = rowsOf(sample).map((row) => valuesOf(row, separator) ?? []);
  return { header: header.map((name) => name.trim()), rows };
}
