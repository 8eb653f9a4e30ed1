import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossEntropy } from '../../../../src/engine/kernels/crossEntropy.ts';
import { withVariant } from '../../../../src/engine/kernels/backend.ts';
import { readGolden } from '../../../support/goldenFiles.ts';
import { openNodeDevice } from '../../../support/nodeDevices.ts';

const numbers = v.array(v.number());
const goldenFile = v.object({
  logits: v.array(numbers),
  labels: numbers,
  weights: numbers,
  cases: v.array(v.object({ name: v.string(), forms: v.array(numbers), loss: v.number(), gradient: numbers })),
});
const text = new TextDecoder().decode(await readGolden('losses/losses.json'));
const golden = v.parse(goldenFile, JSON.parse(text));
const [labels, z] = [Int32Array.from(golden.labels), Float32Array.from(golden.logits.flat())];
const width = golden.logits[0]!.length;
const n = labels.filter((label) => label >= 0).length;

const formsOf = (forms: readonly (readonly number[])[], weights: readonly number[] = golden.weights) =>
  Float32Array.from(forms.flatMap((form, row) => [weights[row]!, ...form]));

/** The kernel is called before the first wait, so that `withVariant` may be put around it. */
async function score(logits: Float32Array, forms: Float32Array) {
  const { loss, dlogits } = tf.tidy(() => ({
    ...crossEntropy(tf.tensor2d(logits, [labels.length, width]), labels, n, forms),
  }));
  const found = { loss: (await loss.data())[0]!, gradient: (await dlogits.data<'float32'>()).slice() };
  tf.dispose([loss, dlogits]);
  return found;
}

for (const [device, variant] of [
  ['cpu', 'reference'],
  ['cpu', 'host'],
  ['wasm', 'host'],
  ['wasm', 'wasm'],
] as const) {
  describe(`losses on ${device} by ${variant} against PyTorch`, () => {
    beforeAll(() => openNodeDevice(device));

    it.each(golden.cases)('$name', async ({ forms, loss, gradient }) => {
      const found = await withVariant(variant, () => score(z, formsOf(forms)));
      expect(found.loss).toBeCloseTo(loss, 5);
      gradient.forEach((wanted, i) => {
        expect(found.gradient[i]).toBeCloseTo(wanted, 6);
      });
    });
  });
}

describe('the golden losses', () => {
  beforeAll(() => openNodeDevice('cpu'));

  it('have gradients that finite differences of the loss give too', async () => {
    for (const { name, forms, gradient } of golden.cases) {
      for (let i = 3; i < z.length; i += 17) {
        const at = async (by: number) =>
          (
            await score(
              z.map((value, j) => (j === i ? value + by : value)),
              formsOf(forms),
            )
          ).loss;
        const slope = ((await at(0.02)) - (await at(-0.02))) / 0.04;
        expect(Math.abs(slope - gradient[i]!), `${name} ${String(i)}`).toBeLessThan(2e-4);
      }
    }
  });

  it('notice a weight, a smoothing or a q that is not the one asked for', async () => {
    const [plain, smoothed, , , general] = golden.cases;
    const far = async (forms: Float32Array, wanted: number) => Math.abs((await score(z, forms)).loss - wanted);
    expect(
      await far(
        formsOf(
          plain!.forms,
          golden.weights.map(() => 1),
        ),
        plain!.loss,
      ),
    ).toBeGreaterThan(0.1);
    expect(await far(formsOf(plain!.forms), smoothed!.loss)).toBeGreaterThan(1e-3);
    expect(await far(formsOf(general!.forms.map(() => [0, 0.6])), general!.loss)).toBeGreaterThan(0.02);
  });

  it('a small q comes near cross-entropy', async () => {
    const [plain] = golden.cases;
    const small = await score(z, formsOf(plain!.forms.map(() => [0, 1e-3])));
    expect(small.loss / plain!.loss).toBeCloseTo(1, 2);
  });
});
