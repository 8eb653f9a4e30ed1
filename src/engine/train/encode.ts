import { AppError } from '../../core/errors.ts';
import type { Sentence } from '../../data/types.ts';
import { tagIdsOf } from '../../data/bio.ts';
import { encodeWords } from '../../tokenizer/encode.ts';
import { ignored, labelIds } from '../../tokenizer/labels.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { windowsOf, type Window } from '../../tokenizer/windows.ts';
import type { BertConfig } from '../checkpoint/config.ts';
import { plainForm, type LossForm } from '../kernels/crossEntropy.ts';
import type { Sequence } from '../model/batch.ts';

/** A sentence ready for the model: its windows, each word's first piece in exactly one of them. */
export interface Encoded {
  readonly windows: readonly Window[];
  readonly words: number;
}

/**
 * Throws `checkpoint-sizes` (detail `what`, `found`, `wanted`) where windows are longer than the model's positions, or the
 * tokenizer is another model's and names word rows that there are not.
 */
export function checkFits(tokenizer: Tokenizer, { positions, vocab }: BertConfig, maxPieces: number): void {
  const fits = (what: string, found: number, wanted: number) => {
    if (found <= wanted) return;
    throw new AppError('checkpoint-sizes', `${what}: ${String(found)}, the model has ${String(wanted)}`, {
      what,
      found,
      wanted,
    });
  };
  fits('maxPieces', maxPieces, positions);
  fits('vocabulary', tokenizer.size, vocab);
}

export function encodeSentence(tokenizer: Tokenizer, sentence: Sentence, maxPieces: number): Encoded {
  const pieces = encodeWords(tokenizer, sentence.text, sentence.words);
  return { windows: windowsOf(pieces, tokenizer, maxPieces), words: sentence.words.length };
}

/** Training sequences of labelled sentences, one list a sentence; `loss` is that of their source, weighted by the sentence. */
export function encodeLabelled(
  tokenizer: Tokenizer,
  sentences: readonly Sentence[],
  tags: readonly string[],
  maxPieces: number,
  loss: Omit<LossForm, 'weight'> = plainForm,
): readonly (readonly Sequence[])[] {
  return sentences.map((sentence) => {
    const wordTags = withoutMasked(sentence, tagIdsOf(sentence, tags));
    const { windows } = encodeSentence(tokenizer, sentence, maxPieces);
    const form = { ...loss, weight: sentence.weight ?? 1 };
    return windows.map((window) => ({ ids: window.ids, labels: labelIds(window, wordTags), form }));
  });
}

/** Tag numbers with those of masked words ignored: whether the word is an entity is in doubt, so the loss leaves it out. */
function withoutMasked({ words, masked = [] }: Sentence, wordTags: Int32Array): Int32Array {
  return wordTags.map((tag, i) => {
    const word = words[i]!;
    return masked.some(({ start, end }) => word.start < end && word.end > start) ? ignored : tag;
  });
}

/** The different piece ids of the sequences, ascending: the rows of the compact word table. */
export function pieceIdsOf(sources: readonly (readonly (readonly Sequence[])[])[]): Int32Array {
  const seen = new Set<number>([0]);
  for (const sentences of sources) {
    for (const sequences of sentences) for (const { ids } of sequences) for (const id of ids) seen.add(id);
  }
  return Int32Array.from(seen).sort();
}

/** The different piece ids of encoded sentences, ascending; 0 is always among them, for rows of no sequence. */
export function pieceIdsOfEncoded(sentences: readonly Encoded[]): Int32Array {
  const seen = new Set<number>([0]);
  for (const { windows } of sentences) for (const { ids } of windows) for (const id of ids) seen.add(id);
  return Int32Array.from(seen).sort();
}

/** The sequences with piece ids replaced by their rows in the compact table. */
export function compactIds(
  sentences: readonly (readonly Sequence[])[],
  pieceIds: Int32Array,
): readonly (readonly Sequence[])[] {
  const rowOf = new Map([...pieceIds].map((id, row) => [id, row]));
  return sentences.map((sequences) =>
    sequences.map((sequence) => ({ ...sequence, ids: sequence.ids.map((id) => rowOf.get(id) ?? 0) })),
  );
}
