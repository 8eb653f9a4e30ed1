import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { loadCheckpoint } from '../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import { predictWords, Predictor } from '../../../src/engine/predict.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../../support/collectRun.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../../support/tinyData.ts';

async function trained() {
  const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const device = await openNodeDevice('cpu');
  const { model } = await collectRun({
    config: tinyConfig,
    checkpoint,
    tokenizer,
    data: tinyData,
    device,
    appVersion: '0',
  });
  return { model: model!, tokenizer };
}

it('uploads the encoder once, predicts as a fresh model does, and leaves nothing when released', async () => {
  const { model, tokenizer } = await trained();
  const before = tf.memory().numTensors;
  const wanted = await predictWords(model, tokenizer, tinyData.test);
  expect(tf.memory().numTensors).toBe(before);
  const predictor = new Predictor(model, tokenizer);
  const uploads = vi.spyOn(tf.engine(), 'makeTensor');
  expect(await predictor.words(tinyData.test)).toEqual(wanted);
  const first = uploads.mock.calls.length;
  uploads.mockClear();
  expect(await predictor.words(tinyData.test)).toEqual(wanted);
  expect(uploads.mock.calls.length).toBe(first - (model.weights.size - 1));
  uploads.mockRestore();
  expect(tf.memory().numTensors).toBe(before + model.weights.size - 1);
  predictor.release();
  expect(tf.memory().numTensors).toBe(before);

  const running = predictor.words(tinyData.test);
  predictor.release(); // waits for the one that runs
  expect(await running).toEqual(wanted);
  expect(tf.memory().numTensors).toBe(before);
});

it('follows tfjs to another device', async () => {
  const { model, tokenizer } = await trained();
  const predictor = new Predictor(model, tokenizer);
  const onCpu = await predictor.words(tinyData.test);
  await openNodeDevice('wasm');
  expect(await predictor.words(tinyData.test)).toEqual(onCpu);
  await openNodeDevice('cpu');
  expect(await predictor.words(tinyData.test)).toEqual(onCpu);
  predictor.release();
});
