import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomValues } from '../../../support/randomValues.ts';
import { near, openArenas, type Arena } from './arena.ts';

const random = createRandomValues(17);
let arenas: Arena[] = [];
beforeAll(async () => {
  arenas = await openArenas();
});

/** erf from its series near 0 and from its continued fraction beyond, in doubles: no part in common with the kernel. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 2.5) {
    let [term, sum] = [a, a];
    for (let n = 1; n < 80; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}

const cdf = (x: number) => 0.5 * (1 + erf(x * Math.SQRT1_2));
const gate = (x: number) => 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const activations: readonly (readonly [string, number, (x: number) => number])[] = [
  ['gelu', 0, (x) => x * cdf(x)],
  ['gelu-tanh', 1, (x) => x * gate(x)],
  ['relu', 2, (x) => Math.max(0, x)],
];

describe.each(activations)('%s', (_, kind, f) => {
  it.each([1, 63, 65, 257, 4001])('of %i values, and its gradient', (count) => {
    // From −12 to 12, and values about 0.
    const x = Float32Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 24 * (i / count) - 12 : random(1)[0]!));
    const dy = random(count);
    const h = 1e-5;
    const slope = (v: number) => (kind === 2 ? Number(v > 0) : (f(v + h) - f(v - h)) / (2 * h));
    for (const arena of arenas) {
      const [px, pdy, y, dx] = [arena.place(x), arena.place(dy), arena.room(count), arena.room(count)];
      arena.kernels.activate(count, kind, px.address, y.address);
      near(y.floats(), Array.from(x, f), 2.5e-7, 3e-7); // 2.1e-7 is what the formula for erf leaves
      arena.kernels.activateGrad(count, kind, pdy.address, px.address, dx.address);
      near(
        dx.floats(),
        Array.from(x, (v, i) => dy[i]! * slope(v)),
        5e-7,
      );
      arena.kernels.activateGrad(count, kind, pdy.address, px.address, pdy.address);
      expect(pdy.floats()).toEqual(dx.floats());
      arena.finish();
    }
  });

  it('lets NaN through, so that a run notices', () => {
    for (const arena of arenas) {
      const [x, y] = [arena.place([NaN, 1, 2, 3, NaN]), arena.room(5)];
      arena.kernels.activate(5, kind, x.address, y.address);
      expect([...y.floats()].map(Number.isNaN)).toEqual([true, false, false, false, true]);
      arena.finish();
    }
  });
});

describe.each([1, 63, 65, 257, 10_001])('%i elements', (count) => {
  it('AdamW, ten steps against doubles', () => {
    const [start, gradients] = [random(count), Array.from({ length: 10 }, () => random(count))];
    const [lr, decay, beta1, beta2, epsilon, clip] = [1e-2, 0.01, 0.9, 0.999, 1e-8, 0.7];
    const p = Float64Array.from(start);
    const [m, v] = [new Float64Array(count), new Float64Array(count)];
    gradients.forEach((gradient, s) => {
      for (let i = 0; i < count; i++) {
        const g = gradient[i]! * clip;
        m[i] = beta1 * m[i]! + (1 - beta1) * g;
        v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
        const denominator = Math.sqrt(v[i]!) / Math.sqrt(1 - beta2 ** (s + 1)) + epsilon;
        p[i] = p[i]! * (1 - lr * decay) - ((lr / (1 - beta1 ** (s + 1))) * m[i]!) / denominator;
      }
    });
    for (const arena of arenas) {
      const [value, moment1, moment2] = [
        arena.place(start),
        arena.place(new Float32Array(count)),
        arena.place(new Float32Array(count)),
      ];
      const spare = arena.room(count);
      let [from, to] = [value, spare];
      gradients.forEach((gradient, s) => {
        arena.kernels.adamw(
          ...([
            count,
            from.address,
            moment1.address,
            moment2.address,
            arena.place(gradient).address,
            to.address,
          ] as const),
          ...([clip, 1 - lr * decay, lr / (1 - beta1 ** (s + 1)), 1 / Math.sqrt(1 - beta2 ** (s + 1))] as const),
          ...([beta1, beta2, epsilon] as const),
        );
        [from, to] = [to, from];
      });
      near(from.floats(), p, 1e-6);
      near(moment1.floats(), m, 1e-7);
      near(moment2.floats(), v, 1e-8, 1e-6);
      arena.finish();
    }
  });

  it('sum of squares, in doubles', () => {
    const x = random(count).map((value) => value * 1000);
    const want = x.reduce((sum, value) => sum + value * value, 0);
    for (const arena of arenas) {
      near([arena.kernels.sumOfSquares(count, arena.place(x).address)], [want], 0, 1e-12);
      arena.finish();
    }
  });
});

describe.each([
  [1, 12],
  [63, 15],
  [257, 384],
])('columns of [%i, %i]', (rows, width) => {
  it('are summed in doubles', () => {
    const x = random(rows * width);
    const want = new Float64Array(width);
    x.forEach((value, at) => (want[at % width]! += value));
    for (const arena of arenas) {
      const out = arena.room(width);
      const scratch = arena.scratch(arena.kernels.columnBytes(width));
      const px = arena.place(x).address;
      arena.kernels.sumRows(rows, width, width, px, 0, out.address, scratch);
      expect(out.floats()).toEqual(new Float32Array(want));
      const part = arena.room(width - 5);
      arena.kernels.sumRows(rows, width, width - 5, px + 4 * 5, 0, part.address, scratch);
      expect(part.floats()).toEqual(new Float32Array(want).subarray(5));
      arena.finish();
    }
  });
});
