import { AppError } from '../../core/errors.ts';
import type { Sentence } from '../types.ts';
import type { FormatId, WriteOptions } from './format.ts';
import { formats } from './formats.ts';

/** Sentences as the text of a file. Throws `data-invalid` where the format cannot hold them. */
export function writeData(format: FormatId, sentences: readonly Sentence[], options: WriteOptions = {}): string {
  const { write, name } = formats[format];
  if (write === null) {
    const reason = `${name} can be read, not written`;
    throw new AppError('data-invalid', reason, { reason });
  }
  return write.text(sentences, options);
}
