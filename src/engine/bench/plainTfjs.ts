import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { BertConfig } from '../checkpoint/config.ts';
import { isLinearWeight, transposed, type Weights } from '../model/parameters.ts';
import type { Sequence } from '../model/batch.ts';
import { ignored } from '../kernels/crossEntropy.ts';
import type { Contender, TrainSettings } from './contenders.ts';
import type { BenchModel } from './workload.ts';

/**
 * The same fine-tuning as someone would write it with tfjs alone: padded batches, `tf.matMul`, `tf.dropout`,
 * `tf.losses.softmaxCrossEntropy`, gradients by the tape, `tf.train.adam`, the whole vocabulary. What `bench` compares with.
 */
export class PlainTfjs {
  readonly #config: BertConfig;
  readonly #variables = new Map<string, tf.Variable>();
  readonly #optimizer: tf.Optimizer;

  /** Takes a copy of the weights, which must hold a classifier. */
  constructor(config: BertConfig, weights: Weights, learningRate: number) {
    registerMissingKernels();
    this.#config = config;
    this.#optimizer = tf.train.adam(learningRate);
    for (const [name, weight] of weights) {
      const { shape, values } = isLinearWeight(name) ? transposed(weight) : weight;
      const start = tf.tensor(values.slice(), [...shape], 'float32');
      this.#variables.set(name, tf.variable(start));
      start.dispose(); // a variable keeps a count of its own on the values
    }
  }

  /** The present parameters by name, weights of linear layers [in, out]; they stay this object's. */
  get parameters(): ReadonlyMap<string, tf.Tensor> {
    return this.#variables;
  }

