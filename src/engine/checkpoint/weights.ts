import { AppError } from '../../core/errors.ts';
import type { Tensor32 } from '../model/parameters.ts';
import type { BertConfig } from './config.ts';
import { toFloat32, type StoredTensor } from './safetensors.ts';

/** Names and shapes of the encoder's parameters, as the file keeps them: linear weights [out, in]. */
export function encoderShapes(config: BertConfig): Map<string, readonly number[]> {
  const { hidden, feedForward } = config;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, out: number, into: number) =>
    shapes.set(`${name}.weight`, [out, into]).set(`${name}.bias`, [out]);
  const norm = (name: string) => shapes.set(`${name}.weight`, [hidden]).set(`${name}.bias`, [hidden]);
  shapes.set('embeddings.word_embeddings.weight', [config.vocab, hidden]);
  shapes.set('embeddings.position_embeddings.weight', [config.positions, hidden]);
  shapes.set('embeddings.token_type_embeddings.weight', [config.types, hidden]);
  norm('embeddings.LayerNorm');
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `encoder.layer.${String(layer)}`;
    for (const part of ['query', 'key', 'value']) linear(`${at}.attention.self.${part}`, hidden, hidden);
    linear(`${at}.attention.output.dense`, hidden, hidden);
    norm(`${at}.attention.output.LayerNorm`);
    linear(`${at}.intermediate.dense`, feedForward, hidden);
    linear(`${at}.output.dense`, hidden, feedForward);
    norm(`${at}.output.LayerNorm`);
  }
  return shapes;
}

/**
 * The engine's name of a tensor: without `bert.`, and LayerNorm's old names `gamma` and `beta` (TensorFlow checkpoints
 * that were converted) as `weight` and `bias`.
 */
function engineName(name: string): string {
  return name
    .replace(/^bert\./, '')
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}

/**
 * The encoder's weights as float32. Layers past `config.layers`, pooler, `position_ids` and pre-training heads are left where
 * they are. Throws `checkpoint-invalid` for a tensor that is missing or there under two names, `checkpoint-sizes` (detail
 * `what`, `found`, `wanted`) for a shape that contradicts the config.
 */
export function encoderWeights(tensors: ReadonlyMap<string, StoredTensor>, config: BertConfig): Map<string, Tensor32> {
  const byName = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    const known = engineName(name);
    if (byName.has(known)) throw invalid(`${known} is there under two names`);
    byName.set(known, tensor);
  }
  const weights = new Map<string, Tensor32>();
  for (const [name, shape] of encoderShapes(config)) {
    const tensor = byName.get(name);
    if (tensor === undefined) throw invalid(`it has no ${name}`);
    if (!sameShape(tensor.shape, shape)) {
      const [found, wanted] = [`[${tensor.shape.join(', ')}]`, `[${shape.join(', ')}]`];
      throw new AppError('checkpoint-sizes', `${name} is ${found}, config.json says ${wanted}`, {
        what: name,
        found,
        wanted,
      });
    }
    weights.set(name, { shape, values: toFloat32(tensor) });
  }
  return weights;
}

export interface Classifier {
  readonly tags: readonly string[];
  readonly weights: ReadonlyMap<string, Tensor32>;
}

/**
 * The head of a trained token classifier, its rows in the order of `tags` with `O` first; null where there is none, its size
 * does not fit the config's names, or these are not `O`, `B-…` and `I-…`.
 */
export function classifierOf(tensors: ReadonlyMap<string, StoredTensor>, config: BertConfig): Classifier | null {
  const [weight, bias] = [tensors.get('classifier.weight'), tensors.get('classifier.bias')];
  const names = config.id2label;
  if (names === undefined || weight === undefined || bias === undefined) return null;
  if (!sameShape(weight.shape, [names.length, config.hidden]) || !sameShape(bias.shape, [names.length])) return null;
  if (!names.includes('O') || !names.every((name) => name === 'O' || /^[BI]-./.test(name))) return null;
  if (new Set(names).size !== names.length) return null;
  const order = names.map((_, id) => id).sort((a, b) => Number(names[b] === 'O') - Number(names[a] === 'O'));
  const rows = (tensor: StoredTensor, width: number) => {
    const from = toFloat32(tensor);
    const values = new Float32Array(from.length);
    order.forEach((id, row) => {
      values.set(from.subarray(id * width, (id + 1) * width), row * width);
    });
    return { shape: tensor.shape, values };
  };
  return {
    tags: order.map((id) => names[id]!),
    weights: new Map([
      ['classifier.weight', rows(weight, config.hidden)],
      ['classifier.bias', rows(bias, 1)],
    ]),
  };
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => side === b[i]);
}

function invalid(reason: string): AppError {
  return new AppError('checkpoint-invalid', `model.safetensors: ${reason}`, { file: 'model.safetensors', reason });
}
