import { expect, test } from 'vitest';
import { loadCheckpoint } from '../../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../../src/engine/checkpoint/sources.ts';
import type { RunConfig } from '../../../src/run/config.ts';
import { createTokenizer } from '../../../src/tokenizer/tokenizer.ts';
import { collectRun } from '../../support/collectRun.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinyConfig, tinyData } from '../../support/tinyData.ts';

/** 12 silver and 8 gold sentences in batches of 4: passes end with whole batches. 12 steps, half of them silver. */
const shared: Partial<RunConfig> = {
  ...{
    epochsSilver: 2,
    epochsGold: 3,
    steps: 12,
    batchSize: 4,
    restart: false,
    evaluateEvery: 3,
    keepBest: false,
    dropout: 0.2,
  },
};

async function outcome(change: Partial<RunConfig>) {
  const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const config = { ...tinyConfig, ...shared, ...change };
  const device = await openNodeDevice('cpu');
  const { record, model, error } = await collectRun({
    ...{ config, checkpoint, tokenizer, data: tinyData, device, appVersion: '0' },
  });
  expect(error).toBeNull();
  const bits = [...model!.weights].map(([name, { values }]) => [name, Buffer.from(values.buffer).toString('hex')]);
  const { curve, dev, seen, scores } = record!;
  return { curve, dev, seen, scores, weights: Object.fromEntries(bits) as Record<string, string> };
}

test('simple mix and a blend by the step are one run, bit for bit, where optimizer and schedule run through', async () => {
  const mix = await outcome({ regimen: 'simple-mix' });
  const step = await outcome({ regimen: 'blend', schedule: 'step' });
  expect(mix.curve.map(({ silverShare }) => silverShare)).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  expect(step).toEqual(mix);
  // The test can tell runs apart: a step elsewhere, and an optimizer that starts anew, are other runs.
  const later = await outcome({ regimen: 'blend', schedule: 'step', scheduleSettings: { m: 0.6 } });
  expect(later.weights).not.toEqual(mix.weights);
  const anew = await outcome({ regimen: 'simple-mix', restart: true });
  expect(anew.weights).not.toEqual(mix.weights);
});