  /** One optimizer step; returns the loss, to be read and disposed by the caller. */
  step(sequences: readonly Sequence[]): tf.Scalar {
    const list = [...this.#variables.values()];
    const loss = this.#optimizer.minimize(() => this.loss(sequences, true), true, list);
    if (loss === null) throw new Error('tfjs returned no loss');
    return loss;
  }

  /** Mean cross-entropy over the labelled pieces of a padded batch. */
  loss(sequences: readonly Sequence[], training: boolean): tf.Scalar {
    const batch = pad(sequences);
    const logits = this.#logits(batch, training);
    const tags = logits.shape[1];
    const labels = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), tags);
    return tf.losses.softmaxCrossEntropy(labels, logits, tf.tensor1d(batch.scored));
  }

  dispose(): void {
    tf.dispose([...this.#variables.values()]);
    this.#optimizer.dispose();
  }

  #variable<R extends tf.Rank>(name: string): tf.Tensor<R> {
    const found = this.#variables.get(name);
    if (found === undefined) throw new Error(`no variable ${name}`);
    return found as tf.Tensor as tf.Tensor<R>;
  }

  #dense(x: tf.Tensor2D, name: string): tf.Tensor2D {
    return tf.add(
      tf.matMul(x, this.#variable<tf.Rank.R2>(`${name}.weight`)),
      this.#variable<tf.Rank.R1>(`${name}.bias`),
    );
  }

  #norm(x: tf.Tensor2D, name: string): tf.Tensor2D {
    const { mean, variance } = tf.moments(x, 1, true);
    const normed = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, this.#config.layerNormEps)));
    return tf.add(tf.mul(normed, this.#variable(`${name}.weight`)), this.#variable(`${name}.bias`));
  }

  #logits({ ids, size, longest, mask }: Padded, training: boolean): tf.Tensor2D {
    const { hidden, heads, layers, dropout } = this.#config;
    const drop = <T extends tf.Tensor>(x: T): T => (training && dropout > 0 ? (tf.dropout(x, dropout) as T) : x);
    const places = Int32Array.from({ length: size * longest }, (_, i) => i % longest);
    const words = tf.gather(this.#variable<tf.Rank.R2>('embeddings.word_embeddings.weight'), tf.tensor1d(ids, 'int32'));
    const position = tf.gather(this.#variable('embeddings.position_embeddings.weight'), tf.tensor1d(places, 'int32'));
    const kind = tf.gather(
      this.#variable('embeddings.token_type_embeddings.weight'),
      tf.zeros([size * longest], 'int32'),
    );
    let x = drop(
      this.#norm(tf.addN<tf.Tensor2D>([words, position as tf.Tensor2D, kind as tf.Tensor2D]), 'embeddings.LayerNorm'),
    );
    const bias = tf.tensor4d(mask, [size, 1, 1, longest]);
    const split = (t: tf.Tensor2D) => tf.transpose(tf.reshape(t, [size, longest, heads, hidden / heads]), [0, 2, 1, 3]);
    for (let l = 0; l < layers; l++) {
      const name = `encoder.layer.${String(l)}`;
      const [q, k, v] = ['query', 'key', 'value'].map((part) =>
        split(this.#dense(x, `${name}.attention.self.${part}`)),
      );
      const scores = tf.add(tf.mul(tf.matMul(q!, k!, false, true), Math.sqrt(heads / hidden)), bias);
      const context = tf.matMul(drop(tf.softmax(scores)), v!);
      const joined = tf.reshape<tf.Rank.R2>(tf.transpose(context, [0, 2, 1, 3]), [size * longest, hidden]);
      const mixed = drop(this.#dense(joined, `${name}.attention.output.dense`));
      const attended = this.#norm(tf.add(x, mixed), `${name}.attention.output.LayerNorm`);
      const inner = this.#dense(attended, `${name}.intermediate.dense`);
      const raised = tf.mul<tf.Tensor2D>(tf.mul(inner, 0.5), tf.add(tf.erf(tf.mul(inner, Math.SQRT1_2)), 1));
      const back = drop(this.#dense(raised, `${name}.output.dense`));
      x = this.#norm(tf.add(attended, back), `${name}.output.LayerNorm`);
    }
    return this.#dense(drop(x), 'classifier');
  }
}

/** The model as one side of the benchmark. It neither clips nor decays, which spares it work. */
export function plainTfjs(model: BenchModel, { learningRate }: TrainSettings): Contender {
  const plain = new PlainTfjs(model.config, model.weights, learningRate);
  return { name: 'plain tfjs', step: ({ full }) => plain.step(full), dispose: () => plain.dispose() };
}

interface Padded {
  readonly ids: Int32Array;
  /** Tags with 0 where a piece is not scored, and 1 or 0 whether it is. */
  readonly labels: Int32Array;
  readonly scored: Float32Array;
  /** 0 for pieces, −1e9 for padding. */
  readonly mask: Float32Array;
  readonly size: number;
  readonly longest: number;
}

function pad(sequences: readonly Sequence[]): Padded {
  const longest = Math.max(...sequences.map(({ ids }) => ids.length));
  const size = sequences.length;
  const [ids, labels] = [new Int32Array(size * longest), new Int32Array(size * longest)];
  const [scored, mask] = [new Float32Array(size * longest), new Float32Array(size * longest).fill(-1e9)];
  sequences.forEach((sequence, b) => {
    sequence.ids.forEach((id, t) => {
      const at = b * longest + t;
      ids[at] = id;
      mask[at] = 0;
      const label = sequence.labels[t]!;
      if (label === ignored) return;
      labels[at] = label;
      scored[at] = 1;
    });
  });
  return { ids, labels, scored, mask, size, longest };
}

/** What the kernel below needs of tfjs-wasm's backend. */
interface WasmMemory {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array;
}

/** tfjs-wasm 4.22 has no UnsortedSegmentSum, the gradient of `tf.gather`; a user would add it as a plain loop. */
function registerMissingKernels(): void {
  if (tf.getKernelsForBackend('wasm').some(({ kernelName }) => kernelName === 'UnsortedSegmentSum')) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const wasm = backend as WasmMemory;
      const [x, segmentIds] = [inputs['x']!, inputs['segmentIds']!];
      const count = (attrs as unknown as { numSegments: number }).numSegments;
      const width = tf.util.sizeFromShape(x.shape.slice(1));
      const out = wasm.makeOutput([count, ...x.shape.slice(1)], 'float32');
      const [from, ids, to] = [
        wasm.typedArrayFromHeap(x),
        wasm.typedArrayFromHeap(segmentIds),
        wasm.typedArrayFromHeap(out),
      ];
      to.fill(0);
      for (let n = 0; n < ids.length; n++) {
        for (let h = 0; h < width; h++) to[ids[n]! * width + h]! += from[n * width + h]!;
      }
      return out;
    },
  });
}
