import type * as tf from '@tensorflow/tfjs-core';
import { madeBatches, modelOf, randomCheckpoint } from '../../src/engine/bench/workload.ts';
import type { BertConfig } from '../../src/engine/checkpoint/config.ts';
import { pack, type PackedBatch } from '../../src/engine/model/batch.ts';
import { toTensors } from '../../src/engine/model/parameters.ts';
import { Optimizer } from '../../src/engine/train/optimizer.ts';
import { lossAndGradients } from '../../src/engine/train/step.ts';
import type { Precision } from '../../src/run/config.ts';
import type { MemoryInput } from '../../src/run/memory.ts';

/** Shapes whose memory is mostly the tape, the parameters, and attention's probabilities. */
export const memoryShapes = {
  'many rows': { layers: 2, hidden: 64, words: 100, sequences: 16, length: 32 },
  'many parameters': { layers: 3, hidden: 128, words: 1500, sequences: 2, length: 32 },
  'long sequences': { layers: 2, hidden: 64, words: 100, sequences: 1, length: 256 },
} as const;
export type MemoryShape = keyof typeof memoryShapes;

const tags = 9;

/** A model of a shape on tfjs' present device: steps of its training, and what the estimate needs to know of it. */
export function openShape(
  name: MemoryShape,
  device: MemoryInput['device'],
  recompute = false,
  precision: Precision = 'f32',
) {
  const { layers, hidden, words, sequences, length } = memoryShapes[name];
  const like: BertConfig = {
    ...{ layers, hidden, heads: 2, feedForward: 4 * hidden, vocab: words, positions: 256, types: 2 },
    ...{ layerNormEps: 1e-12, dropout: 0.1, attentionDropout: 0.1, initializerRange: 0.02 },
    activation: 'gelu',
  };
  const { config, weights } = modelOf(randomCheckpoint(like, hidden, layers, 1), {
    ...{ layers, tags, dropout: 0.1, seed: 1 },
  });
  const pieceIds = Int32Array.from({ length: words }, (_, id) => id);
  const [made] = madeBatches({ pieceIds, tags }, { sequences, length, count: 1 }, 1).batches;
  const batch: PackedBatch = pack(made!.full);
  const optimizer = Optimizer.fresh(toTensors(weights), { weightDecay: 0.01, clipNorm: 1 });
  const input: MemoryInput = {
    ...{ model: config, words, tags, device, recompute, precision },
    batches: [{ rows: batch.ids.length, pairs: sequences * length ** 2 }],
  };
  return {
    input,
    step(): tf.Scalar {
      const model = { config, parameters: optimizer.parameters() };
      const draw = { seed: 1, step: optimizer.t };
      const { loss, gradients } = lossAndGradients(model, batch, draw, { recompute, precision });
      optimizer.update(gradients, 1e-3).dispose();
      return loss;
    },
    dispose: () => optimizer.dispose(),
  };
}
