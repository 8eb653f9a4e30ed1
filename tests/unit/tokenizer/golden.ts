import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { TokenizerFiles } from '../../../src/tokenizer/tokenizer.ts';

/** What `tokenizers` gave for a line: word starts and ends, piece ids, piece starts and ends, word ids; flat lists. */
export type EncodedLine = readonly [readonly number[], readonly number[], readonly number[], readonly number[]];

export type Cut = 'words_of' | 'by_blanks' | 'whole';
export type Variant = 'uncased' | 'cased';

/** The file that tests/golden/tokenizer/make_tokenizer_golden.py writes. */
export interface Golden {
  readonly made: { readonly lines: readonly string[] } & Readonly<Record<Variant, Record<Cut, readonly EncodedLine[]>>>;
  readonly sample: {
    readonly files: readonly string[];
    readonly uncased: readonly EncodedLine[];
    readonly cased: readonly string[];
  };
  readonly wikigold: Readonly<Record<Variant, readonly string[]>>;
  readonly added: {
    readonly tokens: readonly Readonly<Record<string, unknown>>[];
    readonly lines: readonly string[];
    readonly whole: readonly EncodedLine[];
  };
  readonly codePoints: {
    readonly kinds: readonly string[];
    readonly assigned: readonly number[];
    readonly blocks: readonly string[];
  };
}

const root = new URL('../../../', import.meta.url);

export function readText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export function readGolden(): Golden {
  const bytes = readFileSync(new URL('tests/golden/tokenizer/golden.json.gz', root));
  return JSON.parse(gunzipSync(bytes).toString('utf8')) as Golden;
}

function filesOf(folder: string, names: readonly string[]): TokenizerFiles {
  return Object.fromEntries(names.map((name) => [name, readText(`${folder}/${name}`)]));
}

export const shippedFiles = filesOf('public/models/all-MiniLM-L6-v2', [
  'tokenizer.json',
  'vocab.txt',
  'tokenizer_config.json',
  'special_tokens_map.json',
]);

export const casedFiles = filesOf('tests/golden/tokenizer/cased', ['tokenizer.json', 'tokenizer_config.json']);

/** Lines of the sample in the order of the golden file. */
export function sampleLines(files: readonly string[]): string[] {
  return files.flatMap((name) =>
    readText(`public/samples/sotu/${name}.jsonl`)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { text: string }).text),
  );
}
