import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { pack, type PackedBatch } from '../../../src/engine/model/batch.ts';
import { forward, infer } from '../../../src/engine/model/bert.ts';
import type { Bert } from '../../../src/engine/model/parts.ts';
import { lossAndGradients } from '../../../src/engine/train/step.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { loadTiny, withModel } from '../../support/goldenModel.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { peakOf } from '../../support/peakBytes.ts';

const dropping = { dropout: 0.1, attentionDropout: 0.1 };
const draw = { seed: 3, step: 5 };

for (const device of ['cpu', 'wasm'] as const) {
  describe(`activations on ${device}`, () => {
    beforeAll(async () => {
      await openNodeDevice(device);
    });

    const withDeep = async (body: (model: Bert, shallow: Bert, batch: PackedBatch) => void) => {
      const { checkpoint, sequences } = await loadTiny(readGolden, 'l3-h60');
      await withModel(checkpoint, (model) => {
        const config = { ...model.config, ...dropping };
        body({ ...model, config }, { ...model, config: { ...config, layers: 1 } }, pack(sequences));
        return Promise.resolve();
      });
    };

    it('of a prediction take no more room in three layers than in one, and give the logits of the training pass', async () => {
      await withDeep((model, shallow, batch) => {
        const inferring = (bert: Bert) => peakOf(() => tf.tidy(() => infer(bert, batch)));
        const recording = peakOf(() => tf.tidy(() => forward(model, batch, null).logits));
        expect(inferring(model)).toBe(inferring(shallow));
        expect(inferring(model)).toBeLessThan(0.6 * recording);
        const [found, wanted] = tf.tidy(() => [
          infer(model, batch).dataSync(),
          forward(model, batch, null).logits.dataSync(),
        ]);
        expect(found).toEqual(wanted);
      });
    });

    it('of a step are freed by the backward pass: its peak is the tape, the gradients and the work of one layer', async () => {
      await withDeep((model, shallow, batch) => {
        const tape = peakOf(() => tf.tidy(() => forward(model, batch, draw).logits));
        const peak = (bert: Bert) =>
          peakOf(() => {
            const { loss, gradients } = lossAndGradients(bert, batch, draw);
            return [loss, ...gradients.values()];
          });
        const oneLayer = peak(shallow);
        const parameters = [...model.parameters.values()].reduce((bytes, tensor) => bytes + 4 * tensor.size, 0);
        const most = peak(model);
        expect(most).toBeLessThan(tape + parameters + oneLayer / 2);
        expect(tf.memory().numTensors).toBe(model.parameters.size);
      });
    });
  });
}
