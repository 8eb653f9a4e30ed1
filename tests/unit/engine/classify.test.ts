import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { toTensors } from '../../../src/engine/model/parameters.ts';
import type { Encoded } from '../../../src/engine/train/encode.ts';
import { classify } from '../../../src/engine/train/evaluate.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { loadTiny } from '../../support/goldenModel.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';

/** Best tag and its softmax, in double precision, of logits that PyTorch computed. */
function bestOf(logits: ArrayLike<number>, row: number, width: number): [tag: number, probability: number] {
  const own = Array.from({ length: width }, (_, k) => logits[row * width + k]!);
  const tag = own.indexOf(Math.max(...own));
  return [tag, 1 / own.reduce((sum, logit) => sum + Math.exp(logit - own[tag]!), 0)];
}

it.each(['cpu', 'wasm'] as const)(
  'tags and their probabilities are those of PyTorch’s logits, on %s',
  async (device) => {
    await openNodeDevice(device);
    const { checkpoint, sequences, expected } = await loadTiny(readGolden, 'l2-h32');
    const { values, shape } = expected.get('logits')!;
    const width = shape[1]!;
    const parameters = toTensors(checkpoint.weights);
    const before = tf.memory().numTensors;
    // Each piece as the first of a word, and a word without pieces at the end.
    const encoded = sequences.map(({ ids }): Encoded => ({
      words: ids.length + 1,
      windows: [{ ids, firstPieces: Array.from(ids, (_, at) => ({ word: at, position: at })) }],
    }));
    const found = await classify({ config: checkpoint.config, parameters }, encoded, (id) => id, true);
    expect(tf.memory().numTensors).toBe(before);
    let row = 0;
    let least = 1;
    for (const [i, { ids }] of sequences.entries()) {
      for (let at = 0; at < ids.length; at++, row++) {
        const [tag, probability] = bestOf(values, row, width);
        expect(found.tags[i]![at]).toBe(tag);
        expect(Math.abs(found.probabilities![i]![at]! - probability)).toBeLessThan(1e-5);
        least = Math.min(least, probability);
      }
      expect([found.tags[i]!.at(-1), found.probabilities![i]!.at(-1)]).toEqual([0, 1]);
    }
    expect(row).toBe(shape[0]);
    expect(least).toBeLessThan(0.9); // or a softmax that is left out would pass
    const bare = await classify({ config: checkpoint.config, parameters }, encoded, (id) => id, false);
    expect(bare).toEqual({ tags: found.tags, probabilities: null });
    tf.dispose([...parameters.values()]);
  },
);
