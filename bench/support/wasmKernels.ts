import * as tf from '@tensorflow/tfjs-core';
import { modelOf, randomCheckpoint } from '../../src/engine/bench/workload.ts';
import type { BertConfig } from '../../src/engine/checkpoint/config.ts';
import { openDevice, type DeviceEnv } from '../../src/engine/device.ts';
import { activate, activateGrad } from '../../src/engine/kernels/activation.ts';
import { adamw, type AdamwState } from '../../src/engine/kernels/adamw.ts';
import { attend, attendGrad } from '../../src/engine/kernels/attention.ts';
import { withVariant } from '../../src/engine/kernels/backend.ts';
import { crossEntropy } from '../../src/engine/kernels/crossEntropy.ts';
import { dropout } from '../../src/engine/kernels/dropout.ts';
import { embed, embedGrad } from '../../src/engine/kernels/embeddings.ts';
import { globalNorm } from '../../src/engine/kernels/globalNorm.ts';
import { layerNorm, layerNormGrad } from '../../src/engine/kernels/layerNorm.ts';
import { matmul, matmulNT, matmulTN } from '../../src/engine/kernels/matmul.ts';
import { pack } from '../../src/engine/model/batch.ts';
import { toTensors } from '../../src/engine/model/parameters.ts';
import { Optimizer } from '../../src/engine/train/optimizer.ts';
import { lossAndGradients } from '../../src/engine/train/step.ts';

/** One piece of work before (tfjs' matMul, host loops) and with our kernels. */
interface Compared {
  before(): void;
  ours(): void;
}

export interface Operation {
  readonly what: string;
  /** How often a step takes it; a product of another shape counts by its size. */
  readonly calls: number;
  readonly flops?: number;
  readonly compared: Compared;
}

const [width, heads, inner, vocab, positions, tags] = [384, 12, 1536, 3000, 512, 9];

/** 16 sentences about as long as the sample's. */
const lengths = [12, 15, 17, 19, 21, 23, 24, 26, 28, 30, 31, 33, 36, 39, 44, 51];
const batch = pack(
  lengths.map((length, s) => ({
    ids: Int32Array.from({ length }, (_, i) => (i * 37 + s) % vocab),
    labels: Int32Array.from({ length }, (_, i) => (i % 2 === 0 ? -100 : i % tags)),
  })),
);
const rows = batch.ids.length;
const key = { seed: 1, step: 2, site: 3, rate: 0.1 };

const variants = (work: () => void): Compared => ({
  before: () => withVariant('host', work),
  ours: () => withVariant('wasm', work),
});

/** Results are thrown away at once. */
const tidied = (work: () => unknown): Compared =>
  variants(() => {
    tf.tidy(() => {
      work();
    });
  });

const matrix = (r: number, w: number) => tf.randomNormal<tf.Rank.R2>([r, w]);
const vector = (w: number) => tf.randomNormal<tf.Rank.R1>([w]);

/** Opens tfjs' wasm device with our kernels beside it. */
export async function openWasmBench(env: DeviceEnv) {
  const { adapter } = await openDevice('wasm', env);
  return { adapter, pieces: batch.tokens, rows, operations, step, productFlops };
}

