import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { vermeil } from '../../../../src/engine/bench/contenders.ts';
import { PlainTfjs } from '../../../../src/engine/bench/plainTfjs.ts';
import { drawBatches, type BenchModel } from '../../../../src/engine/bench/workload.ts';
import { pack, type Sequence } from '../../../../src/engine/model/batch.ts';
import { toTensors, wordTable } from '../../../../src/engine/model/parameters.ts';
import { lossAndGradients } from '../../../../src/engine/train/step.ts';
import { readGolden } from '../../../support/goldenFiles.ts';
import { loadTiny } from '../../../support/goldenModel.ts';
import { openNodeDevice } from '../../../support/nodeDevices.ts';

const settings = { learningRate: 1e-3, weightDecay: 0, clipNorm: 0, seed: 1 };

async function tinyTraining() {
  const { checkpoint, sequences, loss } = await loadTiny(readGolden, 'l2-h32');
  const { config, weights } = checkpoint;
  const tags = weights.get('classifier.bias')!.shape[0]!;
  const model: BenchModel = { config: { ...config, dropout: 0, attentionDropout: 0 }, weights, tags };
  const sizes = { sentences: sequences.length, maxTokens: null, count: 1 };
  const { pieceIds, batches } = drawBatches(
    sequences.map((s) => [s]),
    sizes,
    1,
  );
  return { model, loss, sequences, pieceIds, batch: batches[0]! };
}

for (const device of ['cpu', 'wasm'] as const) {
  describe(`plain tfjs and our step on ${device}`, () => {
    beforeAll(async () => {
      await openNodeDevice(device);
    });

    it("both have PyTorch's loss", async () => {
      const { model, loss, pieceIds, batch } = await tinyTraining();
      const ours = vermeil(model, pieceIds, settings);
      const plain = new PlainTfjs(model.config, model.weights, settings.learningRate);
      for (const contender of [ours, { step: () => plain.step(batch.full) }]) {
        const found = contender.step(batch);
        expect(Math.abs((await found.data())[0]! - loss)).toBeLessThan(1e-4);
        found.dispose();
      }
      ours.dispose();
      plain.dispose();
    });

    it('agree on every parameter after one step', async () => {
      const { model, sequences, pieceIds, batch } = await tinyTraining();
      const gradients = await gradientsOf(model, batch.full);
      const ours = vermeil(model, pieceIds, settings);
      const plain = new PlainTfjs(model.config, model.weights, settings.learningRate);
      tf.dispose([ours.step(batch), plain.step(batch.full)]);
      let compared = 0;
      for (const [name, tensor] of ours.optimizer.parameters()) {
        const [own, all] = [await tensor.data(), await plain.parameters.get(name)!.data()];
        const gradient = gradients.get(name)!;
        const width = tensor.shape[1] ?? 1;
        for (let i = 0; i < own.length; i++) {
          const inFull = name === wordTable ? pieceIds[Math.floor(i / width)]! * width + (i % width) : i;
          // The first step of Adam is lr · g / (|g| + ε), its own sign wherever g is more than ε (1e-7 in tfjs, 1e-8 here
          // as in PyTorch): where g is nothing but rounding, as it is for the biases of keys, its sign is chance.
          if (Math.abs(gradient[inFull]!) < 1e-5) continue;
          expect(Math.abs(own[i]! - all[inFull]!), name).toBeLessThan(1e-5);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(10_000);
      expect(sequences.length).toBeGreaterThan(1);
      ours.dispose();
      plain.dispose();
    });

    it('leave no tensor behind', async () => {
      const { model, pieceIds, batch } = await tinyTraining();
      const before = tf.memory().numTensors;
      const ours = vermeil(model, pieceIds, settings);
      const plain = new PlainTfjs(model.config, model.weights, settings.learningRate);
      for (let step = 0; step < 2; step++) tf.dispose([ours.step(batch), plain.step(batch.full)]);
      ours.dispose();
      plain.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}

/** Gradients over the whole vocabulary, by name. */
async function gradientsOf({ config, weights }: BenchModel, sequences: readonly Sequence[]) {
  const parameters = toTensors(weights);
  const { loss, gradients } = lossAndGradients({ config, parameters }, pack(sequences), null);
  const values = new Map<string, Float32Array>();
  for (const [name, gradient] of gradients) values.set(name, (await gradient.data<'float32'>()).slice());
  tf.dispose([loss, ...gradients.values(), ...parameters.values()]);
  return values;
}
