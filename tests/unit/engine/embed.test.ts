import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { wordsOf } from '../../../src/data/words.ts';
import { loadCheckpoint, type Checkpoint } from '../../../src/engine/checkpoint/load.ts';
import { readSafetensors, toFloat32 } from '../../../src/engine/checkpoint/safetensors.ts';
import { embeddingsOf } from '../../../src/engine/embed.ts';
import { nearestExamples } from '../../../src/llm/prompts/nearest.ts';
import { createTokenizer, type Tokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';

const model = fileURLToPath(new URL('../../../public/models/all-MiniLM-L6-v2/', import.meta.url));
const source = {
  read: async (name: string) => {
    const bytes = await readFile(model + name).catch(() => null);
    return bytes === null ? null : new Uint8Array(bytes);
  },
};
const sentence = (id: string, text: string) => ({ id, text, words: wordsOf(text), spans: [] });

let checkpoint: Checkpoint;
let tokenizer: Tokenizer;
beforeAll(async () => {
  await openNodeDevice('wasm');
  checkpoint = await loadCheckpoint(source);
  tokenizer = createTokenizer(checkpoint.tokenizerFiles);
});

it('embeddings within 1e-5 of transformers, each in its place, and nothing is left on the device', async () => {
  const golden = readSafetensors(await readGolden('shipped/embeddings.safetensors'));
  const texts = JSON.parse(golden.metadata['texts'] ?? '[]') as string[];
  expect(texts).toHaveLength(8);
  const mean = toFloat32(golden.tensors.get('mean')!);
  const tensors = tf.memory().numTensors;
  const asked = texts.map((text, i) => sentence(String(i), text));
  const found = await embeddingsOf(checkpoint, tokenizer, asked, 256);
  expect(tf.memory().numTensors).toBe(tensors);
  let worst = 0;
  found.forEach((vector, i) => {
    vector.forEach((x, h) => (worst = Math.max(worst, Math.abs(x - mean[i * 384 + h]!))));
  });
  expect(worst).toBeLessThan(1e-5);
});

it('the nearest sentence is the one about the same thing', async () => {
  const asked = sentence('q', 'The army crossed the river and took the fortress.');
  const gold = [
    sentence('tax', 'Taxes on imported goods were lowered by a tenth.'),
    sentence('war', 'Troops went over the stream and captured the castle.'),
    sentence('bank', 'The bank raised its interest rate last week.'),
  ];
  const [vector, ...vectors] = await embeddingsOf(checkpoint, tokenizer, [asked, ...gold], 256);
  const candidates = gold.map((one, i) => ({ sentence: one, vector: vectors[i]! }));
  const chosen = nearestExamples({ ...asked, vector: vector! }, candidates, 1, new Set());
  expect(chosen.map(({ id }) => id)).toEqual(['war']);
});
