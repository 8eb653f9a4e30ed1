import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { pack, partsOf } from '../../../src/engine/model/batch.ts';
import type { Bert } from '../../../src/engine/model/parts.ts';
import { lossAndGradients, type Passage } from '../../../src/engine/train/step.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { loadTiny, withModel } from '../../support/goldenModel.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';

const draw = { seed: 3, step: 5 };
const dropping = { dropout: 0.1, attentionDropout: 0.1 };

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

describe('the parts of a batch', () => {
  it('hold every sequence once and in order, and know what stands before them', async () => {
    const { sequences } = await loadTiny(readGolden, 'l2-h32');
    const batch = pack(sequences);
    const longest = Math.max(...sequences.map(({ ids }) => ids.length));
    for (const most of [1, longest, 2 * longest, batch.tokens - 1]) {
      const parts = partsOf(batch, most);
      expect(parts.length).toBeGreaterThan(1);
      expect(parts.flatMap(({ ids, tokens }) => [...ids.subarray(0, tokens)])).toEqual([
        ...batch.ids.subarray(0, batch.tokens),
      ]);
      let [rows, pairs, labelled] = [0, 0, 0];
      for (const part of parts) {
        expect(part.before).toEqual({ rows, pairs });
        expect(part.tokens <= most || part.offsets.length === 2).toBe(true);
        rows += part.tokens;
        labelled += part.labelled;
        for (let b = 0; b + 1 < part.offsets.length; b++) pairs += (part.offsets[b + 1]! - part.offsets[b]!) ** 2;
      }
      expect([rows, labelled]).toEqual([batch.tokens, batch.labelled]);
    }
    expect(partsOf(batch, batch.tokens)).toEqual([batch]);
  });
});

for (const device of ['cpu', 'wasm'] as const) {
  describe(`micro-batches on ${device}`, () => {
    beforeAll(async () => {
      await openNodeDevice(device);
    });

    const stepOf = async (model: Bert, batch: ReturnType<typeof pack>, passage: Passage = {}) => {
      const { loss, gradients } = lossAndGradients(model, batch, draw, passage);
      const values = new Map<string, Float32Array>([['loss', (await loss.data<'float32'>()).slice()]]);
      for (const [name, gradient] of gradients) values.set(name, (await gradient.data<'float32'>()).slice());
      tf.dispose([loss, ...gradients.values()]);
      return values;
    };

    for (const name of ['l2-h32', 'l3-h60'] as const) {
      it(`${name}: give the loss and the gradients of the whole batch, dropout on`, async () => {
        const { checkpoint, sequences } = await loadTiny(readGolden, name);
        const batch = pack(sequences);
        await withModel({ ...checkpoint, config: { ...checkpoint.config, ...dropping } }, async (model) => {
          const before = tf.memory().numTensors;
          const whole = await stepOf(model, batch);
          const global = norm(Float32Array.from([...whole.values()].map(norm)));
          for (const most of [1, 40, Math.ceil(batch.tokens / 2)]) {
            const parts = await stepOf(model, batch, { microBatchTokens: most });
            expect([...parts.keys()].sort()).toEqual([...whole.keys()].sort());
            for (const [parameter, wanted] of whole) {
              const difference = norm(wanted.map((value, i) => value - parts.get(parameter)![i]!));
              expect(difference, parameter).toBeLessThan(1e-5 * norm(wanted) + 1e-6 * global);
            }
          }
          expect(tf.memory().numTensors).toBe(before);
        });
      });
    }

    it('give the same bits where layers are computed again in the backward pass', async () => {
      const { checkpoint, sequences } = await loadTiny(readGolden, 'l3-h60');
      const batch = pack(sequences);
      await withModel({ ...checkpoint, config: { ...checkpoint.config, ...dropping } }, async (model) => {
        const before = tf.memory().numTensors;
        const kept = await stepOf(model, batch);
        expect(await stepOf(model, batch, { recompute: true })).toEqual(kept);
        expect(await stepOf(model, batch, { recompute: true, microBatchTokens: 40 })).toEqual(
          await stepOf(model, batch, { microBatchTokens: 40 }),
        );
        expect(tf.memory().numTensors).toBe(before);
      });
    });
  });
}
