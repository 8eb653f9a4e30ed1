import * as tf from '@tensorflow/tfjs-core';
import type { BertConfig } from '../checkpoint/config.ts';
import { activate, activateGrad } from '../kernels/activation.ts';
import {
  attend,
  attendGrad,
  type AttentionInputs,
  type AttentionOutputs,
  type AttentionShape,
} from '../kernels/attention.ts';
import { maskOf, type DropoutKey } from '../kernels/dropout.ts';
import { embed, embedGrad, type EmbeddingTables } from '../kernels/embeddings.ts';
import { layerNorm, layerNormGrad, type LayerNormOutputs } from '../kernels/layerNorm.ts';
import { linear, linearGrad } from '../kernels/linear.ts';
import type { PackedBatch } from './batch.ts';

/**
 * BertForTokenClassification (Devlin et al., arXiv 1810.04805; Hugging Face transformers 5.23, `modeling_bert.py`) over packed
 * rows, written once: the forward pass that records what the backward pass needs, and the backward pass.
 *
 * Parameters carry Hugging Face's names without `bert.`; weights of linear layers are [in, out], transposed from the file.
 */
export type Parameters = ReadonlyMap<string, tf.Tensor>;

/** Seed and step of the dropout masks of one forward pass; null = evaluation, nothing is dropped. */
export type DropoutDraw = { readonly seed: number; readonly step: number } | null;

/** Numbers of the dropouts of the model, part of the counter that draws their masks. */
export const sites = {
  embeddings: 0,
  probabilities: (layer: number) => 1 + 3 * layer,
  attentionOutput: (layer: number) => 2 + 3 * layer,
  output: (layer: number) => 3 + 3 * layer,
  classifier: (layers: number) => 1 + 3 * layers,
} as const;

interface NormTape extends Pick<LayerNormOutputs, 'normed' | 'inverse'> {
  readonly mask: tf.Tensor2D | null;
}

interface LayerTape {
  readonly x: tf.Tensor2D;
  readonly heads: AttentionInputs;
  readonly attention: AttentionOutputs;
  readonly attentionNorm: NormTape;
  readonly attended: tf.Tensor2D;
  readonly inner: tf.Tensor2D;
  readonly activated: tf.Tensor2D;
  readonly outputNorm: NormTape;
}

/** What the forward pass leaves for the backward pass. Its tensors belong to the caller's `tf.tidy`. */
export interface Tape {
  readonly batch: PackedBatch;
  readonly embeddingNorm: NormTape;
  readonly embeddingMask: tf.Tensor2D | null;
  readonly layers: readonly LayerTape[];
  readonly features: tf.Tensor2D;
  readonly featureMask: tf.Tensor2D | null;
}

/** One model: its sizes and its present parameters. */
export interface Bert {
  readonly config: BertConfig;
  readonly parameters: Parameters;
}

const layerName = (layer: number, rest: string) => `encoder.layer.${String(layer)}.${rest}`;

function parameter(model: Bert, name: string): tf.Tensor {
  const found = model.parameters.get(name);
  if (found === undefined) throw new Error(`the model has no parameter ${name}`);
  return found;
}

function weights(model: Bert, name: string): { w: tf.Tensor2D; b: tf.Tensor1D } {
  return { w: parameter(model, `${name}.weight`) as tf.Tensor2D, b: parameter(model, `${name}.bias`) as tf.Tensor1D };
}

function tables(model: Bert): EmbeddingTables {
  const table = (kind: string) => parameter(model, `embeddings.${kind}_embeddings.weight`) as tf.Tensor2D;
  return { word: table('word'), position: table('position'), type: table('token_type') };
}

function dense(model: Bert, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const { w, b } = weights(model, name);
  return linear(x, w, b);
}

function norm(model: Bert, name: string, x: tf.Tensor2D, residual: tf.Tensor2D | null, mask: tf.Tensor2D | null) {
  const { w, b } = weights(model, name);
  const gamma = w as tf.Tensor as tf.Tensor1D;
  const out = layerNorm({ x, residual, mask, gamma, beta: b, epsilon: model.config.layerNormEps });
  return { y: out.y, tape: { normed: out.normed, inverse: out.inverse, mask } };
}

