import * as tf from '@tensorflow/tfjs-core';
import { activate, activateGrad } from '../kernels/activation.ts';
import {
  attend,
  attendGrad,
  type AttentionInputs,
  type AttentionOutputs,
  type AttentionShape,
} from '../kernels/attention.ts';
import type { DropoutKey } from '../kernels/dropout.ts';
import { embed, embedGrad } from '../kernels/embeddings.ts';
import { layerNormGrad } from '../kernels/layerNorm.ts';
import { linearGrad } from '../kernels/linear.ts';
import type { PackedBatch } from './batch.ts';
import { keysOf, sites, type DropoutDraw, type Keys } from './dropoutKeys.ts';
import {
  dense,
  dropped,
  freeNorm,
  layerName,
  norm,
  parameter,
  tables,
  weights,
  type Bert,
  type NormTape,
} from './parts.ts';

/*
 * BertForTokenClassification (Devlin et al., arXiv 1810.04805; Hugging Face transformers 5.23, `modeling_bert.py`) over packed
 * rows, written once: the forward pass that records what the backward pass needs, and the backward pass. What the layers are
 * made of stands in `parts.ts`.
 */

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

/** A layer's tape, or its input alone, from which the backward pass makes the tape again. */
type KeptLayer = LayerTape | Pick<LayerTape, 'x'>;

/** What the forward pass leaves for the backward pass, which frees it layer by layer. */
export interface Tape {
  readonly batch: PackedBatch;
  readonly keys: Keys;
  readonly embeddingNorm: NormTape;
  readonly layers: readonly KeptLayer[];
  readonly features: tf.Tensor2D;
}

/** Takes the gradient of a parameter; keeps it with `tf.keep` where it is to outlive the layer it comes from. */
export type OnGradient = (name: string, gradient: tf.Tensor) => void;

function embedded(model: Bert, batch: PackedBatch, keys: Keys): { x: tf.Tensor2D; tape: NormTape } {
  const { y, tape } = norm(model, 'embeddings.LayerNorm', embed(tables(model), batch), null, null);
  return { x: dropped(y, keys.hidden(sites.embeddings)), tape };
}

/** Layer `l` of the encoder, [N, H] → [N, H]. */
function encode(
  model: Bert,
  l: number,
  x: tf.Tensor2D,
  batch: PackedBatch,
  keys: Keys,
): { y: tf.Tensor2D; tape: LayerTape } {
  const shape: AttentionShape = { offsets: batch.offsets, heads: model.config.heads };
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
  const attended = first.y;
  const inner = dense(model, layerName(l, 'intermediate.dense'), attended);
  const activated = activate(inner, model.config.activation);
  const back = dense(model, layerName(l, 'output.dense'), activated);
  const second = norm(model, layerName(l, 'output.LayerNorm'), back, attended, keys.hidden(sites.output(l)));
  const norms = { attentionNorm: first.tape, outputNorm: second.tape };
  return { y: second.y, tape: { x, heads, attention, attended, inner, activated, ...norms } };
}

/** Frees a layer's tape, the layer's input included. */
function freeLayer(tape: LayerTape): void {
  tape.x.dispose();
  freeInside(tape);
}

/** Frees a layer's tape but for the layer's input. */
function freeInside({ heads, attention, attended, inner, activated, attentionNorm, outputNorm }: LayerTape): void {
  tf.dispose([heads.q, heads.k, heads.v, attention.context, attention.saved, attended, inner, activated]);
  freeNorm(attentionNorm);
  freeNorm(outputNorm);
}

/** Hidden states [N, H] after the last layer, in evaluation. Holds one layer's activations at a time. Call inside `tf.tidy`. */
export function hiddenStates(model: Bert, batch: PackedBatch): tf.Tensor2D {
  const keys = keysOf(model.config, null, batch.before);
  const first = embedded(model, batch, keys);
  freeNorm(first.tape);
  let { x } = first;
  for (let l = 0; l < model.config.layers; l++) {
    const { y, tape } = encode(model, l, x, batch, keys);
    freeLayer(tape);
    x = y;
  }
  return x;
}

