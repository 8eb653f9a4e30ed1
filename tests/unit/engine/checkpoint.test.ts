import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/core/errors.ts';
import { decodeBertConfig } from '../../../src/engine/checkpoint/config.ts';
import { loadCheckpoint, type LoadOptions } from '../../../src/engine/checkpoint/load.ts';
import { readSafetensors, toFloat32, writeSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { filesSource, urlSource } from '../../../src/engine/checkpoint/sources.ts';
import type { Tensor32 } from '../../../src/engine/model/parameters.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { type TinyName } from '../../support/goldenModel.ts';

async function tinyFolder(name: TinyName): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const file of ['config.json', 'vocab.txt', 'model.safetensors'])
    files.set(file, await readGolden(`model/${name}/${file}`));
  return files;
}

const load = (files: ReadonlyMap<string, Uint8Array>, options: LoadOptions = {}) =>
  loadCheckpoint(filesSource(files), options);

async function failure(loading: Promise<unknown>): Promise<AppError> {
  const error = await loading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error(`no AppError: ${String(error)}`);
}

type Tensors = Map<string, Tensor32>;

/** The folder with its tensors changed and written anew. */
function withTensors(files: Map<string, Uint8Array>, change: (tensors: Tensors) => void): Map<string, Uint8Array> {
  const { tensors } = readSafetensors(files.get('model.safetensors')!);
  const named: Tensors = new Map([...tensors].map(([name, t]) => [name, { shape: t.shape, values: toFloat32(t) }]));
  change(named);
  return new Map(files).set('model.safetensors', writeSafetensors(named, {}));
}

function withConfig(
  files: Map<string, Uint8Array>,
  change: Readonly<Record<string, unknown>>,
): Map<string, Uint8Array> {
  const json = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as Record<string, unknown>;
  return new Map(files).set('config.json', new TextEncoder().encode(JSON.stringify({ ...json, ...change })));
}

