import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { withVariant } from '../../../src/engine/kernels/backend.ts';
import { maskOf } from '../../../src/engine/kernels/dropout.ts';
import { pack, type Sequence } from '../../../src/engine/model/batch.ts';
import { toTensors } from '../../../src/engine/model/parameters.ts';
import { Optimizer } from '../../../src/engine/train/optimizer.ts';
import { lossAndGradients } from '../../../src/engine/train/step.ts';
import { readGolden } from '../../support/goldenFiles.ts';
import { loadTiny, logitsOf, withModel } from '../../support/goldenModel.ts';
import { openNodeDevice } from '../../support/nodeDevices.ts';

const draw = { seed: 3, step: 5 };

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

describe('gradients with dropout on, by finite differences on cpu', () => {
  beforeAll(async () => {
    await openNodeDevice('cpu');
  });

  it('along each gradient tilted by a random direction', async () => {
    const { checkpoint, sequences } = await loadTiny(readGolden, 'l2-h32');
    const config = { ...checkpoint.config, dropout: 0.1, attentionDropout: 0.1 };
    const batch = pack(sequences.slice(0, 4));
    const random = createRandom(1, 'directions');
    await withModel({ ...checkpoint, config }, async (model) => {
      const lossOf = () => {
        const { loss, gradients } = lossAndGradients(model, batch, draw);
        tf.dispose([...gradients.values()]);
        const [value] = loss.dataSync<'float32'>();
        loss.dispose();
        return value!;
      };
      const { loss, gradients } = lossAndGradients(model, batch, draw);
      loss.dispose();
      const parameters = new Map(model.parameters);
      for (const [name, gradient] of gradients) {
        const g = await gradient.data<'float32'>();
        if (name.endsWith('key.bias')) continue; // its true gradient is 0
        const tilt = Float32Array.from(g, () => random.normal());
        const direction = g.map((value, i) => value / norm(g) + tilt[i]! / norm(tilt));
        const slope = g.reduce((sum, value, i) => sum + value * direction[i]!, 0);
        const original = parameters.get(name)!;
        const at = (h: number) => {
          const moved = tf.tidy(() => tf.add(original, tf.mul(tf.tensor(direction, original.shape), h)));
          (model.parameters as Map<string, tf.Tensor>).set(name, moved);
          const value = lossOf();
          moved.dispose();
          return value;
        };
        const h = 4e-3;
        const measured = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        (model.parameters as Map<string, tf.Tensor>).set(name, original);
        expect(Math.abs(measured - slope) / Math.max(slope, 1e-2), name).toBeLessThan(5e-3);
      }
      tf.dispose([...gradients.values()]);
    });
  });
});

for (const device of ['cpu', 'wasm'] as const) {
  describe(`a batch on ${device}`, () => {
    beforeAll(async () => {
      await openNodeDevice(device);
    });

    it('gives each sequence the same logits, bit for bit, whatever stands beside it', async () => {
      const { checkpoint, sequences } = await loadTiny(readGolden, 'l3-h60');
      const width = checkpoint.config.id2label!.length;
      const [a, b, c, d] = sequences.slice(1, 5) as [Sequence, Sequence, Sequence, Sequence];
      const other = { ...c, ids: c.ids.map((id, i) => (i === 4 ? (id + 1) % 200 : id)) };
      await withModel(checkpoint, async (model) => {
        const logits = (batch: readonly Sequence[]) => logitsOf(model, pack(batch));
        const before = await logits([a, b, c, d]);
        const end = (a.ids.length + b.ids.length) * width;
        const rest = end + c.ids.length * width;
        const changed = await logits([a, b, other, d]);
        expect(changed.slice(0, end)).toEqual(before.slice(0, end));
        expect(changed.slice(rest)).toEqual(before.slice(rest));
        expect(changed.slice(end, rest)).not.toEqual(before.slice(end, rest));
        expect((await logits([a, b])).slice(0, end)).toEqual(before.slice(0, end));
        const moved = await logits([d, c, b, a]);
        const atC = d.ids.length * width;
        expect(moved.slice(atC, atC + rest - end)).toEqual(before.slice(end, rest));
      });
    });

    it('leaves the number of tensors as it was after a step', async () => {
      const { checkpoint, sequences } = await loadTiny(readGolden, 'l2-h32');
      const config = { ...checkpoint.config, dropout: 0.1, attentionDropout: 0.1 };
      await withModel({ ...checkpoint, config }, async (model) => {
        const optimizer = Optimizer.fresh(new Map([...model.parameters].map(([n, t]) => [n, tf.add(t, 0)])), {
          weightDecay: 0.1,
          clipNorm: 1,
        });
        const before = tf.memory().numTensors;
        for (let step = 0; step < 3; step++) {
          const now = { ...model, parameters: optimizer.parameters() };
          const { loss, gradients } = lossAndGradients(now, pack(sequences), { seed: 0, step });
          tf.dispose([loss, optimizer.update(gradients, 1e-3)]);
          expect(tf.memory().numTensors).toBe(before);
        }
        optimizer.dispose();
        await Promise.resolve();
      });
    });

    it('has no loss and no gradient without a labelled piece', async () => {
      const { checkpoint, sequences } = await loadTiny(readGolden, 'l2-h32');
      const bare = sequences.map(({ ids }) => ({ ids, labels: new Int32Array(ids.length).fill(-100) }));
      await withModel(checkpoint, async (model) => {
        const { loss, gradients } = lossAndGradients(model, pack(bare), null);
        expect((await loss.data())[0]).toBe(0);
        for (const [name, gradient] of gradients) {
          expect(norm(await gradient.data<'float32'>()), name).toBe(0);
        }
        tf.dispose([loss, ...gradients.values()]);
      });
    });
  });
}