/** Operations in the step's shapes. Their tensors stay until the process ends. */
function* operations(layers: number): Generator<Operation> {
  const shapes = [
    [width, width, 4],
    [width, inner, 1],
    [inner, width, 1],
  ] as const;
  for (const [i, o, perLayer] of shapes) {
    const [x, w, dy] = [matrix(rows, i), matrix(i, o), matrix(rows, o)];
    const [calls, flops] = [perLayer * layers, 2 * rows * i * o];
    const of = `[${String(rows)}, ${String(i)}] [${String(i)}, ${String(o)}]`;
    yield { what: `x w ${of}`, calls, flops, compared: tidied(() => matmul(x, w)) };
    yield { what: 'dy wᵀ', calls, flops, compared: tidied(() => matmulNT(dy, w)) };
    yield { what: 'xᵀ dy', calls, flops, compared: tidied(() => matmulTN(x, dy)) };
  }

  const [wide, dwide] = [matrix(rows, inner), matrix(rows, inner)];
  yield { what: 'gelu', calls: layers, compared: tidied(() => activate(wide, 'gelu')) };
  yield { what: 'its gradient', calls: layers, compared: tidied(() => activateGrad(dwide, wide, 'gelu')) };

  const [x, residual, gamma, beta] = [matrix(rows, width), matrix(rows, width), vector(width), vector(width)];
  const inputs = { x, residual, key, gamma, beta, epsilon: 1e-12 };
  const normed = layerNorm(inputs);
  const norms = 2 * layers + 1;
  yield { what: 'residual, dropout, layer norm', calls: norms, compared: tidied(() => layerNorm(inputs)) };
  yield { what: 'their gradient', calls: norms, compared: tidied(() => layerNormGrad(x, normed, gamma, key)) };
  yield { what: 'dropout', calls: 4, compared: tidied(() => dropout(x, key)) };

  const [q, k, v] = [matrix(rows, width), matrix(rows, width), matrix(rows, width)];
  const shape = { offsets: batch.offsets, heads };
  const attended = attend({ q, k, v }, shape, key);
  yield { what: 'attention', calls: layers, compared: tidied(() => attend({ q, k, v }, shape, key)) };
  const attendBack = tidied(() => attendGrad(x, { q, k, v }, shape, key, attended));
  yield { what: 'its gradient', calls: layers, compared: attendBack };

  const tables = { word: matrix(vocab, width), position: matrix(positions, width), type: matrix(2, width) };
  yield { what: 'embeddings', calls: 1, compared: tidied(() => embed(tables, batch)) };
  yield { what: 'their gradients', calls: 1, compared: tidied(() => embedGrad(x, tables, batch)) };
  const logits = matrix(rows, tags);
  yield { what: 'cross-entropy', calls: 1, compared: tidied(() => crossEntropy(logits, batch.labels, batch.labelled)) };

  // By parameters: a layer has three times [width, inner] of them, the word table two thirds of that.
  const gradient = matrix(width, inner);
  const tensors = 3 * layers + (vocab + positions) / inner;
  let state: AdamwState = {
    value: matrix(width, inner),
    moment1: tf.zerosLike(gradient),
    moment2: tf.zerosLike(gradient),
  };
  const settings = { learningRate: 1e-4, decay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, t: 10 };
  const clip = tf.scalar(1);
  const update = variants(() => {
    state = adamw(state, gradient, clip, settings);
  });
  yield { what: 'AdamW [384, 1536]', calls: tensors, compared: update };
  yield { what: 'sum of its squares', calls: tensors, compared: tidied(() => globalNorm([gradient])) };
}

/** A training step: loss, gradients, clipping, AdamW; one scalar is read, as training does. */
function step(layers: number): Compared {
  const like: BertConfig = {
    ...{ layers, hidden: width, heads, feedForward: inner, vocab, positions, types: 2 },
    ...{ layerNormEps: 1e-12, dropout: key.rate, attentionDropout: key.rate, initializerRange: 0.02 },
    activation: 'gelu',
  };
  const made = modelOf(randomCheckpoint(like, width, layers, 1), { layers, tags, dropout: key.rate, seed: 1 });
  const optimizer = Optimizer.fresh(toTensors(made.weights), { weightDecay: 0.01, clipNorm: 1 });
  let done = 0;
  return variants(() => {
    const model = { config: made.config, parameters: optimizer.parameters() };
    const { loss, gradients } = lossAndGradients(model, batch, { seed: 1, step: ++done });
    const norm = optimizer.update(gradients, 1e-5);
    if (!Number.isFinite(loss.dataSync()[0])) throw new Error('the loss is not finite');
    tf.dispose([loss, norm]);
  });
}

/** Multiplications and additions of a step's linear layers, forward and twice backward. */
function productFlops(layers: number): number {
  return 6 * rows * (layers * (4 * width * width + 2 * width * inner) + width * tags);
}