describe('loadCheckpoint', () => {
  it('takes sizes, weights and the classifier of a folder that transformers saved; pooler and heads stay out', async () => {
    const { config, weights, tags, tokenizerFiles } = await load(await tinyFolder('l2-h32'));
    expect(config).toMatchObject({
      layers: 2,
      hidden: 32,
      heads: 2,
      feedForward: 64,
      vocab: 200,
      positions: 80,
      types: 2,
    });
    expect(config).toMatchObject({ activation: 'gelu', layerNormEps: 1e-12, dropout: 0, initializerRange: 0.02 });
    expect(tags).toEqual(['O', 'B-LOC', 'I-LOC', 'B-MISC', 'I-MISC', 'B-ORG', 'I-ORG', 'B-PER', 'I-PER']);
    expect(weights.size).toBe(39);
    expect([...weights.keys()].filter((name) => /pooler|cls|^bert/.test(name))).toEqual([]);
    expect(weights.get('classifier.weight')?.shape).toEqual([9, 32]);
    expect(Object.keys(tokenizerFiles)).toEqual(['vocab.txt']);
  });

  it('reads names without bert., gamma and beta, half precision', async () => {
    const files = await tinyFolder('l3-h60');
    const { weights } = await load(files);
    expect(weights.size).toBe(55);
    const stored = readSafetensors(files.get('model.safetensors')!).tensors.get('embeddings.LayerNorm.gamma')!;
    expect(stored.dtype).toBe('F16');
    expect(weights.get('embeddings.LayerNorm.weight')?.values).toEqual(toFloat32(stored));
  });

  it('keeps the first layers only, and the digest does not depend on how many', async () => {
    const files = await tinyFolder('l3-h60');
    const [two, all] = [await load(files, { layers: 2 }), await load(files)];
    expect(two.config.layers).toBe(2);
    expect([...two.weights.keys()].filter((name) => name.includes('layer.2'))).toEqual([]);
    expect(two.weights.size).toBe(39);
    expect(two.digest).toBe(all.digest);
    expect(two.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes the digest with a byte of any file', async () => {
    const files = await tinyFolder('l2-h32');
    const digests = new Set([(await load(files)).digest]);
    digests.add((await load(withConfig(files, { initializer_range: 0.03 }))).digest);
    digests.add((await load(new Map(files).set('tokenizer_config.json', new TextEncoder().encode('{}')))).digest);
    digests.add((await load(withTensors(files, (t) => t.get('classifier.bias')!.values.fill(1)))).digest);
    expect(digests.size).toBe(4);
  });

  it('moves O to the front of a classifier that has it elsewhere', async () => {
    const files = withConfig(await tinyFolder('l2-h32'), {
      id2label: {
        0: 'B-LOC',
        1: 'I-LOC',
        2: 'B-MISC',
        3: 'I-MISC',
        4: 'B-ORG',
        5: 'I-ORG',
        6: 'B-PER',
        7: 'I-PER',
        8: 'O',
      },
    });
    const { tags, weights } = await load(files);
    const stored = toFloat32(readSafetensors(files.get('model.safetensors')!).tensors.get('classifier.bias')!);
    expect(tags?.slice(0, 2)).toEqual(['O', 'B-LOC']);
    expect([...weights.get('classifier.bias')!.values]).toEqual([stored[8], ...stored.slice(0, 8)]);
  });

  it('takes no classifier whose size or names do not fit', async () => {
    const files = await tinyFolder('l2-h32');
    expect((await load(withConfig(files, { id2label: undefined }))).tags).toBeNull();
    expect((await load(withConfig(files, { id2label: { 0: 'O', 1: 'B-PER', 2: 'I-PER' } }))).tags).toBeNull();
    const nine = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [i, `LABEL_${String(i)}`]));
    expect((await load(withConfig(files, { id2label: nine }))).tags).toBeNull();
    expect((await load(withTensors(files, (t) => t.delete('classifier.bias')))).tags).toBeNull();
  });

  const refused: readonly [
    string,
    (files: Map<string, Uint8Array>) => Map<string, Uint8Array>,
    ErrorCode,
    RegExp,
    number?,
  ][] = [
    ['no config', (f) => (f.delete('config.json'), f), 'file-missing', /config\.json/],
    ['no weights', (f) => (f.delete('model.safetensors'), f), 'file-missing', /model\.safetensors/],
    ['no tokenizer', (f) => (f.delete('vocab.txt'), f), 'file-missing', /tokenizer/],
    ['a config that is not JSON', (f) => f.set('config.json', Uint8Array.of(123)), 'checkpoint-invalid', /not JSON/],
    ['another architecture', (f) => withConfig(f, { model_type: 'roberta' }), 'checkpoint-not-bert', /roberta/],
    [
      'an architecture without a name',
      (f) => withConfig(f, { model_type: undefined }),
      'checkpoint-not-bert',
      /unnamed/,
    ],
    ['a missing size', (f) => withConfig(f, { hidden_size: undefined }), 'checkpoint-invalid', /hidden_size/],
    [
      'an unknown activation',
      (f) => withConfig(f, { hidden_act: 'silu' }),
      'checkpoint-invalid',
      /silu.*gelu, gelu_new/,
    ],
    [
      'an activation named like a method',
      (f) => withConfig(f, { hidden_act: 'toString' }),
      'checkpoint-invalid',
      /toString/,
    ],
    [
      'relative positions',
      (f) => withConfig(f, { position_embedding_type: 'relative_key' }),
      'checkpoint-invalid',
      /relative_key/,
    ],
    [
      'heads that do not divide',
      (f) => withConfig(f, { num_attention_heads: 3 }),
      'checkpoint-invalid',
      /multiple of 3/,
    ],
    ['more layers than there are', (f) => f, 'checkpoint-sizes', /3 layers wanted, the checkpoint has 2/, 3],
    [
      'another vocabulary',
      (f) => withConfig(f, { vocab_size: 201 }),
      'checkpoint-sizes',
      /word_embeddings.*\[200, 32\].*\[201, 32\]/,
    ],
    [
      'a missing tensor',
      (f) => withTensors(f, (t) => t.delete('bert.encoder.layer.1.output.dense.bias')),
      'checkpoint-invalid',
      /layer\.1\.output\.dense\.bias/,
    ],
    [
      'a tensor under two names',
      (f) => withTensors(f, (t) => t.set('embeddings.LayerNorm.beta', { shape: [32], values: new Float32Array(32) })),
      'checkpoint-invalid',
      /two names/,
    ],
    [
      'a cut weight file',
      (f) => f.set('model.safetensors', f.get('model.safetensors')!.subarray(0, -10)),
      'checkpoint-truncated',
      /\d+ of \d+ bytes/,
    ],
  ];
  for (const [what, change, code, message, layers = 0] of refused) {
    it(`refuses ${what}`, async () => {
      const error = await failure(load(change(await tinyFolder('l2-h32')), { layers }));
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
    });
  }

  it('knows the activations by all their names', async () => {
    const text = (act: string) =>
      tinyFolder('l2-h32').then((f) => new TextDecoder().decode(withConfig(f, { hidden_act: act }).get('config.json')));
    const found = await Promise.all(['gelu', 'gelu_new', 'gelu_pytorch_tanh', 'relu'].map(text));
    expect(found.map((json) => decodeBertConfig(json).activation)).toEqual(['gelu', 'gelu-tanh', 'gelu-tanh', 'relu']);
  });
});

