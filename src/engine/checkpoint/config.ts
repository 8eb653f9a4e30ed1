import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import type { Activation } from '../kernels/activation.ts';

/** Sizes and settings of a BERT encoder: what the engine needs of Hugging Face's `config.json`. */
export interface BertConfig {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly vocab: number;
  /** Rows of the position table: the longest sequence. */
  readonly positions: number;
  readonly types: number;
  readonly activation: Activation;
  readonly layerNormEps: number;
  readonly dropout: number;
  readonly attentionDropout: number;
  readonly initializerRange: number;
  /** Names of the classes of a trained head, in order; absent where the config names none. */
  readonly id2label?: readonly string[];
}

const size = v.pipe(v.number(), v.integer(), v.minValue(1));
const rate = v.pipe(v.number(), v.minValue(0), v.maxValue(0.99));
const positive = v.pipe(v.number(), v.gtValue(0));

/** Defaults are those of `BertConfig` in transformers 5.23; the sizes that shape the weights have none. */
const configFile = v.object({
  model_type: v.optional(v.string(), 'unnamed'),
  position_embedding_type: v.nullish(v.string(), 'absolute'),
  num_hidden_layers: size,
  hidden_size: size,
  num_attention_heads: size,
  intermediate_size: size,
  vocab_size: size,
  max_position_embeddings: size,
  type_vocab_size: v.optional(size, 2),
  hidden_act: v.optional(v.string(), 'gelu'),
  layer_norm_eps: v.optional(positive, 1e-12),
  hidden_dropout_prob: v.optional(rate, 0.1),
  attention_probs_dropout_prob: v.optional(rate, 0.1),
  initializer_range: v.optional(positive, 0.02),
  id2label: v.nullish(v.record(v.string(), v.string())),
});

/** transformers' names of the activations; `gelu_new` and `gelu_pytorch_tanh` are one formula there. */
const activations: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  relu: 'relu',
};
const activationNames: Readonly<Record<Activation, string>> = { gelu: 'gelu', 'gelu-tanh': 'gelu_new', relu: 'relu' };

/**
 * Decodes `config.json`. Throws `checkpoint-not-bert` (detail `found`) for another architecture, `checkpoint-invalid`
 * (detail `file`, `reason`) where it cannot be read, lacks a field or names what the engine does not have.
 */
export function decodeBertConfig(text: string): BertConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  const modelType = v.safeParse(v.object({ model_type: v.string() }), json);
  if (modelType.success && modelType.output.model_type !== 'bert') throw notBert(modelType.output.model_type);
  const decoded = v.safeParse(configFile, json);
  if (!decoded.success) {
    const [issue] = decoded.issues;
    throw invalid(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const file = decoded.output;
  if (file.model_type !== 'bert') throw notBert(file.model_type);
  if (file.position_embedding_type !== 'absolute') {
    throw invalid(`position_embedding_type is "${file.position_embedding_type}", only "absolute" is supported`);
  }
  const activation = Object.hasOwn(activations, file.hidden_act) ? activations[file.hidden_act] : undefined;
  if (activation === undefined) {
    throw invalid(`hidden_act is "${file.hidden_act}", supported are ${Object.keys(activations).join(', ')}`);
  }
  if (file.hidden_size % file.num_attention_heads !== 0) {
    throw invalid(
      `hidden_size ${String(file.hidden_size)} is no multiple of ${String(file.num_attention_heads)} heads`,
    );
  }
  const names = file.id2label == null ? null : labelNames(file.id2label);
  return {
    layers: file.num_hidden_layers,
    hidden: file.hidden_size,
    heads: file.num_attention_heads,
    feedForward: file.intermediate_size,
    vocab: file.vocab_size,
    positions: file.max_position_embeddings,
    types: file.type_vocab_size,
    activation,
    layerNormEps: file.layer_norm_eps,
    dropout: file.hidden_dropout_prob,
    attentionDropout: file.attention_probs_dropout_prob,
    initializerRange: file.initializer_range,
    ...(names === null ? {} : { id2label: names }),
  };
}

/** `config.json` of a token classifier with these tags, with the fields that transformers 5.23 writes. */
export function encodeBertConfig(config: BertConfig, tags: readonly string[]): string {
  const file = {
    architectures: ['BertForTokenClassification'],
    attention_probs_dropout_prob: config.attentionDropout,
    classifier_dropout: null,
    dtype: 'float32',
    hidden_act: activationNames[config.activation],
    hidden_dropout_prob: config.dropout,
    hidden_size: config.hidden,
    id2label: Object.fromEntries(tags.map((tag, id) => [String(id), tag])),
    initializer_range: config.initializerRange,
    intermediate_size: config.feedForward,
    label2id: Object.fromEntries(tags.map((tag, id) => [tag, id])),
    layer_norm_eps: config.layerNormEps,
    max_position_embeddings: config.positions,
    model_type: 'bert',
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    pad_token_id: 0,
    position_embedding_type: 'absolute',
    torch_dtype: 'float32', // what transformers before 4.56 reads in place of dtype
    type_vocab_size: config.types,
    use_cache: true,
    vocab_size: config.vocab,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Class names in the order of their numbers; null where the numbers are not 0 … n − 1. */
function labelNames(id2label: Readonly<Record<string, string>>): readonly string[] | null {
  const names = Object.keys(id2label).map((_, id) => id2label[String(id)]);
  return names.every((name) => name !== undefined) ? names : null;
}

function notBert(found: string): AppError {
  return new AppError('checkpoint-not-bert', `model_type is ${found}`, { found });
}

function invalid(reason: string): AppError {
  return new AppError('checkpoint-invalid', `config.json: ${reason}`, { file: 'config.json', reason });
}
