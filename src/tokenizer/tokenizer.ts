import { createMatcher, type AddedTokenMatcher } from './addedTokens.ts';
import { decodeFiles, type TokenizerFiles } from './files.ts';
import { normalize, type NormalizedText, type NormalizerOptions } from './normalize.ts';
import { settingsOf, type SpecialIds } from './settings.ts';
import { tokensOf, wordPieces, type WordPart, type WordPieceModel } from './wordPiece.ts';

export type { TokenizerFiles } from './files.ts';

/** A BERT tokenizer as read from its files. */
export interface Tokenizer {
  readonly special: SpecialIds;
  /** One more than the largest id: the rows that a word-embedding table needs. */
  readonly size: number;
  readonly normalizer: NormalizerOptions;
  /** The pieces of a word tokenised on its own, none where nothing of it is left. */
  partsOf(word: string): readonly WordPart[];
}

/** Words whose pieces are remembered; beyond that the memory starts anew. */
const rememberedWords = 100_000;

/** What a word goes through, in order. */
interface Stages {
  readonly asWritten: AddedTokenMatcher | null;
  readonly normalizer: NormalizerOptions;
  readonly afterNormalizing: AddedTokenMatcher | null;
  readonly wordPiece: WordPieceModel;
}

/** A tokenizer from tokenizer.json or, where that is missing, from vocab.txt. Throws 'tokenizer-invalid'. */
export function createTokenizer(files: TokenizerFiles): Tokenizer {
  const { normalizer, addedTokens, wordPiece, special, size } = settingsOf(decodeFiles(files));
  const normalized = addedTokens
    .filter((token) => token.normalized)
    .map((token) => ({ ...token, content: normalize(token.content, normalizer).characters.join('') }));
  const stages: Stages = {
    asWritten: createMatcher(addedTokens.filter((token) => !token.normalized)),
    normalizer,
    afterNormalizing: createMatcher(normalized),
    wordPiece,
  };
  const remembered = new Map<string, readonly WordPart[]>();
  return {
    special,
    size,
    normalizer,
    partsOf: (word) => {
      const known = remembered.get(word);
      if (known !== undefined) return known;
      const parts = tokenize(word, stages);
      if (remembered.size >= rememberedWords) remembered.clear();
      remembered.set(word, parts);
      return parts;
    },
  };
}

/** Added tokens are cut out of the word as it stands; what lies between them is tokenised. */
function tokenize(word: string, stages: Stages): WordPart[] {
  const parts: WordPart[] = [];
  let at = 0;
  const upTo = (end: number): void => {
    for (const part of tokenizePlain(word.slice(at, end), stages)) {
      parts.push({ id: part.id, start: part.start + at, end: part.end + at });
    }
  };
  for (const match of stages.asWritten?.find(word) ?? []) {
    upTo(match.start);
    parts.push(match);
    at = match.end;
  }
  upTo(word.length);
  return parts;
}

function tokenizePlain(text: string, { normalizer, afterNormalizing, wordPiece }: Stages): WordPart[] {
  const normalized = normalize(text, normalizer);
  const parts: WordPart[] = [];
  let at = 0;
  const upTo = (end: number): void => {
    for (const { from, to } of tokensOf(normalized, at, end))
      parts.push(...wordPieces(wordPiece, normalized, from, to));
  };
  for (const { id, from, to } of afterNormalizing === null ? [] : matchesIn(normalized, afterNormalizing)) {
    upTo(from);
    parts.push({ id, start: normalized.starts[from]!, end: normalized.ends[to - 1]! });
    at = to;
  }
  upTo(normalized.characters.length);
  return parts;
}

/** Matches as ranges of entries of the normalised text. */
function matchesIn(
  { characters }: NormalizedText,
  matcher: AddedTokenMatcher,
): { id: number; from: number; to: number }[] {
  const matches = matcher.find(characters.join(''));
  if (matches.length === 0) return [];
  const entryAt = new Map<number, number>();
  let unit = 0;
  characters.forEach((character, entry) => {
    entryAt.set(unit, entry);
    unit += character.length;
  });
  entryAt.set(unit, characters.length);
  return matches.map(({ id, start, end }) => ({ id, from: entryAt.get(start)!, to: entryAt.get(end)! }));
}
