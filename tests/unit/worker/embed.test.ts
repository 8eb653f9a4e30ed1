import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { loadCheckpoint } from '../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import { embeddingsOf } from '../../../src/engine/embed.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyData } from '../../support/tinyData.ts';
import { createHarness, tinyUrl } from '../../support/workerHarness.ts';

test('sentences are embedded as the engine does it, in their order, and the page is told how far it is', async () => {
  const { client } = createHarness();
  const told: number[] = [];
  const sentences = tinyData.test;
  const found = await client.embed({ checkpointUrl: tinyUrl, sentences }, (done) => told.push(done));
  const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const wanted = await embeddingsOf(checkpoint, tokenizer, sentences, Math.min(256, checkpoint.config.positions));
  expect(found).toHaveLength(sentences.length);
  found.forEach((vector, i) => {
    expect(vector).toEqual(wanted[i]);
  });
  expect(told.at(-1)).toBe(sentences.length);
});