describe('host loops on wasm, where there are no SIMD kernels', () => {
  it('multiply with the updated weights and not with the packed copy that tfjs keeps of the old ones', async () => {
    await openNodeDevice('wasm');
    const { checkpoint, sequences } = await loadTiny(readGolden, 'l2-h32');
    const batch = pack(sequences);
    const settings = { weightDecay: 0.1, clipNorm: 1 };
    withVariant('host', () => {
      const optimizer = Optimizer.fresh(toTensors(checkpoint.weights), settings);
      const lossOf = (parameters: ReadonlyMap<string, tf.Tensor>) => {
        const { loss, gradients } = lossAndGradients({ config: checkpoint.config, parameters }, batch, null);
        const [value] = loss.dataSync<'float32'>();
        loss.dispose();
        return { value, gradients };
      };
      const first = lossOf(optimizer.parameters());
      optimizer.update(first.gradients, 1e-2).dispose();
      const copies = new Map(
        [...optimizer.parameters()].map(([name, t]) => [name, tf.tensor(t.dataSync().slice(), t.shape)]),
      );
      const [found, wanted] = [lossOf(optimizer.parameters()), lossOf(copies)];
      expect(found.value).toBe(wanted.value);
      expect(found.value).not.toBe(first.value);
      tf.dispose([...copies.values(), ...found.gradients.values(), ...wanted.gradients.values()]);
      optimizer.dispose();
    });
  });
});

describe('dropout masks', () => {
  const key = { seed: 7, step: 11, site: 2, rate: 0.1 };
  const draws = async (device: 'cpu' | 'wasm', change: Partial<typeof key> = {}) => {
    await openNodeDevice(device);
    const mask = maskOf({ ...key, ...change }, [100_003])!;
    const values = await mask.data<'float32'>();
    mask.dispose();
    return values.slice();
  };

  it('are the same on cpu and wasm', async () => {
    expect(await draws('wasm')).toEqual(await draws('cpu'));
  });

  it('keep the share they should, scaled so that the mean stays', async () => {
    for (const rate of [0.1, 0.25, 0.5]) {
      const values = await draws('cpu', { rate });
      const kept = values.filter((value) => value > 0);
      // Four standard deviations of a binomial share of 100,003 draws.
      expect(Math.abs(kept.length / values.length - (1 - rate))).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / 1e5));
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
    }
  });

  it('differ by seed, step and site', async () => {
    const all = [
      await draws('cpu'),
      await draws('cpu', { seed: 8 }),
      await draws('cpu', { step: 12 }),
      await draws('cpu', { site: 3 }),
    ];
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) {
        const agree = a.reduce((n, value, place) => n + Number(value === b[place]), 0) / a.length;
        // Two independent masks agree with 0.9² + 0.1² = 0.82.
        expect(Math.abs(agree - 0.82)).toBeLessThan(0.006);
      }
    }
  });
});
