import * as v from 'valibot';
import { strToU8 } from 'fflate';
import { parseJson } from '../../core/decode.ts';
import { readData } from '../formats/read.ts';
import { writeData } from '../formats/write.ts';
import type { Finding, Role, Sentence } from '../types.ts';
import { damaged } from './read.ts';

/** A dataset as a bundle holds it. */
export interface BundledDataset {
  readonly name: string;
  readonly role: Role;
  readonly findings: readonly Finding[];
  readonly source: {
    readonly fileName: string;
    readonly format: string;
    readonly made?: { readonly from: readonly string[]; readonly how: string };
  };
  readonly notice: string;
  readonly createdMs: number;
  readonly sentences: readonly Sentence[];
}

const aboutFile = 'dataset.json';
const sentencesFile = 'sentences.jsonl';

const findingSchema = v.object({
  code: v.string(),
  severity: v.picklist(['error', 'warning', 'note']),
  line: v.number(),
  message: v.string(),
  excerpt: v.optional(v.string()),
  sentence: v.optional(v.string()),
});
const aboutSchema = v.object({
  name: v.string(),
  role: v.picklist(['gold', 'silver', 'unlabelled', 'dev', 'test', 'aside']),
  findings: v.array(findingSchema),
  source: v.object({
    fileName: v.string(),
    format: v.string(),
    made: v.optional(v.object({ from: v.array(v.string()), how: v.string() })),
  }),
  notice: v.string(),
  createdMs: v.number(),
  sentences: v.pipe(v.number(), v.integer()),
});

/** The files of a dataset: what is said of it, and its sentences in Vermeil's own JSON lines, which lose nothing. */
export function datasetFiles({ sentences, ...about }: BundledDataset): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  return new Map([
    [aboutFile, strToU8(JSON.stringify({ ...about, sentences: sentences.length }))],
    [sentencesFile, strToU8(writeData('jsonl', sentences))],
  ]);
}

/** The dataset in files that were checked. Throws `data-invalid` where they are not those of a dataset. */
export function datasetOf(part: { readonly name: string }, files: ReadonlyMap<string, Uint8Array>): BundledDataset {
  const [about, lines] = [files.get(aboutFile), files.get(sentencesFile)];
  const json = about === undefined ? null : parseJson(new TextDecoder().decode(about));
  const decoded = json?.ok === true ? v.safeParse(aboutSchema, json.value) : null;
  if (decoded?.success !== true || lines === undefined) throw damaged(part, 'it does not say what it is');
  const { sentences: count, findings, source, ...rest } = decoded.output;
  const sentences = count === 0 ? [] : readData(sentencesFile, lines, 'jsonl').sentences;
  if (sentences.length !== count)
    throw damaged(part, `${String(sentences.length)} of ${String(count)} sentences can be read`);
  const { made, ...file } = source;
  return {
    ...rest,
    // A newer version may have codes that this one does not know: they are only shown.
    findings: findings.map(
      ({ excerpt, sentence, ...finding }) =>
        ({
          ...finding,
          ...(excerpt !== undefined && { excerpt }),
          ...(sentence !== undefined && { sentence }),
        }) as Finding,
    ),
    source: { ...file, ...(made && { made }) },
    sentences,
  };
}
