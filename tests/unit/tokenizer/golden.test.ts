import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/hash.ts';
import type { Range } from '../../../src/data/types.ts';
import { wordsOf } from '../../../src/data/words.ts';
import { encodeWords } from '../../../src/tokenizer/encode.ts';
import { normalize } from '../../../src/tokenizer/normalize.ts';
import { createTokenizer, type Tokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { tokensOf } from '../../../src/tokenizer/wordPiece.ts';
import { readShared } from '../../support/shared.ts';
import {
  casedFiles,
  readGolden,
  sampleLines,
  shippedFiles,
  type Cut,
  type EncodedLine,
  type Variant,
} from './golden.ts';

const golden = readGolden();
const tokenizers: Record<Variant, Tokenizer> = {
  uncased: createTokenizer(shippedFiles),
  cased: createTokenizer(casedFiles),
};

const cuts: Record<Cut, (text: string) => Range[]> = {
  words_of: wordsOf,
  by_blanks: (text) => [...text.matchAll(/[^ ]+/g)].map((m) => ({ start: m.index, end: m.index + m[0].length })),
  whole: (text) => [{ start: 0, end: text.length }],
};

function encode(tokenizer: Tokenizer, text: string, words: readonly Range[]): EncodedLine {
  const pieces = encodeWords(tokenizer, text, words);
  return [
    words.flatMap(({ start, end }) => [start, end]),
    pieces.map(({ id }) => id),
    pieces.flatMap(({ start, end }) => [start, end]),
    pieces.map(({ word }) => word),
  ];
}

function digest(value: unknown): string {
  return sha256Hex(JSON.stringify(value)).slice(0, 12);
}

/** The first lines whose encoding differs, as JSON; comparing all at once would make a failure unreadable. */
function differences(lines: readonly string[], expected: readonly unknown[], encoded: (text: string) => unknown) {
  expect(lines.length).toBe(expected.length);
  return lines
    .map((line, i) => ({ line, ours: JSON.stringify(encoded(line)), theirs: JSON.stringify(expected[i]) }))
    .filter(({ ours, theirs }) => ours !== theirs)
    .slice(0, 3);
}

describe('words, ids, offsets and word ids are those of Hugging Face', () => {
  it.each(['uncased', 'cased'] as const)('on made lines, %s', (variant) => {
    for (const [cut, wordsIn] of Object.entries(cuts)) {
      const expected = golden.made[variant][cut as Cut];
      const wrong = differences(golden.made.lines, expected, (line) =>
        encode(tokenizers[variant], line, wordsIn(line)),
      );
      expect(wrong, cut).toEqual([]);
    }
  });

  it('on the whole sample', () => {
    const lines = sampleLines(golden.sample.files);
    expect(lines.length).toBe(1700);
    expect(
      differences(lines, golden.sample.uncased, (line) => encode(tokenizers.uncased, line, wordsOf(line))),
    ).toEqual([]);
    expect(
      differences(lines, golden.sample.cased, (line) => digest(encode(tokenizers.cased, line, wordsOf(line)))),
    ).toEqual([]);
  });

  it('on WikiGold', (context) => {
    const text = readShared('data/real/wikigold/wikigold.conll.txt');
    if (text === null) return context.skip();
    const lines = text
      .split(/\n\s*\n/)
      .map((block) =>
        block
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line) => line.split(' ')[0])
          .join(' '),
      )
      .filter((line) => line !== '');
    for (const variant of ['uncased', 'cased'] as const) {
      const encoded = (line: string) => digest(encode(tokenizers[variant], line, wordsOf(line)));
      expect(differences(lines, golden.wikigold[variant], encoded)).toEqual([]);
    }
  });

  it('with added tokens of every kind', () => {
    const json = JSON.parse(casedFiles['tokenizer.json']!) as { added_tokens: unknown[]; normalizer: object };
    json.added_tokens.push(...golden.added.tokens);
    json.normalizer = { ...json.normalizer, lowercase: true };
    const tokenizer = createTokenizer({ 'tokenizer.json': JSON.stringify(json) });
    expect(
      differences(golden.added.lines, golden.added.whole, (line) => encode(tokenizer, line, cuts.whole(line))),
    ).toEqual([]);
  });

  it('from vocab.txt as from tokenizer.json', () => {
    const { 'vocab.txt': vocabulary, 'tokenizer_config.json': config } = shippedFiles;
    const tokenizer = createTokenizer({ 'vocab.txt': vocabulary!, 'tokenizer_config.json': config! });
    expect(tokenizer.special).toEqual(tokenizers.uncased.special);
    expect(tokenizer.size).toBe(tokenizers.uncased.size);
    const { lines, uncased } = golden.made;
    expect(differences(lines, uncased.by_blanks, (line) => encode(tokenizer, line, cuts.by_blanks(line)))).toEqual([]);
  });
});

it('cleans, splits and cuts every code point of Unicode 14 as Hugging Face and Python do', () => {
  const kinds = [
    { stripAccents: true, lowercase: true },
    { stripAccents: false, lowercase: false },
    { stripAccents: false, lowercase: true },
  ].map((kind) => ({ ...kind, cleanText: true, spaceChinese: true }));
  const factsOf = (code: number): unknown => {
    const character = String.fromCodePoint(code);
    const tokens = kinds.map((options) => {
      const text = normalize(`a${character}b`, options);
      return tokensOf(text, 0, text.characters.length).map(({ from, to }) => text.characters.slice(from, to).join(''));
    });
    const phrase = `${character} a${character}b's`;
    return [tokens, wordsOf(phrase).map(({ start, end }) => phrase.slice(start, end))];
  };
  const { assigned, blocks } = golden.codePoints;
  const facts = blocks.map((): unknown[] => []);
  for (let i = 0; i < assigned.length; i += 2) {
    for (let code = assigned[i]!; code < assigned[i + 1]!; code++) facts[code >> 8]!.push(factsOf(code));
  }
  const wrong = facts.flatMap((block, i) => {
    const ours = block.length === 0 ? '' : digest(block);
    return ours === blocks[i] ? [] : [(i * 256).toString(16)];
  });
  expect(wrong).toEqual([]);
});
