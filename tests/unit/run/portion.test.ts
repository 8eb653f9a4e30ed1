import { describe, expect, it } from 'vitest';
import { activationBytes, estimateMemory } from '../../../src/run/memory.ts';
import { estimateRun, portionOf } from '../../../src/run/portion.ts';

const small = { layers: 6, hidden: 384, heads: 12, feedForward: 1536, positions: 512, types: 2 };
const large = { layers: 20, hidden: 768, heads: 12, feedForward: 3072, positions: 512, types: 2 };
const trained = { model: small, words: 4000, tags: 9, device: 'wasm' } as const;

describe('the portion of a batch', () => {
  it('keeps within the budget, falls with the model and the longest sequence, and is never nothing', () => {
    const { microBatchTokens, recompute } = portionOf(trained, 128);
    expect(recompute).toBe(false);
    expect(microBatchTokens % 64).toBe(0);
    expect(microBatchTokens).toBeGreaterThan(4096);
    const batch = { rows: microBatchTokens, pairs: microBatchTokens * 128 };
    expect(activationBytes({ ...trained, recompute }, batch)).toBeLessThanOrEqual(2 ** 30);
    expect(activationBytes({ ...trained, recompute }, { ...batch, rows: batch.rows + 128 })).toBeGreaterThan(
      0.98 * 2 ** 30,
    );
    expect(portionOf(trained, 512).microBatchTokens).toBeLessThan(microBatchTokens);
    expect(portionOf({ ...trained, model: { ...small, layers: 12 } }, 128).microBatchTokens).toBeLessThan(
      microBatchTokens,
    );
    expect(portionOf(trained, 512, 1)).toEqual({ microBatchTokens: 64, recompute: true });
  });

  it('recomputes layers just where not one of the longest sequences fits', () => {
    const one = activationBytes({ ...trained, recompute: false }, { rows: 512, pairs: 512 ** 2 });
    expect(portionOf(trained, 512, one)).toEqual({ microBatchTokens: 512, recompute: false });
    const less = portionOf(trained, 512, one - 1);
    expect(less.recompute).toBe(true);
    expect(less.microBatchTokens).toBeGreaterThan(1024);
  });

  it('leaves room for the parameters of a large model in the heap of wasm', () => {
    const heavy = { ...trained, model: large, words: 20_000 };
    const { parameters, moments, gradients } = estimateMemory({ ...heavy, batches: [], recompute: false });
    const { microBatchTokens, recompute } = portionOf(heavy, 512);
    const used = activationBytes({ ...heavy, recompute }, { rows: 512, pairs: 512 ** 2 });
    expect(parameters + moments + gradients + (used * microBatchTokens) / 512).toBeLessThan(0.75 * 2 ** 32);
    expect(recompute).toBe(true);
    expect(portionOf({ ...heavy, device: 'webgpu' }, 512).recompute).toBe(false);
  });
});

describe('the estimate of a run', () => {
  it('is that of the portions its batches are cut into', () => {
    const sizes = { batchSize: 16, meanPieces: 28, maxPieces: 128 };
    const whole = estimateRun(trained, sizes);
    expect(whole.microBatchTokens).toBeGreaterThan(448);
    const batches = [{ rows: 448, pairs: 448 * 28 }];
    expect(whole.total).toBe(estimateMemory({ ...trained, batches, recompute: false }).total);
    // A batch a hundred times as large goes through in parts.
    const many = estimateRun(trained, { ...sizes, batchSize: 1600 });
    expect(many.activations).toBeLessThan(2 ** 30);
    expect(many.activations).toBeGreaterThan(2 * whole.activations);
  });
});
