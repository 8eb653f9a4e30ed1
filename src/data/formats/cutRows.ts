import { lineCutter, type Cutter, type Piece } from './cut.ts';

/**
 * Rows of a table of values (RFC 4180): a row goes on over line ends that stand in quotes. Where a quote is never closed,
 * its row ends with its line, and what follows is cut by lines.
 */
export function rowCutter(separator: string): Cutter {
  const lines = lineCutter();
  let open: Piece[] = [];
  let quoted = false;

  function take(piece: Piece, rows: Piece[]): void {
    quoted = endsQuoted(piece.text, separator, quoted);
    open.push(piece);
    if (quoted) return;
    rows.push({ text: open.map(({ text }) => text).join('\n'), line: open[0]!.line });
    open = [];
  }

  return {
    push(text) {
      const rows: Piece[] = [];
      for (const piece of lines.push(text)) take(piece, rows);
      return rows;
    },
    end() {
      const rows: Piece[] = [];
      for (const piece of lines.end()) take(piece, rows);
      const unclosed = open;
      open = [];
      return [...rows, ...unclosed];
    },
  };
}

/** Whether a quote is open at the end of a line. A quote opens a value only at its beginning; two of them are one inside. */
function endsQuoted(line: string, separator: string, quotedBefore: boolean): boolean {
  let quoted = quotedBefore;
  let atStart = !quotedBefore;
  for (const character of line) {
    if (quoted) {
      // Two quotes close and open again: the same in the end, but for `atStart`, which is set for that one character.
      if (character === '"') [quoted, atStart] = [false, true];
    } else if (character === '"' && atStart) {
      [quoted, atStart] = [true, false];
    } else {
      atStart = character === separator;
    }
  }
  return quoted;
}

/** Values of one row; null where a quote is not closed. Characters after a closing quote are kept. */
export function valuesOf(row: string, separator: string): string[] | null {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    let value = '';
    if (row[at] === '"') {
      const end = closingQuote(row, at + 1);
      if (end === null) return null;
      value = row.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    }
    const next = row.indexOf(separator, at);
    values.push(value + row.slice(at, next < 0 ? row.length : next));
    if (next < 0) return values;
    at = next + 1;
  }
}

function closingQuote(row: string, from: number): number | null {
  for (let at = row.indexOf('"', from); at >= 0; at = row.indexOf('"', at + 2)) {
    if (row[at + 1] !== '"') return at;
  }
  return null;
}
