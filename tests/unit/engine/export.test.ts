import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/hash.ts';
import { modelFromCheckpoint, zipFolder } from '../../../src/engine/checkpoint/export.ts';
import { loadCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/load.ts';
import { readSafetensors, toFloat32 } from '../../../src/engine/checkpoint/safetensors.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import { pack } from '../../../src/engine/model/batch.ts';
import { exportCase, exportFacts } from '../../support/exportCase.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { largestDifference, loadTiny, logitsOf, withModel } from '../../support/goldenModel.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';

/** Digest by file name: comparing the bytes one by one takes seconds. */
const digestsOf = (files: Iterable<[string, Uint8Array]>) =>
  Object.fromEntries([...files].map(([name, bytes]) => [name, sha256Hex(bytes)]));

const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe('an exported folder', () => {
  let checkpoint: Checkpoint;
  let folder: Map<string, Uint8Array<ArrayBuffer>>;
  beforeAll(async () => {
    ({ checkpoint } = await loadTiny(readGolden, 'l3-h60'));
    folder = exportCase(checkpoint);
  });

  it('is to the byte the one that transformers loaded for the golden logits', async () => {
    const { metadata } = readSafetensors(await readGolden('export/logits.safetensors'));
    const loaded = JSON.parse(metadata['sha256'] ?? '') as Record<string, string>;
    expect(Object.keys(loaded)).toEqual(['model.safetensors', 'config.json', 'vocab.txt']);
    for (const [name, digest] of Object.entries(loaded)) expect(sha256Hex(folder.get(name)!), name).toBe(digest);
  });

  for (const device of ['cpu', 'wasm'] as const) {
    it(`gives transformers' logits within 1e-4 when it is read again, on ${device}`, async () => {
      await openNodeDevice(device);
      const { sequences } = await loadTiny(readGolden, 'l3-h60');
      const wanted = toFloat32(readSafetensors(await readGolden('export/logits.safetensors')).tensors.get('logits')!);
      const again = await loadCheckpoint(filesSource(folder));
      const found = await withModel(again, (model) => logitsOf(model, pack(sequences)));
      expect(largestDifference(wanted, found)).toBeLessThan(1e-4);
    });
  }

  it('is read again unchanged: sizes, tags, piece limit, tokenizer, every bit of the weights', async () => {
    const before = modelFromCheckpoint(checkpoint, 72);
    const again = await loadCheckpoint(filesSource(folder));
    expect(again.maxPieces).toBe(72);
    const after = modelFromCheckpoint(again);
    expect({ ...after, weights: null }).toEqual({ ...before, weights: null });
    expect([...after.weights.keys()].sort()).toEqual([...before.weights.keys()].sort());
    for (const [name, { shape, values }] of before.weights) {
      const found = after.weights.get(name)!;
      expect(found.shape).toEqual(shape);
      expect(new Int32Array(found.values.buffer), name).toEqual(new Int32Array(values.slice().buffer));
    }
    expect(digestsOf(exportCase(again))).toEqual(digestsOf(folder));
  });

  it('holds what Hugging Face expects and no more', () => {
    expect([...folder.keys()]).toEqual(['model.safetensors', 'config.json', 'vocab.txt', 'README.md', 'vermeil.json']);
    const config = JSON.parse(textOf(folder.get('config.json'))) as Record<string, unknown>;
    expect(config).toMatchObject({
      architectures: ['BertForTokenClassification'],
      model_type: 'bert',
      dtype: 'float32',
    });
    expect(config['id2label']).toMatchObject({ 0: 'O', 1: 'B-LOC', 8: 'I-PER' });
    expect(config['label2id']).toMatchObject({ O: 0, 'B-LOC': 1, 'I-PER': 8 });
    const { tensors, metadata } = readSafetensors(folder.get('model.safetensors')!);
    expect(metadata).toEqual({ format: 'pt' });
    expect(new Set([...tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(['F32']));
    expect([...tensors.keys()].filter((name) => !/^(bert\.(embeddings|encoder)|classifier)\./.test(name))).toEqual([]);
  });

  it('tells in its card where labels and scores come from', () => {
    const card = textOf(folder.get('README.md'));
    for (const words of [
      'Nobody labelled this.',
      'It finds: LOC, MISC, ORG, PER.',
      'Regimen: Simple mix',
      'silver 12, gold 8, dev 0, test 6',
      '| PER | 0.500 | 0.250 | 0.333 | 3 |',
      '| all (micro, strict) | 0.500 | 0.250 | 0.400 | 8 |',
      'Vermeil 0.1.0',
    ]) {
      expect(card).toContain(words);
    }
    expect(card).not.toContain('Scores on dev');
  });

  it('keeps the record of the run without its curves', () => {
    const { run, maxPieces } = JSON.parse(textOf(folder.get('vermeil.json'))) as Record<
      string,
      Record<string, unknown>
    >;
    expect(maxPieces).toBe(72);
    expect(run).toMatchObject({ steps: 7, config: { regimen: 'simple-mix' }, scores: exportFacts.record.scores });
    expect(Object.keys(run!)).not.toContain('curve');
    expect(Object.keys(run!)).not.toContain('dev');
  });

  it('comes out of its zip as it went in, the same bytes each time', () => {
    const zip = zipFolder(folder);
    expect(digestsOf(Object.entries(unzipSync(zip)))).toEqual(digestsOf(folder));
    expect(sha256Hex(zipFolder(folder))).toBe(sha256Hex(zip));
    expect(zip.length).toBeGreaterThan(folder.get('model.safetensors')!.length);
  });

  it('is refused as a model where there is no head', async () => {
    const bare = await loadCheckpoint(filesSource(tinyCheckpoint()));
    expect(() => modelFromCheckpoint(bare)).toThrow(expect.objectContaining({ code: 'checkpoint-invalid' }));
  });
});