/** Logits [N, L] of a packed batch, and the tape of the pass. Call inside `tf.tidy`. */
export function forward(model: Bert, batch: PackedBatch, draw: DropoutDraw): { logits: tf.Tensor2D; tape: Tape } {
  const { config } = model;
  const rows = batch.ids.length;
  const shape: AttentionShape = { offsets: batch.offsets, heads: config.heads };
  const key = (site: number, rate: number): DropoutKey | null => (draw === null ? null : { ...draw, site, rate });
  const rowMask = (site: number) => maskOf(key(site, config.dropout), [rows, config.hidden]) as tf.Tensor2D | null;
  const drop = (x: tf.Tensor2D, mask: tf.Tensor2D | null) => (mask === null ? x : tf.mul<tf.Tensor2D>(x, mask));

  const embedded = norm(model, 'embeddings.LayerNorm', embed(tables(model), batch), null, null);
  const embeddingMask = rowMask(sites.embeddings);
  let x = drop(embedded.y, embeddingMask);
  const layers: LayerTape[] = [];
  for (let l = 0; l < config.layers; l++) {
    const projected = (part: string) => dense(model, layerName(l, `attention.self.${part}`), x);
    const heads = { q: projected('query'), k: projected('key'), v: projected('value') };
    const attention = attend(heads, shape, key(sites.probabilities(l), config.attentionDropout));
    const mixed = dense(model, layerName(l, 'attention.output.dense'), attention.context);
    const first = norm(model, layerName(l, 'attention.output.LayerNorm'), mixed, x, rowMask(sites.attentionOutput(l)));
    const inner = dense(model, layerName(l, 'intermediate.dense'), first.y);
    const activated = activate(inner, config.activation);
    const back = dense(model, layerName(l, 'output.dense'), activated);
    const second = norm(model, layerName(l, 'output.LayerNorm'), back, first.y, rowMask(sites.output(l)));
    layers.push({
      x,
      heads,
      attention,
      attentionNorm: first.tape,
      attended: first.y,
      inner,
      activated,
      outputNorm: second.tape,
    });
    x = second.y;
  }
  const featureMask = rowMask(sites.classifier(config.layers));
  const features = drop(x, featureMask);
  const tape = { batch, embeddingNorm: embedded.tape, embeddingMask, layers, features, featureMask };
  return { logits: dense(model, 'classifier', features), tape };
}

/** Gradients of every parameter by name, given that of the logits. Call inside the `tf.tidy` of the forward pass. */
export function backward(model: Bert, dlogits: tf.Tensor2D, tape: Tape): Map<string, tf.Tensor> {
  const grads = new Map<string, tf.Tensor>();
  const shape: AttentionShape = { offsets: tape.batch.offsets, heads: model.config.heads };
  const denseBack = (name: string, dy: tf.Tensor2D, x: tf.Tensor2D) => {
    const { dx, dw, db } = linearGrad(dy, x, weights(model, name).w);
    grads.set(`${name}.weight`, dw).set(`${name}.bias`, db);
    return dx;
  };
  const normBack = (name: string, dy: tf.Tensor2D, saved: NormTape) => {
    const gamma = parameter(model, `${name}.weight`) as tf.Tensor1D;
    const { dx, dresidual, dgamma, dbeta } = layerNormGrad(dy, saved, gamma, saved.mask);
    grads.set(`${name}.weight`, dgamma).set(`${name}.bias`, dbeta);
    return { dx, dresidual };
  };
  const drop = (dy: tf.Tensor2D, mask: tf.Tensor2D | null) => (mask === null ? dy : tf.mul<tf.Tensor2D>(dy, mask));

  let dx = drop(denseBack('classifier', dlogits, tape.features), tape.featureMask);
  for (let l = tape.layers.length - 1; l >= 0; l--) {
    const saved = tape.layers[l]!;
    const second = normBack(layerName(l, 'output.LayerNorm'), dx, saved.outputNorm);
    const dactivated = denseBack(layerName(l, 'output.dense'), second.dx, saved.activated);
    const dinner = activateGrad(dactivated, saved.inner, model.config.activation);
    const dattended = denseBack(layerName(l, 'intermediate.dense'), dinner, saved.attended);
    const first = normBack(
      layerName(l, 'attention.output.LayerNorm'),
      tf.add(second.dresidual, dattended),
      saved.attentionNorm,
    );
    const dcontext = denseBack(layerName(l, 'attention.output.dense'), first.dx, saved.attention.context);
    const { dq, dk, dv } = attendGrad(dcontext, saved.heads, shape, saved.attention);
    const through = (part: string, dy: tf.Tensor2D) => denseBack(layerName(l, `attention.self.${part}`), dy, saved.x);
    dx = tf.addN<tf.Tensor2D>([first.dresidual, through('query', dq), through('key', dk), through('value', dv)]);
  }
  const { dx: dembedded } = normBack('embeddings.LayerNorm', drop(dx, tape.embeddingMask), tape.embeddingNorm);
  const dtables = embedGrad(dembedded, tables(model), tape.batch);
  return grads
    .set('embeddings.word_embeddings.weight', dtables.word)
    .set('embeddings.position_embeddings.weight', dtables.position)
    .set('embeddings.token_type_embeddings.weight', dtables.type);
}
