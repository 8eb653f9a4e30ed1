import type { Finding } from '../types.ts';
import { decodeBytes } from './bytes.ts';
import { readRows, type Row } from './columns.ts';
import { watchScheme, type LinedTag } from './scheme.ts';

/** Words and tags as they stand in a CoNLL file, a list a sentence. */
export interface TagColumn {
  readonly words: readonly (readonly string[])[];
  readonly tags: readonly (readonly string[])[];
  readonly findings: readonly Finding[];
}

/**
 * The last column of a CoNLL file for scoring: unlike `readData` it keeps openings that IOB2 forbids, because the strict
 * reading counts them as wrong. IOB1 as a whole is brought to IOB2, with a finding.
 */
export function readTags(bytes: Uint8Array): TagColumn {
  const { rows, findings } = rowsOf(bytes, 1);
  const column = columnOf(rows, 0);
  return { words: wordsOfRows(rows), tags: column.tags, findings: [...findings, ...column.findings] };
}

/** A CoNLL file whose last two columns are the gold and the predicted tag, as conlleval takes it; see `readTags`. */
export interface TwoColumns {
  readonly words: readonly (readonly string[])[];
  readonly gold: readonly (readonly string[])[];
  readonly predicted: readonly (readonly string[])[];
  readonly findings: readonly Finding[];
}

export function readTwoColumns(bytes: Uint8Array): TwoColumns {
  const { rows, findings } = rowsOf(bytes, 2);
  const [gold, predicted] = [columnOf(rows, 0), columnOf(rows, 1)];
  return {
    words: wordsOfRows(rows),
    gold: gold.tags,
    predicted: predicted.tags,
    findings: [...findings, ...gold.findings, ...predicted.findings].sort((a, b) => a.line - b.line),
  };
}

function rowsOf(bytes: Uint8Array, tagColumns: 1 | 2): { rows: readonly (readonly Row[])[]; findings: Finding[] } {
  const decoded = decodeBytes(bytes);
  const { sentences, problems } = readRows(decoded.text, tagColumns);
  const wrong = problems.map(({ line, problem }): Finding => {
    return { code: 'malformed-line', severity: 'error', line, message: `${problem} The line was left out.` };
  });
  return { rows: sentences, findings: [...decoded.findings, ...wrong] };
}

function wordsOfRows(rows: readonly (readonly Row[])[]): string[][] {
  return rows.map((sentence) => sentence.map(({ word }) => word));
}

function columnOf(rows: readonly (readonly Row[])[], column: number): { tags: string[][]; findings: Finding[] } {
  const lined = rows.map((sentence) => sentence.map(({ line, tags }): LinedTag => ({ line, tag: tags[column]! })));
  const scheme = watchScheme();
  const tags = lined.map((sentence) => scheme.take(sentence));
  const findings = scheme.end();
  const converted = findings.some(({ code }) => code === 'scheme-converted');
  return { tags: converted ? tags : lined.map((sentence) => sentence.map(({ tag }) => tag)), findings };
}
