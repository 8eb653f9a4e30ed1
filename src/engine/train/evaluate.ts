import * as tf from '@tensorflow/tfjs-core';
import { scoresOf, type Scores } from '../../eval/scores.ts';
import { tagIdsOf } from '../../data/bio.ts';
import type { Sentence } from '../../data/types.ts';
import type { Window } from '../../tokenizer/windows.ts';
import { ignored } from '../kernels/crossEntropy.ts';
import { pack, type PackedBatch } from '../model/batch.ts';
import { infer, type Bert } from '../model/bert.ts';
import type { Encoded } from './encode.ts';

/** Pieces that one forward pass of a prediction holds at most, unless one window is longer. */
const piecesAtOnce = 1024;

/**
 * The tag number of every word of every sentence, 0 (`O`) for words with no pieces. `rowOf` maps piece ids to rows of the
 * model's word table.
 */
export async function predictTags(
  model: Bert,
  sentences: readonly Encoded[],
  rowOf: (id: number) => number,
  onProgress?: (done: number, total: number) => void,
): Promise<Int32Array[]> {
  const result = sentences.map(({ words }) => new Int32Array(words));
  await inGroups(
    sentences,
    async (group) => {
      const batch = packed(group, rowOf);
      const best = tf.tidy(() => tf.argMax(infer(model, batch), 1));
      const tags = await best.data<'int32'>();
      best.dispose();
      group.forEach(({ window, sentence }, g) => {
        for (const { word, position } of window.firstPieces)
          result[sentence]![word] = tags[batch.offsets[g]! + position]!;
      });
    },
    onProgress,
  );
  return result;
}

/** A window, and the number of its sentence. */
export interface Placed {
  readonly window: Window;
  readonly sentence: number;
}

/** Gives all windows, group by group; they go by length, so that a pass holds like with like. */
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
    await each(group);
    onProgress?.(at, all.length);
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
