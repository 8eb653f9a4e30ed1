import { linesOf } from './lines.ts';
import { isTag } from './scheme.ts';

/** How the lines of a column file are made, told from its beginning. */
export interface Layout {
  /** TABs alone part columns, so that a word may hold spaces; else runs of spaces and TABs. */
  readonly byTab: boolean;
  /** The first column numbers the words of a sentence, as in CoNLL-U. */
  readonly numbered: boolean;
  /** Tags at the end of a line: 1, or 2 for gold and predicted. */
  readonly tagColumns: 1 | 2;
  /** Tags are labels alone, `PER` and `O`, without B- and I-: they are taken for `I-PER`. */
  readonly bare: boolean;
}

/** What a line of a column file is. A comment may say `# name = value`. */
export type Line =
  | { readonly kind: 'row'; readonly word: string; readonly tags: readonly string[] }
  | { readonly kind: 'blank' | 'document' | 'skipped' }
  | { readonly kind: 'comment'; readonly name: string; readonly value: string }
  | { readonly kind: 'wrong'; readonly problem: string };

const documentMark = '-DOCSTART-';
/** Most columns of a line; CoNLL-U has ten, and one more for a tag. */
const mostColumns = { plain: 4, numbered: 11 };
/** How much of a sample must show a layout: a broken line does not hide it. */
const enough = 0.9;
/** Of CoNLL-U: `4-5` is a group of the words 4 and 5 that follow, `4.1` a word that is not in the text. */
const extraNumber = /^\d+[-.]\d+$/;

export function layoutOf(lines: readonly string[], tagColumns: 1 | 2): Layout {
  const byTab = { byTab: true, numbered: false, tagColumns, bare: false };
  const bySpace = { ...byTab, byTab: false };
  const filled = lines.filter((line) => !isBlank(line) && !isMark(line) && commentOf(line) === null);
  const tabbed = filled.filter((line) => line.trim().includes('\t'));
  const rows = tabbed.some((line) => lineAs(line, byTab).kind === 'row');
  const plain = rows && tabbed.length >= enough * filled.length ? byTab : bySpace;
  return { ...plain, numbered: isNumbered(filled, plain), bare: tagColumns === 1 && isBare(filled, plain) };
}

/** Labels that a file without B- and I- may have, and the share of its words that must be `O`. */
const bareFile = { labels: 30, outside: 0.3 };

/** Whether no tag has a B- or I-, and in lines as wide as those that end in `O` stand the words of a few labels. */
function isBare(filled: readonly string[], layout: Layout): boolean {
  const rows = filled.map((line) => columnsOf(line, layout)).filter((columns) => columns.length >= 2);
  const width = rows.find((columns) => columns.at(-1) === 'O')?.length;
  const last = rows.filter((columns) => columns.length === width).map((columns) => columns.at(-1)!);
  const named = last.filter((tag) => tag !== 'O');
  const isLabel = (tag: string) => /^\p{L}[\p{L}\p{N}_-]{0,39}$/u.test(tag) && !isTag(tag);
  const outside = last.length - named.length;
  const few = new Set(named).size <= bareFile.labels;
  return named.length > 0 && named.every(isLabel) && few && outside >= bareFile.outside * last.length;
}

/** Whether first columns count up by one from 0 or 1, with a new beginning at each sentence, and a word is left after them. */
function isNumbered(filled: readonly string[], layout: Layout): boolean {
  let [before, counted, rows] = [-1, 0, 0];
  for (const line of filled) {
    const columns = columnsOf(line, layout);
    if (extraNumber.test(columns[0]!)) continue;
    rows++;
    const number = /^\d+$/.test(columns[0]!) ? Number(columns[0]) : NaN;
    const follows = number === before + 1 || number === 0 || number === 1;
    if (follows && columns.length >= 2 + layout.tagColumns) counted++;
    before = number;
  }
  return rows > 1 && counted >= enough * rows;
}

