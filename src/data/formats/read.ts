import type { Imported } from '../types.ts';
import { decodeBytes } from './bytes.ts';
import type { FileFacts, FormatId, ReadOptions } from './format.ts';
import { sampleOf } from './sample.ts';
import { openSession } from './session.ts';

/**
 * Reads a whole data file. Without `format` it is told by content, never by name. Records that cannot be read become
 * findings and the rest is imported. Throws `format-unknown` where no format fits half of the file's beginning,
 * `data-empty` for a file without any content.
 */
export function readData(
  fileName: string,
  bytes: Uint8Array,
  format?: FormatId,
  options: ReadOptions = {},
): Imported & { readonly facts: FileFacts } {
  const { text, findings: decoding } = decodeBytes(bytes);
  const session = openSession(fileName, sampleOf(text, true), format, options);
  session.push(text);
  session.end();
  const { sentences, findings } = session.take();
  const inOrder = decoding.length === 0 ? findings : [...decoding, ...findings].sort((a, b) => a.line - b.line);
  const placed = inOrder.map((finding) => session.about(finding));
  return { format: session.format, sentences, findings: placed, records: session.records(), facts: session.facts() };
}
