import { isRecord } from '../../core/decode.ts';
import type { Sample } from './format.ts';
import { isTag } from './scheme.ts';

/** What a file is that no reader takes, as the end of “This file …”, and what a person can do about it. */
export interface Foreign {
  readonly is: string;
  readonly next: string;
}

type Kind = Foreign & { fits(sample: Sample): boolean };

const startsWith =
  (pattern: RegExp) =>
  ({ text }: Sample) =>
    pattern.test(text.slice(0, 200));
const isZip = startsWith(/^PK[\x03\x05]/);
const asText = 'Open it in its own program, save its text as plain text (.txt, UTF-8), and bring that.';

/** By the first bytes, which decoding leaves in their place; looked at before any format. */
const documents: readonly Kind[] = [
  { is: 'is a PDF, which holds pages and no plain text', next: asText, fits: startsWith(/^%PDF-/) },
  { is: 'is a Word document', next: asText, fits: (sample) => isZip(sample) && sample.text.includes('word/') },
  {
    is: 'is an Excel workbook',
    next: 'Open it in Excel, save the sheet as “CSV UTF-8”, and bring that.',
    fits: (sample) => isZip(sample) && sample.text.includes('xl/'),
  },
  { is: 'is an archive', next: 'Unpack it, and bring what is in it.', fits: isZip },
  { is: 'is an old Office document', next: asText, fits: startsWith(/^\xd0\xcf\x11\xe0/) },
  { is: 'is a document in RTF', next: asText, fits: startsWith(/^\{\\rtf/) },
  { is: 'is packed with gzip', next: 'Unpack it, and bring what is in it.', fits: startsWith(/^\x1f[\x8b‹]/) },
  {
    is: 'is a Parquet file',
    next: 'Write it as JSON lines, in Python by dataset.to_json(…), and bring that.',
    fits: startsWith(/^PAR1/),
  },
  { is: 'is a web page', next: asText, fits: startsWith(/^\s*<(!doctype html|html)/i) },
  {
    is: 'is XML, of which there are too many kinds to read it',
    next: 'Export it from its program as CoNLL columns, JSON lines or plain text, and bring that.',
    fits: startsWith(/^\s*<\?xml/),
  },
];

/** Slips in files that come near to a format; looked at where none fits. */
const slips: readonly Kind[] = [
  {
    is: 'has its sentences in a list inside of an object',
    next: 'Save that list alone, from its [ to its ], and bring that.',
    fits: ({ json: { values } }) =>
      values.length === 1 && isRecord(values[0]) && Object.values(values[0]).some((member) => Array.isArray(member)),
  },
  {
    is: 'is written as Python prints objects, with single quotes',
    next: 'Write it by json.dumps(…), a record a line, and bring that.',
    fits: startsWith(/^\s*\[?\s*\{\s*'/),
  },
  {
    is: 'has typographic quotes where JSON has straight ones',
    next: 'Replace “ and ” by " in a plain text editor, or export it again.',
    fits: startsWith(/^\s*\[?\s*\{\s*[“”„]/),
  },
  {
    is: 'holds annotations of brat, and their text stands in another file',
    next: 'Make CoNLL columns of both by brat’s anntoconll.py, and bring those.',
    fits: (sample) => share(sample, (line) => /^[TREAMN*#]\d*\t/.test(line)) > 0.5,
  },
  {
    is: 'holds tags without their words',
    next: 'Each line needs its word, then the tag.',
    fits: (sample) => share(sample, (line) => /^\S+$/.test(line.trim()) && isTag(line.trim())) > 0.5,
  },
  {
    is: 'has a tag before each word',
    next: 'Bring it with the word first and its tag in the last column.',
    fits: (sample) => share(sample, (line) => isTag(line.trim().split(/\s+/)[0]!)) > 0.5,
  },
  {
    is: 'has words and tags parted by commas or semicolons, without a header',
    next: 'Put a first line above them that names the columns, such as “word,tag”.',
    fits: (sample) => share(sample, (line) => isTag(line.split(/[,;]/).at(-1)!.trim())) > 0.5,
  },
];

/** Documents of other programs, which must not be read as if they were text. */
export function foreignDocument(sample: Sample): Foreign | null {
  return documents.find(({ fits }) => fits(sample)) ?? null;
}

/** What may be wrong with a file in no known format. */
export function foreignSlip(sample: Sample): Foreign | null {
  return slips.find(({ fits }) => fits(sample)) ?? null;
}

function share({ lines }: Sample, fits: (line: string) => boolean): number {
  const filled = lines.filter((line) => line.trim() !== '');
  return filled.filter(fits).length / Math.max(1, filled.length);
}
