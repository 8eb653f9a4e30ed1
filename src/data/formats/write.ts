import { AppError } from '../../core/errors.ts';
import type { Finding, Sentence } from '../types.ts';
import type { FormatId } from './format.ts';
import { formats } from './formats.ts';

/** Sentences as the text of a file. Throws `data-invalid` where the format cannot hold them. */
export function writeData(format: FormatId, sentences: readonly Sentence[]): string {
  const { write, name } = formats[format];
  if (write === undefined) {
    const reason = `${name} can be read, not written`;
    throw new AppError('data-invalid', reason, { reason });
  }
  return write(sentences);
}

/** What `writeData` would lose, as findings whose `line` counts sentences from 1. */
export function lossesOfWriting(format: FormatId, sentences: readonly Sentence[]): readonly Finding[] {
  return formats[format].losses?.(sentences) ?? [];
}
