import { csvOf } from '../../core/csv.ts';
import type { Finding } from '../types.ts';
import type { Found, Part } from './check.ts';
import { checks } from './checks.ts';

/** One line of the list of findings that a person can take away. `line` counts from 1; 0 stands for the whole file. */
export interface FindingRow {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly text: string;
}

/** Findings of a reader. */
export function rowsOfFindings(file: string, findings: readonly Finding[]): FindingRow[] {
  return findings.map(({ line, code, severity, message, excerpt }) => ({
    file,
    line,
    code,
    severity,
    message,
    text: excerpt ?? '',
  }));
}

/** What checks found; the line counts the sentences of a dataset. */
export function rowsOfFound(parts: readonly Part[], found: readonly Found[]): FindingRow[] {
  return found.map(({ check, part, sentence, message }) => {
    const { name, sentences } = parts[part]!;
    const text = sentence === null ? '' : sentences[sentence]!.text;
    const line = sentence === null ? 0 : sentence + 1;
    return { file: name, line, code: check, severity: checks[check].severity, message, text };
  });
}

const columns = [
  'file',
  'line',
  'code',
  'severity',
  'message',
  'text',
] as const satisfies readonly (keyof FindingRow)[];

/**
 * CSV as RFC 4180 has it. A text that begins with `=`, `+`, `-` or `@` gets an apostrophe before it: a spreadsheet would
 * run it as a formula.
 */
export function findingsCsv(rows: readonly FindingRow[]): string {
  const cell = (value: string | number) =>
    typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return csvOf(
    columns,
    rows.map((row) => columns.map((name) => cell(row[name]))),
  );
}

export function findingsJsonl(rows: readonly FindingRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Rows of one code put together. */
export interface RowGroup {
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly count: number;
  readonly rows: readonly FindingRow[];
}

/** Groups in order of gravity, then of number. */
export function groupRows(rows: readonly FindingRow[]): RowGroup[] {
  const groups = new Map<string, FindingRow[]>();
  for (const row of rows) {
    const key = `${row.severity} ${row.code}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const gravity = { error: 0, warning: 1, note: 2 };
  return [...groups.values()]
    .map((group) => ({ code: group[0]!.code, severity: group[0]!.severity, count: group.length, rows: group }))
    .sort((a, b) => gravity[a.severity] - gravity[b.severity] || b.count - a.count);
}
