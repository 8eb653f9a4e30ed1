import { writeSafetensors } from '../../src/engine/checkpoint/safetensors.ts';
import { encoderShapes } from '../../src/engine/checkpoint/weights.ts';
import { createRandomValues } from './randomValues.ts';

const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const tinyWords = 'anna ben carla sings lives works in at paris rome oslo the old town with and . ##s ##e'.split(' ');

/** A BERT of 2 layers with seeded random weights that knows these pieces, as the files of a checkpoint folder. */
export function tinyCheckpoint(seed = 1, hidden = 16, words: readonly string[] = tinyWords): Map<string, Uint8Array> {
  const vocabulary = [...specials, ...words];
  const config = {
    model_type: 'bert',
    num_hidden_layers: 2,
    hidden_size: hidden,
    num_attention_heads: 2,
    intermediate_size: 2 * hidden,
    vocab_size: vocabulary.length,
    max_position_embeddings: 32,
    type_vocab_size: 2,
  };
  const values = createRandomValues(seed);
  const shapes = encoderShapes({
    layers: 2,
    hidden,
    heads: 2,
    feedForward: 2 * hidden,
    vocab: vocabulary.length,
    positions: 32,
    types: 2,
    activation: 'gelu',
    layerNormEps: 1e-12,
    dropout: 0.1,
    attentionDropout: 0.1,
    initializerRange: 0.02,
  });
  const tensors = [...shapes].map(([name, shape]): [string, { shape: readonly number[]; values: Float32Array }] => {
    const size = shape.reduce((product, n) => product * n, 1);
    const centre = name.endsWith('LayerNorm.weight') ? 1 : 0;
    return [name, { shape, values: values(size).map((value) => centre + 0.1 * value) }];
  });
  const text = (content: string) => new TextEncoder().encode(content);
  return new Map([
    ['config.json', text(JSON.stringify(config))],
    ['vocab.txt', text(vocabulary.join('\n'))],
    ['tokenizer_config.json', text(JSON.stringify({ do_lower_case: true }))],
    ['model.safetensors', writeSafetensors(new Map(tensors), { format: 'pt' })],
  ]);
}

/** A `fetch` that knows these files below `url`; counts what it was asked for. */
export function fetchOf(url: string, files: ReadonlyMap<string, Uint8Array>): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    fetch: (input) => {
      const address = input instanceof Request ? input.url : String(input);
      asked.push(address);
      const bytes = address.startsWith(url) ? files.get(address.slice(url.length)) : undefined;
      if (bytes === undefined) return Promise.resolve(new Response(null, { status: 404 }));
      const headers = { 'content-length': String(bytes.length) };
      return Promise.resolve(new Response(Uint8Array.from(bytes), { headers }));
    },
  };
}
