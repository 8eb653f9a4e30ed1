import * as tf from '@tensorflow/tfjs-core';
import { madeBatches, modelOf, randomCheckpoint } from '../../src/engine/bench/workload.ts';
import type { BertConfig } from '../../src/engine/checkpoint/config.ts';
import { openDevice, type DeviceEnv, type DeviceName } from '../../src/engine/device.ts';
import { pack } from '../../src/engine/model/batch.ts';
import { toTensors, toWeights, type Weights } from '../../src/engine/model/parameters.ts';
import { lossAndGradients } from '../../src/engine/train/step.ts';

export interface LayerSizes {
  readonly hidden: number;
  readonly sequences: number;
  /** Pieces of every sequence. */
  readonly length: number;
}

/** Too few to cost anything beside the layer. */
const [vocab, tags] = [64, 3];

/**
 * One encoder layer between embeddings of 64 pieces and a classifier of 3 tags, random weights, no dropout: loss and all
 * gradients of one batch on the opened device. What another engine needs to compute the same is handed out with it.
 */
export async function openEncoderLayer(device: DeviceName, sizes: LayerSizes, env: DeviceEnv) {
  const { adapter, failure } = await openDevice(device, env);
  const { hidden, sequences, length } = sizes;
  const like: BertConfig = {
    ...{ layers: 1, hidden, heads: 1, feedForward: hidden, vocab, positions: length, types: 1 },
    ...{ layerNormEps: 1e-12, dropout: 0, attentionDropout: 0, initializerRange: 0.02 },
    activation: 'gelu',
  };
  const { config, weights } = modelOf(randomCheckpoint(like, hidden, 1, 1), { layers: 1, tags, dropout: 0, seed: 1 });
  const pieceIds = Int32Array.from({ length: vocab }, (_, id) => id);
  const [made] = madeBatches({ pieceIds, tags }, { sequences, length, count: 1 }, 1).batches;
  const batch = pack(made!.full);
  const parameters = toTensors(weights);
  return {
    adapter,
    config,
    weights,
    sequences: made!.full,
    /** Takes the loss and all gradients, waits for the device, and gives the loss. */
    async step(): Promise<number> {
      const { loss, gradients } = lossAndGradients({ config, parameters }, batch, null);
      const [value] = await loss.data();
      tf.dispose([loss, ...gradients.values()]);
      const problem = failure();
      if (problem !== null) throw problem;
      return value!;
    },
    /** The gradient of every parameter, laid out as `weights` are. */
    async gradients(): Promise<Weights> {
      const { loss, gradients } = lossAndGradients({ config, parameters }, batch, null);
      const read = await toWeights(gradients);
      tf.dispose([loss, ...gradients.values()]);
      return read;
    },
  };
}
