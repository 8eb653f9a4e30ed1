import * as tf from '@tensorflow/tfjs-core';
import { tensorsOf, type Factor } from '../gpu/half.ts';
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
  factorOf,
  freeNorm,
  layerName,
  norm,
  parameter,
  tables,
  weightFor,
  type Bert,
  type NormTape,
} from './parts.ts';

/*
 * BertForTokenClassification (Devlin et al., arXiv 1810.04805; Hugging Face transformers 5.23, `modeling_bert.py`) over packed
 * rows, written once: the forward pass that records what the backward pass needs, and the backward pass. What the layers are
 * made of stands in `parts.ts`.
 */

interface LayerTape {
  readonly x: Factor;
  readonly heads: AttentionInputs;
  readonly attention: AttentionOutputs;
  readonly attentionNorm: NormTape;
  readonly attended: Factor;
  readonly inner: tf.Tensor2D;
  readonly activated: Factor;
  readonly outputNorm: NormTape;
}

/** A layer's tape, or its input alone, from which the backward pass makes the tape again. */
type KeptLayer = LayerTape | { readonly x: tf.Tensor2D };

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

/** Layer `l` of the encoder, [N, H] → [N, H]; in mixed precision the tape holds copies of what products take, `x` too. */
function encode(
  model: Bert,
  l: number,
  x: tf.Tensor2D,
  batch: PackedBatch,
  keys: Keys,
): { y: tf.Tensor2D; tape: LayerTape } {
  const shape: AttentionShape = { offsets: batch.offsets, heads: model.config.heads };
  const input = factorOf(model, x);
  const projected = (part: string) => dense(model, layerName(l, `attention.self.${part}`), input);
  const heads = { q: projected('query'), k: projected('key'), v: projected('value') };
  const attention = attend(heads, shape, keys.probabilities(l));
  const context = factorOf(model, attention.context);
  const mixed = dense(model, layerName(l, 'attention.output.dense'), context);
  freeCopy(context, attention.context);
  const first = norm(
    model,
    layerName(l, 'attention.output.LayerNorm'),
    mixed,
    x,
    keys.hidden(sites.attentionOutput(l)),
  );
  const attended = factorOf(model, first.y);
  const inner = dense(model, layerName(l, 'intermediate.dense'), attended);
  const whole = activate(inner, model.config.activation);
  const activated = factorOf(model, whole);
  if (activated !== whole) whole.dispose();
  const back = dense(model, layerName(l, 'output.dense'), activated);
  const second = norm(model, layerName(l, 'output.LayerNorm'), back, first.y, keys.hidden(sites.output(l)));
  if (attended !== first.y) first.y.dispose();
  const norms = { attentionNorm: first.tape, outputNorm: second.tape };
  return { y: second.y, tape: { x: input, heads, attention, attended, inner, activated, ...norms } };
}

/** Frees the copy that was made of `x` for products, where there is one. */
function freeCopy(factor: Factor, x: tf.Tensor2D): void {
  if (factor !== x) tf.dispose(tensorsOf(factor));
}

/** Frees a layer's tape, the layer's input included. */
function freeLayer(tape: LayerTape): void {
  tf.dispose(tensorsOf(tape.x));
  freeInside(tape);
}

/** Frees a layer's tape but for the layer's input. */
function freeInside({ heads, attention, attended, inner, activated, attentionNorm, outputNorm }: LayerTape): void {
  tf.dispose([heads.q, heads.k, heads.v, attention.context, attention.saved, inner]);
  tf.dispose([...tensorsOf(attended), ...tensorsOf(activated)]);
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
    if (recompute) {
      freeCopy(tape.x, x);
      freeInside(tape);
    } else if (tape.x !== x) x.dispose();
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
  const denseBack = (name: string, dy: tf.Tensor2D, x: Factor) => {
    const { dx, dw, db } = linearGrad(dy, x, weightFor(model, name, x));
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
    const context = factorOf(model, saved.attention.context);
    const dcontext = denseBack(layerName(l, 'attention.output.dense'), first.dx, context);
    freeCopy(context, saved.attention.context);
    const { dq, dk, dv } = attendGrad(dcontext, saved.heads, shape, keys.probabilities(l), saved.attention);
    const through = (part: string, dy: tf.Tensor2D) => denseBack(layerName(l, `attention.self.${part}`), dy, saved.x);
    return tf.addN<tf.Tensor2D>([first.dresidual, through('query', dq), through('key', dk), through('value', dv)]);
  };

  const tapeOf = (l: number, kept: KeptLayer): LayerTape => {
    if ('heads' in kept) return kept;
    const again = encode(model, l, kept.x, tape.batch, keys);
    again.y.dispose();
    if (again.tape.x !== kept.x) kept.x.dispose();
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
