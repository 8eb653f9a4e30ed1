import { conll } from './conll.ts';
import { csv } from './csv.ts';
import { doccano } from './doccano.ts';
import type { Format, FormatId } from './format.ts';
import { hfTokens } from './hfTokens.ts';
import { jsonl } from './jsonl.ts';
import { labelStudio } from './labelStudio.ts';
import { prodigy } from './prodigy.ts';
import { spacy } from './spacy.ts';
import { text } from './text.ts';
import { wordTable } from './wordTable.ts';

/** All formats. Where several fit a file equally well the first is taken, so that the narrower stand before the wider. */
export const formats: Readonly<Record<FormatId, Format>> = {
  prodigy,
  doccano,
  'label-studio': labelStudio,
  spacy,
  'hf-tokens': hfTokens,
  jsonl,
  conll,
  'word-table': wordTable,
  csv,
  text,
};

export function isFormatId(name: string): name is FormatId {
  return Object.hasOwn(formats, name);
}

/** Formats that can be written, Vermeil's own first. */
export const writable: readonly Format[] = [
  jsonl,
  ...Object.values(formats).filter((f) => f.write !== null && f !== jsonl),
];
