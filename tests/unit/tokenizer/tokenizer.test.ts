import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { createTokenizer, type TokenizerFiles } from '../../../src/tokenizer/tokenizer.ts';
import { casedFiles, shippedFiles } from './golden.ts';

/** A file of the shipped tokenizer with some of its top members replaced. */
function changed(name: string, members: object): TokenizerFiles {
  return { [name]: JSON.stringify({ ...(JSON.parse(shippedFiles[name]!) as object), ...members }) };
}

const json = { 'tokenizer.json': shippedFiles['tokenizer.json']! };
const vocabulary = { 'vocab.txt': '[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##able\nable\n' };

describe('settings', () => {
  it('finds the special tokens, and ignores truncation and padding', () => {
    const tokenizer = createTokenizer(shippedFiles);
    expect(tokenizer.special).toEqual({ cls: 101, sep: 102, unknown: 100, pad: 0 });
    expect(tokenizer.size).toBe(30522);
    expect(tokenizer.partsOf('word '.repeat(300))).toHaveLength(300);
  });

  it('reads vocab.txt alone, with the defaults of an uncased BERT', () => {
    const tokenizer = createTokenizer(vocabulary);
    expect(tokenizer.special).toEqual({ cls: 2, sep: 3, unknown: 1, pad: 0 });
    expect(tokenizer.normalizer).toEqual({ cleanText: true, spaceChinese: true, stripAccents: true, lowercase: true });
    expect(tokenizer.partsOf('Únable[SEP]')).toEqual([
      { id: 4, start: 0, end: 2 },
      { id: 5, start: 2, end: 6 },
      { id: 3, start: 6, end: 11 },
    ]);
  });

  it('goes by names in special_tokens_map.json, as text or as objects', () => {
    const tokenizer = createTokenizer({
      'vocab.txt': '<pad>\n<unk>\n<s>\n</s>\r\na',
      'special_tokens_map.json': JSON.stringify({
        unk_token: '<unk>',
        cls_token: { content: '<s>', lstrip: false },
        sep_token: '</s>',
        pad_token: '<pad>',
      }),
    });
    expect(tokenizer.special).toEqual({ cls: 2, sep: 3, unknown: 1, pad: 0 });
    expect(tokenizer.partsOf('a</s>').map(({ id }) => id)).toEqual([4, 3]);
  });

  it('lets tokenizer_config.json overrule the normaliser, as transformers does', () => {
    const lowercase = (config: object) =>
      createTokenizer({ ...json, 'tokenizer_config.json': JSON.stringify(config) }).normalizer;
    expect(lowercase({ do_lower_case: false })).toMatchObject({ lowercase: false, stripAccents: false });
    expect(lowercase({ do_lower_case: false, strip_accents: true })).toMatchObject({
      lowercase: false,
      stripAccents: true,
    });
    expect(lowercase({ strip_accents: false })).toMatchObject({ lowercase: true, stripAccents: false });
    expect(lowercase({ tokenize_chinese_chars: false })).toMatchObject({ spaceChinese: false });
    expect(lowercase({ tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: false })).toMatchObject({
      lowercase: true,
    });
  });

  it('leaves a cased tokenizer.json cased where the config says nothing', () => {
    const tokenizer = createTokenizer({ 'tokenizer.json': casedFiles['tokenizer.json']! });
    expect(tokenizer.normalizer).toMatchObject({ lowercase: false, stripAccents: false });
  });

  it('treats a lone surrogate as a control character', () => {
    expect(createTokenizer(vocabulary).partsOf('\ud83dun\udc4d')).toEqual([{ id: 4, start: 1, end: 3 }]);
    expect(createTokenizer(vocabulary).partsOf('\ud83d')).toEqual([]);
  });
});

describe('a file that cannot be used is refused with its name and the reason', () => {
  const cases: [string, TokenizerFiles, string, RegExp][] = [
    ['no file', {}, 'tokenizer.json', /neither/],
    ['broken JSON', { 'tokenizer.json': '{"model":' }, 'tokenizer.json', /JSON/],
    [
      'another model',
      changed('tokenizer.json', { model: { type: 'BPE', vocab: {}, merges: [] } }),
      'tokenizer.json',
      /model\.type/,
    ],
    [
      'another normaliser',
      changed('tokenizer.json', { normalizer: { type: 'NFKC' } }),
      'tokenizer.json',
      /normalizer\.type/,
    ],
    ['another splitter', changed('tokenizer.json', { pre_tokenizer: null }), 'tokenizer.json', /pre_tokenizer/],
    [
      'an id that is none',
      changed('tokenizer.json', { model: { vocab: { a: -1 } } }),
      'tokenizer.json',
      /model\.vocab/,
    ],
    ['no [SEP]', { 'vocab.txt': '[PAD]\n[UNK]\n[CLS]\n' }, 'vocab.txt', /\[SEP\]/],
    [
      'a broken config',
      { ...json, 'tokenizer_config.json': '{"do_lower_case": "yes"}' },
      'tokenizer_config.json',
      /do_lower_case/,
    ],
  ];
  it.each(cases)('%s', (_, files, file, reason) => {
    let error: unknown;
    try {
      createTokenizer(files);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'tokenizer-invalid', detail: { file, reason: expect.stringMatching(reason) } });
  });
});
