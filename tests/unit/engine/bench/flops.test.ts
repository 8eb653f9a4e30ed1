import { describe, expect, it } from 'vitest';
import { flopsOf } from '../../../../src/engine/bench/flops.ts';
import { randomCheckpoint } from '../../../../src/engine/bench/workload.ts';
import { readGolden } from '../../../support/goldenFiles.ts';
import { loadTiny } from '../../../support/goldenModel.ts';

describe('the operations of a step', () => {
  it('are those of the products written out one by one', async () => {
    const { checkpoint } = await loadTiny(readGolden, 'l2-h32');
    const { layers, hidden: H, feedForward: F, heads: A } = checkpoint.config;
    const [tags, lengths] = [9, [3, 11, 40]];
    const N = 54;
    let [linear, attention] = [0, 0];
    const product = (m: number, k: number, n: number) => 2 * m * k * n;
    const layer = (into: number, out: number) => {
      // y = x w, dx = dy wᵀ, dw = xᵀ dy
      linear += product(N, into, out) + product(N, out, into) + product(into, N, out);
    };
    for (let l = 0; l < layers; l++) {
      for (let i = 0; i < 4; i++) layer(H, H);
      layer(H, F);
      layer(F, H);
      for (const T of lengths) {
        for (let a = 0; a < A; a++) {
          const D = H / A;
          attention += product(T, D, T) + product(T, T, D); // q kᵀ, P v
          attention += product(T, D, T) + 3 * product(T, T, D); // dP = dc vᵀ; dv, dq, dk
        }
      }
    }
    layer(H, tags);
    expect(flopsOf(checkpoint.config, tags, lengths)).toEqual({ linear, attention, total: linear + attention });
  });

  it('are 64 MFLOP a token at 6 layers of width 384, attention apart', async () => {
    const { checkpoint } = await loadTiny(readGolden, 'l2-h32');
    const { config } = randomCheckpoint(checkpoint.config, 384, 6, 0);
    expect(flopsOf(config, 9, [1]).linear / 1e6).toBeCloseTo(63.7, 1);
  });
});
