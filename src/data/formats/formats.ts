import { conll } from './conll.ts';
import type { Format, FormatId } from './format.ts';
import { jsonl } from './jsonl.ts';

/** All formats. Where two fit a file equally well, the first is taken. */
export const formats: Readonly<Record<FormatId, Format>> = { jsonl, conll };

export function isFormatId(name: string): name is FormatId {
  return Object.hasOwn(formats, name);
}
