import { preview } from '../../core/decode.ts';
import { AppError } from '../../core/errors.ts';
import type { Imported } from '../types.ts';
import { decodeBytes } from './bytes.ts';
import type { FormatId } from './format.ts';
import { formats } from './formats.ts';
import { linesOf } from './lines.ts';

/** Lines that are looked at to tell a format. */
const sampleLines = 200;

/**
 * Reads a data file. Without `format` it is told by content, never by name. Lines that cannot be read become findings and
 * the rest is imported. Throws `format-unknown` where no format fits half of the first 200 lines, `data-empty` for a file
 * without any.
 */
export function readData(fileName: string, bytes: Uint8Array, format?: FormatId): Imported {
  const { text, findings } = decodeBytes(bytes);
  const id = format ?? formatOf(fileName, text);
  const { sentences, findings: more } = formats[id].read(text, stemOf(fileName));
  const inOrder = [...findings, ...more].sort((a, b) => a.line - b.line);
  return { format: id, sentences, findings: inOrder };
}

/** The format that fits a text best. */
export function formatOf(fileName: string, text: string): FormatId {
  const lines = linesOf(text)
    .filter((line) => line.trim() !== '')
    .slice(0, sampleLines);
  const [first] = lines;
  if (first === undefined) throw new AppError('data-empty', `${fileName} is empty`, { file: fileName });
  const rated = Object.values(formats).map((format) => ({ id: format.id, share: format.detect(lines) }));
  const best = rated.reduce((a, b) => (b.share > a.share ? b : a));
  if (best.share >= 0.5) return best.id;
  const seen = text.includes('\0') ? 'binary data' : `“${preview(first, 60)}”`;
  const known = Object.values(formats)
    .map(({ name }) => name)
    .join(' or ');
  throw new AppError('format-unknown', `${fileName} is not in ${known}`, { file: fileName, seen, known });
}

/** A file's name without folder and ending. */
function stemOf(fileName: string): string {
  const name = fileName.replace(/^.*[/\\]/, '');
  return name.replace(/(?!^)\.[^.]*$/, '');
}
