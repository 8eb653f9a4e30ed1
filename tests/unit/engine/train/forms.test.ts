import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCheckpoint, type Checkpoint } from '../../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../../../src/engine/device.ts';
import { pack, partsOf } from '../../../../src/engine/model/batch.ts';
import { toTensors } from '../../../../src/engine/model/parameters.ts';
import { prepare } from '../../../../src/engine/train/prepare.ts';
import { lossAndGradients } from '../../../../src/engine/train/step.ts';
import type { RunConfig } from '../../../../src/run/config.ts';
import { createTokenizer } from '../../../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../../../support/collectRun.ts';
import { openNodeDevice } from '../../../support/nodeDevices.ts';
import { createRandomValues } from '../../../support/randomValues.ts';
import { tinyCheckpoint } from '../../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../../../support/tinyData.ts';

let device: Device;
let checkpoint: Checkpoint;

beforeAll(async () => {
  device = await openNodeDevice('cpu');
  checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
});

const weighted = (weight: number) => tinyData.silver.map((sentence) => ({ ...sentence, weight }));

async function curveOf(change: Partial<RunConfig>, silver = tinyData.silver): Promise<readonly number[]> {
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const config: RunConfig = { ...tinyConfig, dropout: 0, ...change };
  const data = { ...tinyData, silver };
  const { record, error } = await collectRun({ config, checkpoint, tokenizer, data, device, appVersion: '0' });
  expect(error).toBeNull();
  return record!.curve.map(({ loss }) => loss);
}

describe('a run', () => {
  it('counts the labels of a sentence by its weight, in its source alone', async () => {
    const plain = await curveOf({});
    const half = await curveOf({}, weighted(0.5));
    expect(half[0]! / plain[0]!).toBeCloseTo(0.5, 6);
    expect(await curveOf({}, weighted(1))).toEqual(plain);
    const goldOnly = { regimen: 'gold-only' } as const;
    expect(await curveOf(goldOnly, weighted(0.5))).toEqual(await curveOf(goldOnly));
  });

  it('scores silver and gold by a loss of their own, in both stages and in mixed batches', async () => {
    const plain = await curveOf({});
    const silver = await curveOf({ lossSilver: 'generalised' });
    // (1 − p^q) / q is below 1 / q, whatever the model says.
    expect(Math.max(...silver.slice(0, 3))).toBeLessThan(1 / 0.7);
    expect(silver[0]).not.toBeCloseTo(plain[0]!, 1);
    const gold = await curveOf({ lossGold: 'label-smoothing', smoothing: 0.4 });
    expect(gold.slice(0, 3)).toEqual(plain.slice(0, 3));
    expect(gold[3]).not.toBeCloseTo(plain[3]!, 3);
    const pooled = await curveOf({ regimen: 'pooled', lossSilver: 'generalised', lossGold: 'generalised', q: 1 });
    expect(Math.max(...pooled)).toBeLessThan(1);
  });
});

it('parts of a batch keep the form of each row', () => {
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const data = { ...tinyData, silver: tinyData.silver.map((s, i) => ({ ...s, weight: (i + 1) / 4 })) };
  const config: RunConfig = { ...tinyConfig, lossSilver: 'generalised', lossGold: 'label-smoothing', q: 0.5 };
  const { silver, gold } = prepare(config, checkpoint, tokenizer, data);
  const batch = pack([silver[0]!, gold[0]!, silver[1]!, silver[2]!].flat());
  const forms = [...batch.forms.subarray(0, 3 * batch.tokens)];
  expect(new Set(forms)).toEqual(new Set([0.25, 0, 0.5, 1, Math.fround(0.1), 0.75]));
  const parts = partsOf(batch, 1);
  expect(parts.length).toBe(4);
  expect(parts.flatMap((part) => [...part.forms.subarray(0, 3 * part.tokens)])).toEqual(forms);
});

it('the gradient of a model with mixed losses is the slope of its loss', async () => {
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const config: RunConfig = { ...tinyConfig, lossSilver: 'generalised', lossGold: 'label-smoothing', dropout: 0 };
  const { bert, silver, gold } = prepare(config, checkpoint, tokenizer, { ...tinyData, silver: weighted(0.5) });
  const batch = pack([silver[0]!, gold[0]!, silver[1]!].flat());
  const values = createRandomValues(3)(bert.hidden * 5);
  const parameters = toTensors(checkpoint.weights).set('classifier.bias', tf.zeros([5]));
  const lossWith = async (at: number, by: number) => {
    const changed = tf.tensor2d(
      values.map((value, i) => (i === at ? value + by : value)),
      [bert.hidden, 5],
    );
    const model = { config: bert, parameters: new Map(parameters).set('classifier.weight', changed) };
    const { loss, gradients } = lossAndGradients(model, batch, null);
    const value = (await loss.data())[0]!;
    const gradient = (await gradients.get('classifier.weight')!.data())[at]!;
    tf.dispose([changed, loss, ...gradients.values()]);
    return { value, gradient };
  };
  for (const at of [0, 7, 13, 24]) {
    const [more, less] = [await lossWith(at, 0.05), await lossWith(at, -0.05)];
    expect((more.value - less.value) / 0.1).toBeCloseTo((await lossWith(at, 0)).gradient, 3);
  }
  tf.dispose([...parameters.values()]);
});
