import * as v from 'valibot';
import { parseJson } from '../core/decode.ts';
import { AppError } from '../core/errors.ts';

/**
 * Text of a checkpoint's tokenizer files by name: `tokenizer.json`, `vocab.txt`, `tokenizer_config.json`,
 * `special_tokens_map.json`, those that exist.
 */
export type TokenizerFiles = Readonly<Record<string, string>>;

const id = v.pipe(v.number(), v.integer(), v.minValue(0));

const normalizer = v.object({
  type: v.literal('BertNormalizer'),
  clean_text: v.optional(v.boolean(), true),
  handle_chinese_chars: v.optional(v.boolean(), true),
  strip_accents: v.nullish(v.boolean(), null),
  lowercase: v.optional(v.boolean(), true),
});

const addedToken = v.object({
  id,
  content: v.string(),
  normalized: v.optional(v.boolean(), false),
  single_word: v.optional(v.boolean(), false),
  lstrip: v.optional(v.boolean(), false),
  rstrip: v.optional(v.boolean(), false),
});

/**
 * What is read of tokenizer.json. `truncation` and `padding` are left alone: they are settings of one use (the shipped file
 * pads to 128), and windows take their place. The post-processor of a BERT is always [CLS] … [SEP].
 */
const tokenizerJson = v.object({
  added_tokens: v.optional(v.array(addedToken), []),
  normalizer,
  pre_tokenizer: v.object({ type: v.literal('BertPreTokenizer') }),
  model: v.object({
    type: v.optional(v.literal('WordPiece'), 'WordPiece'),
    unk_token: v.optional(v.string(), '[UNK]'),
    continuing_subword_prefix: v.optional(v.string(), '##'),
    max_input_chars_per_word: v.optional(id, 100),
    vocab: v.record(v.string(), id),
  }),
});

/** A special token stands as its text, or as an object that holds it. */
const tokenName = v.nullish(
  v.union([
    v.string(),
    v.pipe(
      v.object({ content: v.string() }),
      v.transform((t) => t.content),
    ),
  ]),
);

const specialNames = { unk_token: tokenName, cls_token: tokenName, sep_token: tokenName, pad_token: tokenName };
const specialTokensMap = v.object({ ...specialNames, mask_token: tokenName });

const tokenizerConfig = v.object({
  ...specialTokensMap.entries,
  tokenizer_class: v.nullish(v.string()),
  do_lower_case: v.optional(v.boolean()),
  strip_accents: v.nullish(v.boolean()),
  tokenize_chinese_chars: v.optional(v.boolean()),
});

export type TokenizerJson = v.InferOutput<typeof tokenizerJson>;
export type TokenizerConfig = v.InferOutput<typeof tokenizerConfig>;
export type SpecialTokensMap = v.InferOutput<typeof specialTokensMap>;
export type AddedTokenJson = v.InferOutput<typeof addedToken>;

/** The decoded files. `vocabulary` and `model` say the same thing in two ways; at least one of them is there. */
export interface DecodedFiles {
  readonly model: TokenizerJson | null;
  /** Lines of vocab.txt: line number = id. */
  readonly vocabulary: readonly string[] | null;
  readonly config: TokenizerConfig;
  readonly specialTokens: SpecialTokensMap;
}

/** Decodes tokenizer files. Throws 'tokenizer-invalid' with the file and the place in it. */
export function decodeFiles(files: TokenizerFiles): DecodedFiles {
  const model = decodeFile(files, 'tokenizer.json', tokenizerJson);
  const vocabulary = files['vocab.txt'] === undefined ? null : linesOf(files['vocab.txt']);
  if (model === null && vocabulary === null)
    throw invalid('tokenizer.json', 'neither tokenizer.json nor vocab.txt is there');
  return {
    model,
    vocabulary,
    config: decodeFile(files, 'tokenizer_config.json', tokenizerConfig) ?? {},
    specialTokens: decodeFile(files, 'special_tokens_map.json', specialTokensMap) ?? {},
  };
}

/** The expected failure of this floor; its reason begins with the file. */
export function invalid(file: string, reason: string): AppError {
  const named = `${file}: ${reason}`;
  return new AppError('tokenizer-invalid', named, { file, reason: named });
}

function decodeFile<T>(files: TokenizerFiles, name: string, schema: v.GenericSchema<unknown, T>): T | null {
  const text = files[name];
  if (text === undefined) return null;
  const json = parseJson(text);
  if (!json.ok) throw invalid(name, json.reason);
  const decoded = v.safeParse(schema, json.value);
  if (decoded.success) return decoded.output;
  const [issue] = decoded.issues;
  throw invalid(name, `${v.getDotPath(issue) ?? 'file'}: ${issue.message}`);
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