/** `fetch` of a server with these files. */
function serving(
  files: ReadonlyMap<string, Uint8Array>,
  headers: (bytes: Uint8Array) => Record<string, string> = () => ({}),
): typeof fetch {
  return (input) => {
    const bytes = files.get((input instanceof Request ? input.url : input.toString()).replace(/^.*\//, ''));
    if (bytes === undefined)
      return Promise.resolve(new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 50_000) controller.enqueue(bytes.subarray(at, at + 50_000));
        controller.close();
      },
    });
    return Promise.resolve(
      new Response(body, { headers: { 'content-length': String(bytes.length), ...headers(bytes) } }),
    );
  };
}

describe('urlSource', () => {
  it('streams with progress, and takes a start page for a missing file', async () => {
    const files = await tinyFolder('l2-h32');
    const told: [string, number, number][] = [];
    const onProgress = (what: string, done: number, total: number) => void told.push([what, done, total]);
    const { digest } = await loadCheckpoint(urlSource('/models/tiny/', serving(files)), { onProgress });
    expect(digest).toBe((await load(files)).digest);
    const size = files.get('model.safetensors')!.length;
    const weights = told.filter(([what]) => what === 'model.safetensors').map(([, done, total]) => [done, total]);
    expect(weights).toEqual([
      [50_000, size],
      [100_000, size],
      [size, size],
    ]);
  });

  it('says how many bytes came where the stream ends early', async () => {
    const fetchFile = serving(await tinyFolder('l2-h32'), (bytes) => ({ 'content-length': String(bytes.length + 7) }));
    const error = await failure(loadCheckpoint(urlSource('/m/', fetchFile)));
    expect(error.code).toBe('checkpoint-truncated');
    expect(Number(error.detail['wanted']) - Number(error.detail['found'])).toBe(7);
  });

  it('does not hold a packed length against the unpacked bytes', async () => {
    const headers = () => ({ 'content-length': '5', 'content-encoding': 'gzip' });
    await expect(loadCheckpoint(urlSource('/m/', serving(await tinyFolder('l2-h32'), headers)))).resolves.toBeDefined();
  });

  it('tells a server error and a lost connection from a missing file', async () => {
    const busy = await failure(
      loadCheckpoint(urlSource('/m/', () => Promise.resolve(new Response('', { status: 503 })))),
    );
    expect(busy).toMatchObject({ code: 'file-unreadable', detail: { file: 'config.json' } });
    const lost = await failure(
      loadCheckpoint(urlSource('/m/', () => Promise.reject(new TypeError('Failed to fetch')))),
    );
    expect(lost.code).toBe('file-unreadable');
  });

  it('stops when aborted', async () => {
    const abort = new AbortController();
    const onProgress = (what: string) => {
      if (what === 'model.safetensors') abort.abort();
    };
    const files = await tinyFolder('l2-h32');
    const slow: typeof fetch = async (input, init) => {
      const response = await serving(files)(input);
      const body = response.body?.pipeThrough(new TransformStream(), init?.signal ? { signal: init.signal } : {});
      return new Response(body ?? null, { headers: response.headers });
    };
    const error = await failure(loadCheckpoint(urlSource('/m/', slow), { signal: abort.signal, onProgress }));
    expect(error.code).toBe('stopped');
  });
});
