import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { loadCheckpoint } from '../../src/engine/checkpoint/load.ts';
import { filesSource } from '../../src/engine/checkpoint/sources.ts';
import type { Device } from '../../src/engine/device.ts';
import { deviceBytes } from '../../src/engine/deviceBytes.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { collectRun } from './collectRun.ts';
import { tinyCheckpoint } from './tinyCheckpoint.ts';
import { tinyConfig, tinyData } from './tinyData.ts';

export interface Held {
  readonly bytes: number;
  readonly tensors: number;
}

/** What the device holds before step 50 and before the last, 500, of a run of the tiny model in one stage. */
export async function heldAlong(device: Device): Promise<readonly [Held, Held]> {
  const checkpoint = await loadCheckpoint(filesSource(tinyCheckpoint()));
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const config = { ...tinyConfig, regimen: 'gold-only', steps: 500, keepBest: false } as const;
  const held = new Map<number, Held>();
  const beforeStep = (step: number) => {
    if (step === 50 || step === 499) held.set(step, { bytes: deviceBytes(), tensors: tf.memory().numTensors });
    return Promise.resolve();
  };
  const data = { ...tinyData, dev: [], test: [] };
  const input = { config, checkpoint, tokenizer, data, device, appVersion: '0' };
  // Losses are read before both looks, so that none is waiting.
  const wantsLoss = (step: number) => step === 50 || step === 499;
  const { error } = await collectRun(input, { beforeStep, wantsLoss });
  expect(error).toBeNull();
  return [held.get(50)!, held.get(499)!];
}