/** Logits [N, L] of a packed batch in evaluation, with memory as `hiddenStates`. Call inside `tf.tidy`. */
export function infer(model: Bert, batch: PackedBatch): tf.Tensor2D {
  return dense(model, 'classifier', hiddenStates(model, batch));
}

/**
 * Logits [N, L] of a packed batch, and the tape of the pass; with `recompute` the tape holds no more of a layer than its input,
 * and the backward pass takes the layer once more (Chen et al., arXiv 1604.06174). Call inside `tf.tidy`.
 */
export function forward(
  model: Bert,
  batch: PackedBatch,
  draw: DropoutDraw,
  recompute = false,
): { logits: tf.Tensor2D; tape: Tape } {
  const { config } = model;
  const keys = keysOf(config, draw, batch.before);
  const first = embedded(model, batch, keys);
  let { x } = first;
  const layers: KeptLayer[] = [];
  for (let l = 0; l < config.layers; l++) {
    const { y, tape } = encode(model, l, x, batch, keys);
    layers.push(recompute ? { x } : tape);
    if (recompute) freeInside(tape);
    x = y;
  }
  const features = dropped(x, keys.hidden(sites.classifier(config.layers)));
  const tape = { batch, keys, embeddingNorm: first.tape, layers, features };
  return { logits: dense(model, 'classifier', features), tape };
}

/**
 * Tells the gradient of every parameter, given that of the logits. Uses up the tape: each layer's activations are freed as
 * soon as its gradients are made. Call inside the `tf.tidy` of the forward pass.
 */
export function backward(model: Bert, dlogits: tf.Tensor2D, tape: Tape, onGradient: OnGradient): void {
  const { keys } = tape;
  const shape: AttentionShape = { offsets: tape.batch.offsets, heads: model.config.heads };
  const denseBack = (name: string, dy: tf.Tensor2D, x: tf.Tensor2D) => {
    const { dx, dw, db } = linearGrad(dy, x, weights(model, name).w);
    onGradient(`${name}.weight`, dw);
    onGradient(`${name}.bias`, db);
    return dx;
  };
  const normBack = (name: string, dy: tf.Tensor2D, saved: NormTape, key: DropoutKey | null) => {
    const gamma = parameter(model, `${name}.weight`) as tf.Tensor1D;
    const { dx, dresidual, dgamma, dbeta } = layerNormGrad(dy, saved, gamma, key);
    onGradient(`${name}.weight`, dgamma);
    onGradient(`${name}.bias`, dbeta);
    return { dx, dresidual };
  };
  const layerBack = (l: number, dy: tf.Tensor2D, saved: LayerTape) => {
    const second = normBack(layerName(l, 'output.LayerNorm'), dy, saved.outputNorm, keys.hidden(sites.output(l)));
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
    return tf.addN<tf.Tensor2D>([first.dresidual, through('query', dq), through('key', dk), through('value', dv)]);
  };

  const tapeOf = (l: number, kept: KeptLayer): LayerTape => {
    if ('heads' in kept) return kept;
    const again = encode(model, l, kept.x, tape.batch, keys);
    again.y.dispose();
    return again.tape;
  };

  const dfeatures = denseBack('classifier', dlogits, tape.features);
  tape.features.dispose();
  let dx = dropped(dfeatures, keys.hidden(sites.classifier(model.config.layers)));
  for (let l = tape.layers.length - 1; l >= 0; l--) {
    const [dy, saved] = [dx, tapeOf(l, tape.layers[l]!)];
    dx = tf.tidy(() => layerBack(l, dy, saved));
    dy.dispose();
    freeLayer(saved);
  }
  dx = dropped(dx, keys.hidden(sites.embeddings));
  const { dx: dembedded } = normBack('embeddings.LayerNorm', dx, tape.embeddingNorm, null);
  const dtables = embedGrad(dembedded, tables(model), tape.batch);
  onGradient('embeddings.word_embeddings.weight', dtables.word);
  onGradient('embeddings.position_embeddings.weight', dtables.position);
  onGradient('embeddings.token_type_embeddings.weight', dtables.type);
}
