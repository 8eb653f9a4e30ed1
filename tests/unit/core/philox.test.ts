import { describe, expect, test } from 'vitest';
import { dropoutMask } from '../../../src/core/dropoutMask.ts';
import { philox4x32 } from '../../../src/core/philox.ts';

function words(counter: readonly number[], key: readonly number[]): string[] {
  const out = new Uint32Array(4);
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  philox4x32(c0, c1, c2, c3, key[0] ?? 0, key[1] ?? 0, out);
  return Array.from(out, (word) => word.toString(16).padStart(8, '0'));
}

/** Known answers of philox4x32, 10 rounds, from the file `kat_vectors` of Random123 (D. E. Shaw Research). */
test.each([
  [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  [[-1, -1, -1, -1], [-1, -1], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
])('philox4x32-10 of %j under %j', (counter, key, wanted) => {
  expect(words(counter, key).join(' ')).toBe(wanted);
});

const draw = (length: number, options: Partial<Parameters<typeof dropoutMask>[1]> = {}) => {
  const out = new Float32Array(length);
  dropoutMask(out, { seed: 7, step: 3, site: 2, rate: 0.1, ...options });
  return out;
};

describe('dropout masks', () => {
  test('place p takes word p & 3 of the block with counter [p >>> 2, site, step, 0] and key [seed, 0x5e1d]', () => {
    const block = new Uint32Array(4);
    const mask = draw(12, { rate: 0.5 });
    for (let place = 0; place < 12; place++) {
      philox4x32(place >>> 2, 2, 3, 0, 7, 0x5e1d, block);
      expect(mask[place]).toBe(block[place & 3]! >= 2 ** 31 ? 2 : 0);
    }
  });

  test.each([0.1, 0.25, 0.5, 0.9])(
    'rate %d: the share kept is within 4 binomial sd, and kept values keep the mean',
    (rate) => {
      const n = 200_000;
      const mask = draw(n, { rate });
      const kept = mask.filter((value) => value !== 0).length;
      expect(Math.abs(kept - n * (1 - rate))).toBeLessThan(4 * Math.sqrt(n * rate * (1 - rate)));
      expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    },
  );

  test('rate 0 keeps everything', () => {
    expect(draw(64, { rate: 0 })).toEqual(new Float32Array(64).fill(1));
  });

  test.each([1, 2, 3, 5, 1000])('a mask drawn from place %d on is the tail of the whole one', (start) => {
    expect(draw(1024 - start, { start })).toEqual(draw(1024).slice(start));
  });

  test.each([{ seed: 8 }, { step: 4 }, { site: 1 }])(
    'another mask for %j, alike in 82 of 100 places as chance has it',
    (options) => {
      const [a, b] = [draw(20_000), draw(20_000, options)];
      const alike = a.filter((value, i) => value === b[i]).length / 20_000;
      expect(alike).toBeCloseTo(0.82, 1);
      expect(Math.abs(alike - 0.82)).toBeLessThan(4 * Math.sqrt((0.82 * 0.18) / 20_000));
    },
  );
});
