import { createRandom } from '../../core/random.ts';
import { Cursor } from '../../blend/sampler.ts';
import type { BertConfig } from '../checkpoint/config.ts';
import { encoderShapes } from '../checkpoint/weights.ts';
import { ignored } from '../kernels/crossEntropy.ts';
import type { Sequence } from '../model/batch.ts';
import { newHead, type Tensor32, type Weights } from '../model/parameters.ts';
import { compactIds, pieceIdsOf } from '../train/encode.ts';

/** A model to be trained by every contender: sizes, weights over the whole vocabulary with a classifier, tag count. */
export interface BenchModel {
  readonly config: BertConfig;
  readonly weights: Weights;
  readonly tags: number;
}

/** One batch, once with the ids of the whole vocabulary and once with rows of the compact one. */
export interface BenchBatch {
  readonly full: readonly Sequence[];
  readonly compact: readonly Sequence[];
  /** Pieces of its sequences, padding not counted. */
  readonly tokens: number;
}

/** Batches with the piece ids behind the rows of their compact ids, ascending. */
export interface BenchBatches {
  readonly pieceIds: Int32Array;
  readonly batches: readonly BenchBatch[];
}

export interface BatchSizes {
  /** Sentences of a batch. */
  readonly sentences: number;
  /** No sentence is added that would take a batch above this; null = no limit. */
  readonly maxTokens: number | null;
  readonly count: number;
}

/**
 * `count` batches of training sentences in a seeded order, as training draws them. The compact vocabulary is that of all
 * sentences, as in a run.
 */
export function drawBatches(
  sentences: readonly (readonly Sequence[])[],
  sizes: BatchSizes,
  seed: number,
): BenchBatches {
  const pieceIds = pieceIdsOf([sentences]);
  const compact = compactIds(sentences, pieceIds);
  const cursor = new Cursor(sentences.length, createRandom(seed, 'bench/order'));
  const tokensOf = (sentence: number) => sentences[sentence]!.reduce((sum, { ids }) => sum + ids.length, 0);
  let [next = 0] = cursor.take(1);
  const batches = Array.from({ length: sizes.count }, (): BenchBatch => {
    const chosen: number[] = [];
    let tokens = 0;
    do {
      chosen.push(next);
      tokens += tokensOf(next);
      [next = 0] = cursor.take(1);
    } while (chosen.length < sizes.sentences && tokens + tokensOf(next) <= (sizes.maxTokens ?? Infinity));
    return { full: chosen.flatMap((i) => sentences[i]!), compact: chosen.flatMap((i) => compact[i]!), tokens };
  });
  return { pieceIds, batches };
}

/**
 * `count` batches of `sequences` made sequences of exactly `length` pieces, ids drawn from `pieceIds`, every piece but the
 * first and the last labelled. For the lines that show how cost grows.
 */
export function madeBatches(
  { pieceIds, tags }: { readonly pieceIds: Int32Array; readonly tags: number },
  { sequences, length, count }: { readonly sequences: number; readonly length: number; readonly count: number },
  seed: number,
): BenchBatches {
  const random = createRandom(seed, 'bench/made');
  const batches = Array.from({ length: count }, (): BenchBatch => {
    const rows = Array.from({ length: sequences }, () =>
      Int32Array.from({ length }, () => random.below(pieceIds.length)),
    );
    const labels = rows.map((ids) => ids.map((_, i) => (i === 0 || i === length - 1 ? ignored : random.below(tags))));
    const withIds = (idOf: (row: number) => number) =>
      rows.map((ids, s): Sequence => ({ ids: ids.map(idOf), labels: labels[s]! }));
    return { compact: withIds((row) => row), full: withIds((row) => pieceIds[row]!), tokens: sequences * length };
  });
  return { pieceIds, batches };
}

/** The first layers of a checkpoint with a new classifier. Dropout is `dropout` everywhere. */
export function modelOf(
  checkpoint: { readonly config: BertConfig; readonly weights: Weights },
  { layers, tags, dropout, seed }: { layers: number; tags: number; dropout: number; seed: number },
): BenchModel {
  const config = { ...checkpoint.config, layers, dropout, attentionDropout: dropout };
  const weights = new Map<string, Tensor32>(newHead(config, tags, seed));
  for (const name of encoderShapes(config).keys()) {
    const weight = checkpoint.weights.get(name);
    if (weight === undefined) throw new Error(`the checkpoint has no ${name}`);
    weights.set(name, weight);
  }
  return { config, weights, tags };
}

/** Width of a head in models of another size than the checkpoint's. */
export const headWidth = 32;

/**
 * A checkpoint of random weights N(0, 0.02), LayerNorm at 1 and 0, with the vocabulary of `like` and heads of `headWidth`, for
 * sizes that no checkpoint is shipped in. Speed does not depend on the values.
 */
export function randomCheckpoint(like: BertConfig, hidden: number, layers: number, seed: number) {
  const config = { ...like, layers, hidden, heads: hidden / headWidth, feedForward: 4 * hidden };
  const random = createRandom(seed, 'bench/weights');
  const weights = new Map<string, Tensor32>();
  for (const [name, shape] of encoderShapes(config)) {
    const size = shape.reduce((product, side) => product * side, 1);
    const centre = name.endsWith('LayerNorm.weight') ? 1 : 0;
    const isVector = shape.length === 1;
    const values = new Float32Array(size).fill(centre);
    if (!isVector) for (let i = 0; i < size; i++) values[i] = random.normal() * config.initializerRange;
    weights.set(name, { shape, values });
  }
  return { config, weights };
}
