import type { Finding } from '../types.ts';
import { columnsOf, linesOf } from './lines.ts';
import { isTag } from './scheme.ts';

/** One word of a column file with its tags, the last columns of its line. */
export interface Row {
  readonly line: number;
  readonly word: string;
  readonly tags: readonly string[];
}

const mostColumns = 4;
const documentMark = '-DOCSTART-';

/** Whether a line holds a word and `tagColumns` tags, in no more than four columns. */
export function isRow(line: string, tagColumns: number): boolean {
  return problemOf(columnsOf(line), tagColumns) === null;
}

export function isDocumentMark(line: string): boolean {
  return line.trimStart().startsWith(documentMark);
}

/**
 * Sentences of a column file: rows between blank lines and `-DOCSTART-` lines. A line that is no row is left out, with an
 * error, and its sentence goes on.
 */
export function readRows(text: string, tagColumns: number): { sentences: Row[][]; findings: Finding[] } {
  const sentences: Row[][] = [];
  const findings: Finding[] = [];
  let open: Row[] = [];
  const close = () => {
    if (open.length > 0) sentences.push(open);
    open = [];
  };
  linesOf(text).forEach((content, i) => {
    const line = i + 1;
    const columns = columnsOf(content);
    if (columns.length === 0 || isDocumentMark(content)) {
      close();
      return;
    }
    const problem = problemOf(columns, tagColumns);
    if (problem === null) {
      open.push({ line, word: columns[0]!, tags: columns.slice(-tagColumns) });
    } else {
      findings.push({ code: 'malformed-line', severity: 'error', line, message: `${problem} The line was left out.` });
    }
  });
  close();
  return { sentences, findings };
}

function problemOf(columns: readonly string[], tagColumns: number): string | null {
  if (columns.length < 1 + tagColumns) {
    const wanted = tagColumns === 1 ? 'a word and its tag' : 'a word, its gold tag and its predicted tag';
    return `Only ${String(columns.length)} of at least ${String(1 + tagColumns)} columns: ${wanted} are needed.`;
  }
  if (columns.length > mostColumns)
    return `${String(columns.length)} columns, where 2 to ${String(mostColumns)} can be read.`;
  const wrong = columns.slice(-tagColumns).find((tag) => !isTag(tag));
  return wrong === undefined ? null : `“${wrong.slice(0, 40)}” is no tag such as O, B-PER or I-PER.`;
}
