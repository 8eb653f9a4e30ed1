import * as tf from '@tensorflow/tfjs-core';
import type { BertConfig } from '../checkpoint/config.ts';
import { halfGpu, isHalf, tensorsOf, type Factor, type Half } from '../gpu/half.ts';
import { dropout, type DropoutKey } from '../kernels/dropout.ts';
import type { EmbeddingTables } from '../kernels/embeddings.ts';
import { layerNorm, type LayerNormOutputs } from '../kernels/layerNorm.ts';
import { linear } from '../kernels/linear.ts';
import { isLinearWeight } from './parameters.ts';

/** Hugging Face's names without `bert.`; weights of linear layers are [in, out], transposed from the file. */
export type Parameters = ReadonlyMap<string, tf.Tensor>;

/** One model: its sizes and its present parameters. */
export interface Bert {
  readonly config: BertConfig;
  readonly parameters: Parameters;
  /** Copies of the encoder's linear weights in half precision, which its products take instead; absent = float32 throughout. */
  readonly halves?: ReadonlyMap<string, Half>;
}

/**
 * Calls `body` with the model in mixed precision, for a training step on webgpu: the products of the encoder take factors in half
 * precision and add up in float32, and all else is as before (Micikevicius et al., arXiv 1710.03740). The classifier stays in
 * float32 too. Widths are multiples of 4.
 */
export function inHalfPrecision<T>(model: Bert, body: (model: Bert) => T): T {
  const halves = new Map<string, Half>();
  try {
    for (const [name, value] of model.parameters) {
      if (name.startsWith('encoder.') && isLinearWeight(name)) halves.set(name, halfGpu(value as tf.Tensor2D));
    }
    return body({ ...model, halves });
  } finally {
    tf.dispose([...halves.values()].flatMap(tensorsOf));
  }
}

/** What products take of `x`: a copy in half precision where the model has its weights so, else `x` itself. */
export function factorOf(model: Bert, x: tf.Tensor2D): Factor {
  return model.halves === undefined ? x : halfGpu(x);
}

/** The name of a part of layer `layer` of the encoder. */
export const layerName = (layer: number, rest: string) => `encoder.layer.${String(layer)}.${rest}`;

/** Throws where there is none: model and checkpoint do not belong together. */
export function parameter(model: Bert, name: string): tf.Tensor {
  const found = model.parameters.get(name);
  if (found === undefined) throw new Error(`the model has no parameter ${name}`);
  return found;
}

/** Of a linear layer [in, out] and [out]; of a layer norm both [H]. */
export function weights(model: Bert, name: string): { w: tf.Tensor2D; b: tf.Tensor1D } {
  return { w: parameter(model, `${name}.weight`) as tf.Tensor2D, b: parameter(model, `${name}.bias`) as tf.Tensor1D };
}

/** The three embedding tables, rows of [H] each. */
export function tables(model: Bert): EmbeddingTables {
  const table = (kind: string) => parameter(model, `embeddings.${kind}_embeddings.weight`) as tf.Tensor2D;
  return { word: table('word'), position: table('position'), type: table('token_type') };
}

/** The weight of a linear layer in the precision of what it is multiplied by. */
export function weightFor(model: Bert, name: string, x: Factor): Factor {
  const half = isHalf(x) ? model.halves?.get(`${name}.weight`) : undefined;
  return half ?? weights(model, name).w;
}

/** x W + b, [N, in] → [N, out]. */
export function dense(model: Bert, name: string, x: Factor): tf.Tensor2D {
  return linear(x, weightFor(model, name, x), weights(model, name).b);
}

/** What the gradient of a layer norm needs. */
export type NormTape = Pick<LayerNormOutputs, 'normed' | 'inverse'>;

/** Layer norm of `x` + `residual`, [N, H] → [N, H]; frees `x`, which no gradient needs. */
export function norm(model: Bert, name: string, x: tf.Tensor2D, residual: tf.Tensor2D | null, key: DropoutKey | null) {
  const { w, b } = weights(model, name);
  const gamma = w as tf.Tensor as tf.Tensor1D;
  const out = layerNorm({ x, residual, key, gamma, beta: b, epsilon: model.config.layerNormEps });
  x.dispose();
  return { y: out.y, tape: { normed: out.normed, inverse: out.inverse } };
}

/** Dropout that frees what it is given where it makes something new of it. */
export function dropped(x: tf.Tensor2D, key: DropoutKey | null): tf.Tensor2D {
  const y = dropout(x, key);
  if (y !== x) x.dispose();
  return y;
}

export function freeNorm({ normed, inverse }: NormTape): void {
  tf.dispose([normed, inverse]);
}
