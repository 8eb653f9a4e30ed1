import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomValues } from '../../../support/randomValues.ts';
import { near, openArenas, type Arena } from './arena.ts';

const random = createRandomValues(11);
let arenas: Arena[] = [];
beforeAll(async () => {
  arenas = await openArenas();
});

type Matrix = (i: number, k: number) => number;

/** Products as the plain build has to make them: one rounding after each multiplication and each addition, k upward. */
function inOrder(m: number, n: number, k: number, a: Matrix, b: Matrix, start: Matrix): Float32Array {
  const c = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = start(i, j);
      for (let at = 0; at < k; at++) sum = Math.fround(sum + Math.fround(a(i, at) * b(at, j)));
      c[i * n + j] = sum;
    }
  }
  return c;
}

/** Bit by bit in the plain build; fused multiply-adds round less, so there within a bound that grows with k. */
function same(arena: Arena, actual: Float32Array, expected: Float32Array, k: number): void {
  if (arena.name === 'plain') expect(Buffer.from(actual.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  else near(actual, expected, 2e-7 * Math.sqrt(k) * 4, 2e-6);
}

const sizes = [
  [1, 1, 1],
  [1, 384, 9],
  [5, 3, 8],
  [6, 4, 8],
  [63, 12, 32],
  [65, 36, 60],
  [65, 37, 13],
  [257, 60, 36],
  [63, 385, 12],
  [12, 770, 17],
  [487, 33, 24],
  [971, 6, 7],
] as const;

describe.each(sizes)('[%i, %i] times [%i] columns', (m, k, n) => {
  const [a, b, bias, before] = [random(m * k), random(k * n), random(n), random(m * n)];
  const aT = Float32Array.from({ length: k * m }, (_, at) => a[(at % m) * k + Math.floor(at / m)]!);
  const bT = Float32Array.from({ length: n * k }, (_, at) => b[(at % k) * n + Math.floor(at / k)]!);
  const left: Matrix = (i, at) => a[i * k + at]!;
  const right: Matrix = (at, j) => b[at * n + j]!;
  const expected = inOrder(m, n, k, left, right, () => 0);
  const onBias = inOrder(m, n, k, left, right, (_, j) => bias[j]!);
  const onTop = inOrder(m, n, k, left, right, (i, j) => before[i * n + j]!);

  it('plainly, with a bias, with either factor transposed, added to what is there', () => {
    for (const arena of arenas) {
      const { kernels } = arena;
      const scratch = arena.scratch(kernels.matmulScratchBytes());
      const [pa, pb, paT, pbT] = [a, b, aT, bT].map((values) => arena.place(values).address) as [
        number,
        number,
        number,
        number,
      ];
      const c = arena.room(m * n);
      kernels.matmul(m, n, k, pa, pb, c.address, 0, scratch);
      same(arena, c.floats(), expected, k);
      kernels.matmul(m, n, k, pa, pb, c.address, arena.place(bias).address, scratch);
      same(arena, c.floats(), onBias, k);
      kernels.matmulNT(m, n, k, pa, pbT, c.address, 0, scratch);
      same(arena, c.floats(), expected, k);
      kernels.matmulTN(m, n, k, paT, pb, c.address, 0, scratch);
      same(arena, c.floats(), expected, k);
      const [d, e] = [arena.place(before), arena.place(before)];
      kernels.matmulNT(m, n, k, pa, pbT, d.address, 1, scratch);
      same(arena, d.floats(), onTop, k);
      kernels.matmulTN(m, n, k, paT, pb, e.address, 1, scratch);
      same(arena, e.floats(), onTop, k);
      arena.finish();
    }
  });
});

it('gives a row the same bits wherever it stands', () => {
  const [m, k, n] = [257, 384, 60];
  const [a, b] = [random(m * k), random(k * n)];
  for (const arena of arenas) {
    const { kernels } = arena;
    const scratch = arena.scratch(kernels.matmulScratchBytes());
    const [pa, pb, all, one] = [arena.place(a), arena.place(b), arena.room(m * n), arena.room(n)];
    kernels.matmul(m, n, k, pa.address, pb.address, all.address, 0, scratch);
    for (const row of [0, 5, 7, 130, 256]) {
      kernels.matmul(1, n, k, pa.address + row * k * 4, pb.address, one.address, 0, scratch);
      expect(one.floats()).toEqual(all.floats().slice(row * n, (row + 1) * n));
    }
    arena.finish();
  }
});

it('runs both builds where the engine has relaxed SIMD, as Node 20 and later do', () => {
  expect(arenas.map(({ name }) => name)).toEqual(['plain', 'relaxed']);
});
