import type * as tf from '@tensorflow/tfjs-core';
import { pack } from '../model/batch.ts';
import { compactTable, toTensors, wordTable, type Tensor32 } from '../model/parameters.ts';
import { Optimizer } from '../train/optimizer.ts';
import { lossAndGradients } from '../train/step.ts';
import type { BenchBatch, BenchModel } from './workload.ts';

/** Something that trains one model step by step on tfjs' present device. */
export interface Contender {
  readonly name: string;
  /** One optimizer step; the loss is to be read and disposed by the caller. */
  step(batch: BenchBatch): tf.Scalar;
  dispose(): void;
}

export interface TrainSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Largest global norm; 0 = no clipping. */
  readonly clipNorm: number;
  readonly seed: number;
}

/** The product's own step, as `train/train.ts` takes it: packed rows, compact vocabulary, clipping, AdamW. */
export interface VermeilContender extends Contender {
  readonly optimizer: Optimizer;
}

export function vermeil(model: BenchModel, pieceIds: Int32Array, settings: TrainSettings): VermeilContender {
  const { config } = model;
  const weights = new Map<string, Tensor32>(model.weights);
  weights.set(wordTable, compactTable(weights.get(wordTable)!, pieceIds));
  const optimizer = Optimizer.fresh(toTensors(weights), settings);
  return {
    name: 'vermeil',
    optimizer,
    step({ compact }) {
      const draw = config.dropout > 0 ? { seed: settings.seed, step: optimizer.t } : null;
      const bert = { config, parameters: optimizer.parameters() };
      const { loss, gradients } = lossAndGradients(bert, pack(compact), draw);
      optimizer.update(gradients, settings.learningRate).dispose();
      return loss;
    },
    dispose: () => optimizer.dispose(),
  };
}
