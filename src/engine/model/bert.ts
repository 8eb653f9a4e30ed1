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
import { dropout, type DropoutKey } from '../kernels/dropout.ts';
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

/** The dropout keys of one pass, null where nothing is dropped; the backward pass draws the same masks again. */
interface Keys {
  /** Of a hidden state: embeddings, the two outputs of a layer, the classifier's input. */
  hidden(site: number): DropoutKey | null;
  probabilities(layer: number): DropoutKey | null;
}

function keysOf({ dropout: rate, attentionDropout }: BertConfig, draw: DropoutDraw): Keys {
  const key = (site: number, share: number) => (draw === null || share === 0 ? null : { ...draw, site, rate: share });
  return {
    hidden: (site) => key(site, rate),
    probabilities: (layer) => key(sites.probabilities(layer), attentionDropout),
  };
}

type NormTape = Pick<LayerNormOutputs, 'normed' | 'inverse'>;

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
  readonly keys: Keys;
  readonly embeddingNorm: NormTape;
  readonly layers: readonly LayerTape[];
  readonly features: tf.Tensor2D;
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

function norm(model: Bert, name: string, x: tf.Tensor2D, residual: tf.Tensor2D | null, key: DropoutKey | null) {
  const { w, b } = weights(model, name);
  const gamma = w as tf.Tensor as tf.Tensor1D;
  const out = layerNorm({ x, residual, key, gamma, beta: b, epsilon: model.config.layerNormEps });
  return { y: out.y, tape: { normed: out.normed, inverse: out.inverse } };
}

/** Logits [N, L] of a packed batch, and the tape of the pass. Call inside `tf.tidy`. */
export function forward(model: Bert, batch: PackedBatch, draw: DropoutDraw): { logits: tf.Tensor2D; tape: Tape } {
  const { config } = model;
  const keys = keysOf(config, draw);
  const shape: AttentionShape = { offsets: batch.offsets, heads: config.heads };
  const embedded = norm(model, 'embeddings.LayerNorm', embed(tables(model), batch), null, null);
  let x = dropout(embedded.y, keys.hidden(sites.embeddings));
  const layers: LayerTape[] = [];
  for (let l = 0; l < config.layers; l++) {
    const projected = (part: string) => dense(model, layerName(l, `attention.self.${part}`), x);
    const heads = { q: projected('query'), k: projected('key'), v: projected('value') };
    const attention = attend(heads, shape, keys.probabilities(l));
    const mixed = dense(model, layerName(l, 'attention.output.dense'), attention.context);
    const first = norm(
      model,
      layerName(l, 'attention.output.LayerNorm'),
      mixed,
      x,
      keys.hidden(sites.attentionOutput(l)),
    );
    const inner = dense(model, layerName(l, 'intermediate.dense'), first.y);
    const activated = activate(inner, config.activation);
    const back = dense(model, layerName(l, 'output.dense'), activated);
    const second = norm(model, layerName(l, 'output.LayerNorm'), back, first.y, keys.hidden(sites.output(l)));
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
  const features = dropout(x, keys.hidden(sites.classifier(config.layers)));
  const tape = { batch, keys, embeddingNorm: embedded.tape, layers, features };
  return { logits: dense(model, 'classifier', features), tape };
}

/** Gradients of every parameter by name, given that of the logits. Call inside the `tf.tidy` of the forward pass. */
export function backward(model: Bert, dlogits: tf.Tensor2D, tape: Tape): Map<string, tf.Tensor> {
  const grads = new Map<string, tf.Tensor>();
  const { keys } = tape;
  const shape: AttentionShape = { offsets: tape.batch.offsets, heads: model.config.heads };
  const denseBack = (name: string, dy: tf.Tensor2D, x: tf.Tensor2D) => {
    const { dx, dw, db } = linearGrad(dy, x, weights(model, name).w);
    grads.set(`${name}.weight`, dw).set(`${name}.bias`, db);
    return dx;
  };
  const normBack = (name: string, dy: tf.Tensor2D, saved: NormTape, key: DropoutKey | null) => {
    const gamma = parameter(model, `${name}.weight`) as tf.Tensor1D;
    const { dx, dresidual, dgamma, dbeta } = layerNormGrad(dy, saved, gamma, key);
    grads.set(`${name}.weight`, dgamma).set(`${name}.bias`, dbeta);
    return { dx, dresidual };
  };

  let dx = dropout(denseBack('classifier', dlogits, tape.features), keys.hidden(sites.classifier(model.config.layers)));
  for (let l = tape.layers.length - 1; l >= 0; l--) {
    const saved = tape.layers[l]!;
    const second = normBack(layerName(l, 'output.LayerNorm'), dx, saved.outputNorm, keys.hidden(sites.output(l)));
    const dactivated = denseBack(layerName(l, 'output.dense'), second.dx, saved.activated);
    const dinner = activateGrad(dactivated, saved.inner, model.config.activation);
    const dattended = denseBack(layerName(l, 'intermediate.dense'), dinner, saved.attended);
    const first = normBack(
      layerName(l, 'attention.output.LayerNorm'),
      tf.add(second.dresidual, dattended),
      saved.attentionNorm,
      keys.hidden(sites.attentionOutput(l)),
    );
    const dcontext = denseBack(layerName(l, 'attention.output.dense'), first.dx, saved.attention.context);
    const { dq, dk, dv } = attendGrad(dcontext, saved.heads, shape, keys.probabilities(l), saved.attention);
    const through = (part: string, dy: tf.Tensor2D) => denseBack(layerName(l, `attention.self.${part}`), dy, saved.x);
    dx = tf.addN<tf.Tensor2D>([first.dresidual, through('query', dq), through('key', dk), through('value', dv)]);
  }
  const { dx: dembedded } = normBack(
    'embeddings.LayerNorm',
    dropout(dx, keys.hidden(sites.embeddings)),
    tape.embeddingNorm,
    null,
  );
  const dtables = embedGrad(dembedded, tables(model), tape.batch);
  return grads
    .set('embeddings.word_embeddings.weight', dtables.word)
    .set('embeddings.position_embeddings.weight', dtables.position)
    .set('embeddings.token_type_embeddings.weight', dtables.type);
}
