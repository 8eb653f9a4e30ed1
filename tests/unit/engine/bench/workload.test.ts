import { describe, expect, it } from 'vitest';
import { drawBatches, madeBatches, modelOf, randomCheckpoint } from '../../../../src/engine/bench/workload.ts';
import { ignored } from '../../../../src/engine/kernels/crossEntropy.ts';
import { readGolden } from '../../../support/goldenFiles.ts';
import { loadTiny } from '../../../support/goldenModel.ts';

/** Sentence s has 3 + s pieces with ids 10 s, 10 s + 1, … */
const sentences = Array.from({ length: 8 }, (_, s) => {
  const ids = Int32Array.from({ length: 3 + s }, (_, i) => 10 * s + i);
  return [{ ids, labels: ids.map(() => 1) }];
});

describe('batches of sentences', () => {
  it('hold the same pieces in both vocabularies', () => {
    const { pieceIds, batches } = drawBatches(sentences, { sentences: 3, maxTokens: null, count: 4 }, 5);
    expect(pieceIds).toEqual(Int32Array.from(pieceIds).sort());
    for (const { full, compact, tokens } of batches) {
      expect(compact.map(({ ids }) => [...ids].map((row) => pieceIds[row]))).toEqual(full.map(({ ids }) => [...ids]));
      expect(tokens).toBe(full.reduce((sum, { ids }) => sum + ids.length, 0));
      expect(full).toHaveLength(3);
    }
  });
  it('take every sentence once before one comes again', () => {
    const { batches } = drawBatches(sentences, { sentences: 2, maxTokens: null, count: 4 }, 5);
    const firsts = batches.flatMap(({ full }) => full.map(({ ids }) => ids[0]!));
    expect(firsts.sort((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
  });
  it('stay below the limit, but for a sentence that is above it alone', () => {
    const { batches } = drawBatches(sentences, { sentences: 8, maxTokens: 12, count: 8 }, 5);
    for (const { full, tokens } of batches) expect(full.length === 1 || tokens <= 12).toBe(true);
    expect(batches.some(({ full }) => full.length > 1)).toBe(true);
    const firsts = batches.flatMap(({ full }) => full.map(({ ids }) => ids[0]!));
    expect(new Set(firsts.slice(0, 8)).size).toBe(8); // nothing was skipped
  });
  it('are the same for one seed', () => {
    const sizes = { sentences: 3, maxTokens: null, count: 2 };
    expect(drawBatches(sentences, sizes, 5)).toEqual(drawBatches(sentences, sizes, 5));
    expect(drawBatches(sentences, sizes, 5)).not.toEqual(drawBatches(sentences, sizes, 6));
  });
});

describe('made batches', () => {
  it('have the length asked for and no label on their ends', () => {
    const pieceIds = Int32Array.from([0, 7, 9]);
    const { batches } = madeBatches({ pieceIds, tags: 4 }, { sequences: 3, length: 6, count: 2 }, 1);
    for (const { full, compact, tokens } of batches) {
      expect(tokens).toBe(18);
      for (const [s, { ids, labels }] of compact.entries()) {
        expect(full[s]!.ids).toEqual(ids.map((row) => pieceIds[row]!));
        expect([labels.length, labels[0], labels[5]]).toEqual([6, ignored, ignored]);
        for (const label of labels.subarray(1, 5)) expect(label >= 0 && label < 4).toBe(true);
      }
    }
  });
});

describe('models', () => {
  it('of another width have the checkpoint’s vocabulary and heads of 32', async () => {
    const { checkpoint } = await loadTiny(readGolden, 'l2-h32');
    const { config, weights } = randomCheckpoint(checkpoint.config, 64, 3, 1);
    expect(config).toMatchObject({ layers: 3, hidden: 64, heads: 2, feedForward: 256, vocab: 200 });
    const table = weights.get('embeddings.word_embeddings.weight')!;
    expect(table.shape).toEqual([200, 64]);
    const spread = Math.sqrt(table.values.reduce((sum, value) => sum + value * value, 0) / table.values.length);
    expect(spread).toBeCloseTo(0.02, 3);
  });
  it('keep the first layers and get a classifier', async () => {
    const { checkpoint } = await loadTiny(readGolden, 'l2-h32');
    const { config, weights } = modelOf(checkpoint, { layers: 1, tags: 5, dropout: 0.1, seed: 1 });
    expect([config.layers, config.dropout, config.attentionDropout]).toEqual([1, 0.1, 0.1]);
    expect([...weights.keys()].filter((name) => name.startsWith('encoder.layer.1'))).toEqual([]);
    expect(weights.get('classifier.weight')!.shape).toEqual([5, 32]);
  });
});
