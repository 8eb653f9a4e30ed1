import * as tf from '@tensorflow/tfjs-core';
import { scoresOf, type Scores } from '../../eval/scores.ts';
import { tagIdsOf } from '../../data/bio.ts';
import type { Sentence } from '../../data/types.ts';
import type { Window } from '../../tokenizer/windows.ts';
import { ignored } from '../kernels/crossEntropy.ts';
import { pack, type PackedBatch } from '../model/batch.ts';
import { infer } from '../model/bert.ts';
import type { Bert } from '../model/parts.ts';
import { OutOfMemory } from '../outOfMemory.ts';
import type { Encoded } from './encode.ts';

/** Pieces that one forward pass of a prediction holds at most, unless one window is longer. */
const piecesAtOnce = 1024;

/** What a model says of the words of each sentence. */
export interface Classified {
  /** Tag numbers, 0 (`O`) for words with no pieces. */
  readonly tags: Int32Array[];
  /** The probability of each of these tags, softmax over all, 1 for words with no pieces; null where it was not asked for. */
  readonly probabilities: Float32Array[] | null;
}

/** The tag of every word of every sentence. `rowOf` maps piece ids to rows of the model's word table. */
export async function classify(
  model: Bert,
  sentences: readonly Encoded[],
  rowOf: (id: number) => number,
  withProbabilities: boolean,
  onProgress?: (done: number, total: number) => void,
): Promise<Classified> {
  const tags = sentences.map(({ words }) => new Int32Array(words));
  const probabilities = withProbabilities ? sentences.map(({ words }) => new Float32Array(words).fill(1)) : null;
  await inGroups(
    sentences,
    async (group) => {
      const batch = packed(group, rowOf);
      const results = tf.tidy((): tf.Tensor[] => {
        const logits = infer(model, batch);
        return [tf.argMax(logits, 1), ...(withProbabilities ? [tf.max(tf.softmax(logits), 1)] : [])];
      });
      const [found, sure] = await Promise.all(results.map((tensor) => tensor.data()));
      tf.dispose(results);
      group.forEach(({ window, sentence }, g) => {
        for (const { word, position } of window.firstPieces) {
          const row = batch.offsets[g]! + position;
          tags[sentence]![word] = found![row]!;
          if (probabilities !== null) probabilities[sentence]![word] = sure![row]!;
        }
      });
    },
    onProgress,
  );
  return { tags, probabilities };
}

/** The tag numbers that `classify` gives. */
export async function predictTags(
  model: Bert,
  sentences: readonly Encoded[],
  rowOf: (id: number) => number,
): Promise<Int32Array[]> {
  return (await classify(model, sentences, rowOf, false)).tags;
}

/** A window, and the number of its sentence. */
export interface Placed {
  readonly window: Window;
  readonly sentence: number;
}

/**
 * Gives all windows, group by group; they go by length, so that a pass holds like with like. A group for which the device has no
 * room is given again in halves: `each` must leave nothing behind where it throws.
 */
export async function inGroups(
  sentences: readonly Encoded[],
  each: (group: readonly Placed[]) => Promise<void>,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const all = sentences.flatMap(({ windows }, sentence) => windows.map((window) => ({ window, sentence })));
  all.sort((a, b) => a.window.ids.length - b.window.ids.length);
  let at = 0;
  while (at < all.length) {
    const group: Placed[] = [];
    let pieces = 0;
    for (let next = all[at]; next !== undefined; next = all[at]) {
      if (group.length > 0 && pieces + next.window.ids.length > piecesAtOnce) break;
      group.push(next);
      pieces += next.window.ids.length;
      at++;
    }
    await inHalves(group, each);
    onProgress?.(at, all.length);
  }
}

async function inHalves(group: readonly Placed[], each: (group: readonly Placed[]) => Promise<void>): Promise<void> {
  try {
    await each(group);
  } catch (error) {
    if (!(error instanceof OutOfMemory) || group.length === 1) throw error;
    const half = Math.ceil(group.length / 2);
    await inHalves(group.slice(0, half), each);
    await inHalves(group.slice(half), each);
  }
}

/** A group as a batch without labels. */
export function packed(group: readonly Placed[], rowOf: (id: number) => number): PackedBatch {
  return pack(
    group.map(({ window }) => ({
      ids: window.ids.map(rowOf),
      labels: new Int32Array(window.ids.length).fill(ignored),
    })),
  );
}

/** Scores of predicted tag numbers against the spans of `sentences`, over words. */
export function scorePredictions(
  sentences: readonly Sentence[],
  predicted: readonly Int32Array[],
  tags: readonly string[],
): Scores {
  const name = (id: number) => tags[id] ?? 'O';
  const gold = sentences.map((sentence) => [...tagIdsOf(sentence, tags)].map(name));
  return scoresOf(
    gold,
    predicted.map((ids) => [...ids].map(name)),
  );
}
