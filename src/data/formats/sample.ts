import { isRecord, parseJson } from '../../core/decode.ts';
import { lineCutter, piecesOf, type Cutter } from './cut.ts';
import { jsonCutter } from './cutJson.ts';
import type { Sample } from './format.ts';

/** Records that are looked at. */
const mostRecords = 200;
/** Characters that are looked at. */
export const sampleLength = 1 << 18;

/** The beginning of a text as its format is told by; `whole` says that the text ends there. */
export function sampleOf(text: string, whole: boolean): Sample {
  const head = text.slice(0, sampleLength);
  const cut = !whole || head.length < text.length;
  const lines = piecesOf(lineCutter(), head).map((piece) => piece.text);
  if (cut && lines.length > 1) lines.pop();
  const filled = lines.filter((line) => line.trim() !== '');
  const records = jsonLayout(filled) === 'lines' ? filled : piecesOf(jsonCutter(), head).map((piece) => piece.text);
  if (cut && records !== filled && records.length > 1) records.pop();
  const values: unknown[] = [];
  let broken = 0;
  for (const record of records.slice(0, mostRecords)) {
    const parsed = parseJson(record.replaceAll('\0', ''));
    if (parsed.ok) values.push(parsed.value);
    else broken++;
  }
  return { text: head, lines: lines.slice(0, sampleLines(lines)), json: { values, broken } };
}

/** The place of the last of `mostRecords` filled lines. */
function sampleLines(lines: readonly string[]): number {
  let filled = 0;
  for (const [i, line] of lines.entries()) if (line.trim() !== '' && ++filled === mostRecords) return i + 1;
  return lines.length;
}

/** JSON of a sample is cut by lines or by brackets, whichever its beginning looks like. */
export function cutterOfJson({ lines }: Sample): Cutter {
  return jsonLayout(lines.filter((line) => line.trim() !== '')) === 'lines' ? lineCutter() : jsonCutter();
}

/**
 * One value a line, where the first line that is a whole value or most lines say so, so that a broken line spoils none
 * but itself; else a list, or values over several lines. A lone line that is a list is a list.
 */
function jsonLayout(filled: readonly string[]): 'lines' | 'brackets' {
  const head = filled.slice(0, mostRecords);
  const first = head[0]?.replace(/^[\s\ufeff]+/, '').charAt(0);
  if (first !== '[' && first !== '{') return 'lines';
  const values = head.map((line) => parseJson(line)).filter((parsed) => parsed.ok);
  const perLine = values.filter(({ value }) => isRecord(value) || isSpacyPair(value)).length;
  // Rows of a table of values inside a list, `{…},`, are no values by themselves.
  return perLine > 0 && 2 * perLine >= head.length && !(first === '[' && !head.some(isPairLine)) ? 'lines' : 'brackets';
}

function isPairLine(line: string): boolean {
  const parsed = parseJson(line);
  return parsed.ok && isSpacyPair(parsed.value);
}

/** spaCy's training pairs `["text", {"entities": …}]`, which begin with a bracket and still stand one a line. */
export function isSpacyPair(value: unknown): value is readonly [string, Readonly<Record<string, unknown>>] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isRecord(value[1]);
}
