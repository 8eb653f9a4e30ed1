import type { AddedToken } from './addedTokens.ts';
import { invalid, type DecodedFiles } from './files.ts';
import type { NormalizerOptions } from './normalize.ts';
import type { WordPieceModel } from './wordPiece.ts';

/** Ids of the special tokens that sequences are built with. */
export interface SpecialIds {
  readonly cls: number;
  readonly sep: number;
  readonly unknown: number;
  /** Null where the vocabulary has none; packed sequences do not need it. */
  readonly pad: number | null;
}

/** What a tokenizer is made of, whichever files it came from. */
export interface TokenizerSettings {
  readonly normalizer: NormalizerOptions;
  readonly addedTokens: readonly AddedToken[];
  readonly wordPiece: WordPieceModel;
  readonly special: SpecialIds;
  /** One more than the largest id. */
  readonly size: number;
}

/** Reads settings out of decoded files; throws 'tokenizer-invalid' where a special token is not in the vocabulary. */
export function settingsOf(files: DecodedFiles): TokenizerSettings {
  const vocabulary = vocabularyOf(files);
  const addedTokens = addedTokensOf(files, vocabulary);
  const ids = new Map([...vocabulary, ...addedTokens.map(({ content, id }) => [content, id] as const)]);
  const special = specialIdsOf(files, ids);
  const model = files.model?.model;
  return {
    normalizer: normalizerOf(files),
    addedTokens,
    wordPiece: {
      vocabulary,
      unknownId: special.unknown,
      continuingPrefix: model?.continuing_subword_prefix ?? '##',
      maxCharacters: model?.max_input_chars_per_word ?? 100,
      longest: largest([...vocabulary.keys()].map((token) => token.length)),
    },
    special,
    size: largest([...ids.values()]) + 1,
  };
}

function vocabularyOf({ model, vocabulary }: DecodedFiles): Map<string, number> {
  if (model !== null) return new Map(Object.entries(model.model.vocab));
  return new Map(vocabulary?.map((token, id) => [token, id]));
}

/** The special tokens' names; the map of special tokens is older than the entries in the config, and names the same ones. */
function namesOf({ model, config, specialTokens }: DecodedFiles) {
  const name = (key: `${'unk' | 'cls' | 'sep' | 'pad' | 'mask'}_token`, usual: string): string =>
    specialTokens[key] ?? config[key] ?? usual;
  return {
    unknown: model?.model.unk_token ?? name('unk_token', '[UNK]'),
    cls: name('cls_token', '[CLS]'),
    sep: name('sep_token', '[SEP]'),
    pad: name('pad_token', '[PAD]'),
    mask: name('mask_token', '[MASK]'),
  };
}

/** Those of tokenizer.json; beside a vocab.txt, the special tokens, as transformers adds them. */
function addedTokensOf(files: DecodedFiles, vocabulary: ReadonlyMap<string, number>): AddedToken[] {
  if (files.model !== null) {
    return files.model.added_tokens.map((token) => ({
      id: token.id,
      content: token.content,
      normalized: token.normalized,
      singleWord: token.single_word,
      stripLeft: token.lstrip,
      stripRight: token.rstrip,
    }));
  }
  const plain = { normalized: false, singleWord: false, stripLeft: false, stripRight: false };
  return Object.values(namesOf(files)).flatMap((content) => {
    const id = vocabulary.get(content);
    return id === undefined ? [] : [{ id, content, ...plain }];
  });
}

function specialIdsOf(files: DecodedFiles, ids: ReadonlyMap<string, number>): SpecialIds {
  const names = namesOf(files);
  const required = (name: string): number => {
    const id = ids.get(name);
    if (id === undefined)
      throw invalid(files.model === null ? 'vocab.txt' : 'tokenizer.json', `it has no token ${name}`);
    return id;
  };
  return {
    cls: required(names.cls),
    sep: required(names.sep),
    unknown: required(names.unknown),
    pad: ids.get(names.pad) ?? null,
  };
}

/**
 * Where tokenizer_config.json states how to lower-case, strip accents or space ideographs it has the last word, as in
 * transformers' `BertTokenizer`; its generic class goes by tokenizer.json alone. What the config leaves out changes nothing
 * here, while transformers 5 would then lower-case whatever tokenizer.json says.
 */
function normalizerOf({ model, config }: DecodedFiles): NormalizerOptions {
  const generic =
    config.tokenizer_class === 'PreTrainedTokenizerFast' || config.tokenizer_class === 'TokenizersBackend';
  const stated = generic && model !== null ? {} : config;
  const lowercase = stated.do_lower_case ?? model?.normalizer.lowercase ?? true;
  const accents = stated.strip_accents === undefined ? model?.normalizer.strip_accents : stated.strip_accents;
  return {
    cleanText: model?.normalizer.clean_text ?? true,
    spaceChinese: stated.tokenize_chinese_chars ?? model?.normalizer.handle_chinese_chars ?? true,
    stripAccents: accents ?? lowercase,
    lowercase,
  };
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
