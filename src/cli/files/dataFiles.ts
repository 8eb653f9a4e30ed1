import type { FormatId } from '../../data/formats/format.ts';
import { formats, isFormatId, writable } from '../../data/formats/formats.ts';
import { readData } from '../../data/formats/read.ts';
import { AppError } from '../../core/errors.ts';
import type { Finding, Sentence } from '../../data/types.ts';
import { nearest } from '../nearest.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';
import { usageError } from '../usage.ts';
import { readBytes } from './files.ts';

/** Findings of one file that are told one by one; the rest are counted. */
const shownFindings = 10;

/** A format named on the command line, null where none was. Throws `usage` for an unknown one. */
export function formatNamed(option: string, name: string | null): FormatId | null {
  if (name === null) return null;
  if (isFormatId(name)) return name;
  const known = Object.keys(formats);
  const meant = nearest(name, known);
  const next = meant === null ? `Formats are ${known.join(', ')}.` : `Did you mean ${meant}?`;
  throw usageError(`--${option} ${name}: there is no such format.`, next);
}

/** The format that a file name to be written ends in, else `otherwise`. */
export function formatOfName(path: string, otherwise: FormatId): FormatId {
  const found = writable.find(({ extensions }) => extensions.some((end) => path.endsWith(end)));
  return found?.id ?? otherwise;
}

/** Reads one data file, told by content unless `format` says; its findings are told with file and line. */
export async function importFile(
  path: string,
  format: FormatId | null,
  terminal: Terminal,
): Promise<ReturnType<typeof readData>> {
  const imported = readData(path, await readBytes(path), format ?? undefined);
  tellFindings(path, imported.findings, terminal);
  return imported;
}

/** `file:line: message` for what was left out or changed; notes are left to `vermeil check`. */
export function tellFindings(path: string, findings: readonly Finding[], terminal: Terminal): void {
  const worth = findings.filter(({ severity }) => severity !== 'note');
  for (const finding of worth.slice(0, shownFindings)) terminal.say(findingLine(path, finding));
  const more = worth.length - shownFindings;
  if (more > 0) terminal.say(`${path}: ${counted(more, 'further finding')}; vermeil check ${path} tells all of them`);
}

export function findingLine(path: string, { line, severity, message }: Finding): string {
  return `${path}:${String(line)}: ${severity === 'warning' ? 'warning: ' : ''}${message}`;
}

/**
 * The labelled sentences of some files, one after another. Unlabelled ones are left out and counted. Throws `data-empty`
 * where none is left.
 */
export async function labelledSentences(
  paths: readonly string[],
  format: FormatId | null,
  terminal: Terminal,
): Promise<readonly Sentence[]> {
  const all: Sentence[] = [];
  for (const path of paths) {
    const { sentences } = await importFile(path, format, terminal);
    const labelled = sentences.filter(({ spans }) => spans !== null);
    const left = sentences.length - labelled.length;
    if (labelled.length === 0) throw new AppError('data-empty', `${path} holds no labelled sentence`, { file: path });
    if (left > 0) terminal.say(`${path}: ${counted(left, 'sentence')} without labels left out`);
    all.push(...labelled);
  }
  return all;
}
