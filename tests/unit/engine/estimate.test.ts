import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { estimateMemory, parameterCount } from '../../../src/run/memory.ts';
import { memoryShapes, openShape, type MemoryShape } from '../../support/memoryCases.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';
import { heldAlong } from '../../support/steadyRun.ts';
import { peakOf } from '../../support/peakBytes.ts';

const names = Object.keys(memoryShapes) as MemoryShape[];

describe('the estimate of memory on wasm', () => {
  beforeAll(async () => {
    await openNodeDevice('wasm');
  });

  for (const name of names) {
    for (const recompute of [false, true]) {
      it(`${name}${recompute ? ', layers recomputed' : ''}: within 10 % of what a step holds at the most`, () => {
        const before = tf.memory().numBytes;
        const shape = openShape(name, 'wasm', recompute);
        shape.step().dispose();
        const states = tf.memory().numBytes - before;
        const { parameters, moments, total } = estimateMemory(shape.input);
        expect(parameters + moments).toBe(states);
        const measured = states + peakOf(() => shape.step());
        expect(Math.abs(total / measured - 1)).toBeLessThan(0.1);
        shape.dispose();
        expect(tf.memory().numBytes).toBe(before);
      });
    }
  }

  it('is held to: a run of 500 steps takes no more at its end than at step 50', async () => {
    const [early, late] = await heldAlong(await openNodeDevice('wasm'));
    expect(late).toEqual(early);
  });

  it('counts the parameters of BERT base as published', () => {
    const base = { layers: 12, hidden: 768, heads: 12, feedForward: 3072, positions: 512, types: 2 };
    // transformers' BertForTokenClassification of bert-base-uncased with 9 labels.
    expect(parameterCount({ model: base, words: 30_522, tags: 9 })).toBe(108_898_569);
  });
});