/** One line under a layout. */
export function lineAs(line: string, layout: Layout): Line {
  if (isBlank(line)) return { kind: 'blank' };
  if (isMark(line)) return { kind: 'document' };
  const columns = layout.bare ? columnsOf(line, layout).map(asTag) : columnsOf(line, layout);
  if (layout.numbered && extraNumber.test(columns[0]!)) return { kind: 'skipped' };
  const problem = problemOf(columns, layout);
  if (problem === null) {
    return { kind: 'row', word: columns[layout.numbered ? 1 : 0]!, tags: columns.slice(-layout.tagColumns) };
  }
  const comment = commentOf(line);
  if (comment !== null) return comment;
  return { kind: 'wrong', problem };
}

/** The last column of a line whose tags are labels alone. */
function asTag(column: string, at: number, columns: readonly string[]): string {
  return at > 0 && at === columns.length - 1 && column !== 'O' ? `I-${column}` : column;
}

function isBlank(line: string): boolean {
  return /^[ \t]*$/.test(line);
}

function isMark(line: string): boolean {
  return line.trimStart().startsWith(documentMark);
}

function commentOf(line: string): (Line & { kind: 'comment' }) | null {
  const found = /^#\s*([^=]{1,60}?)\s*(?:=\s*(.*?)\s*)?$/.exec(line);
  if (found === null || line.includes('\t')) return null;
  const [, name = '', value] = found;
  return value === undefined && !/^(?:newdoc|newpar)$/.test(name)
    ? null
    : { kind: 'comment', name, value: value ?? '' };
}

/** Other white space than ASCII space and TAB parts no columns, for words may hold it. */
function columnsOf(line: string, { byTab }: Layout): string[] {
  const bare = line.replace(/^[ \t]+|[ \t]+$/g, '');
  return byTab ? bare.split('\t').map((column) => column.replace(/^ +| +$/g, '')) : bare.split(/[ \t]+/);
}

function problemOf(columns: readonly string[], { numbered, tagColumns }: Layout): string | null {
  const least = 1 + tagColumns + (numbered ? 1 : 0);
  const most = numbered ? mostColumns.numbered : mostColumns.plain;
  if (columns.length < least) {
    const wanted = tagColumns === 1 ? 'a word and its tag' : 'a word, its gold tag and its predicted tag';
    return `Only ${String(columns.length)} of at least ${String(least)} columns: ${wanted} are needed.`;
  }
  if (columns.length > most)
    return `${String(columns.length)} columns, where ${String(least)} to ${String(most)} can be read.`;
  const wrong = columns.slice(-tagColumns).find((tag) => !isTag(tag));
  if (wrong !== undefined) return `“${wrong.slice(0, 40)}” is no tag such as O, B-PER or I-PER.`;
  return columns[numbered ? 1 : 0] === '' ? 'There is no word before the first TAB.' : null;
}

/** One word of a column file with its tags, the last columns of its line. */
export interface Row {
  readonly line: number;
  readonly word: string;
  readonly tags: readonly string[];
}

/** Sentences of a column file as rows, and what is wrong with the other lines; for files that are scored as they stand. */
export function readRows(
  text: string,
  tagColumns: 1 | 2,
): { sentences: Row[][]; problems: { line: number; problem: string }[] } {
  const lines = linesOf(text);
  const layout = layoutOf(lines, tagColumns);
  const sentences: Row[][] = [[]];
  const problems: { line: number; problem: string }[] = [];
  lines.forEach((content, i) => {
    const read = lineAs(content, layout);
    if (read.kind === 'row') sentences.at(-1)!.push({ line: i + 1, word: read.word, tags: read.tags });
    else if (read.kind === 'wrong') problems.push({ line: i + 1, problem: read.problem });
    else if (read.kind !== 'skipped' && sentences.at(-1)!.length > 0) sentences.push([]);
  });
  return { sentences: sentences.filter((rows) => rows.length > 0), problems };
}
