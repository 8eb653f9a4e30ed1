import { beforeAll, describe, expect, it } from 'vitest';
import type { Address } from '../../../../src/engine/wasm/exports.ts';
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

/** Where the factors of a product lie, and how. */
interface Factors {
  readonly a: Address;
  readonly b: Address;
  readonly c: Address;
  readonly aAcross?: boolean;
  readonly bAlong?: boolean;
  readonly bias?: Address;
  readonly add?: boolean;
}

/** The product of whole matrices, in parts of so many rows and columns. */
function multiply(arena: Arena, [m, k, n]: readonly [number, number, number], factors: Factors, rows = m, columns = n) {
  const { a, b, c, aAcross = false, bAlong = false, bias = 0, add = false } = factors;
  const scratch = arena.scratch(arena.kernels.productScratchBytes());
  for (let i = 0; i < m; i += rows) {
    for (let j = 0; j < n; j += columns) {
      arena.kernels.product(
        ...([aAcross ? 1 : 0, bAlong ? 1 : 0, Math.min(rows, m - i), Math.min(columns, n - j), k] as const),
        ...([a + 4 * i * (aAcross ? 1 : k), aAcross ? m : k, b + 4 * j * (bAlong ? k : 1), bAlong ? k : n] as const),
        ...([c + 4 * (i * n + j), n, bias === 0 ? 0 : bias + 4 * j, add ? 1 : 0, scratch] as const),
      );
    }
  }
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
      const [pa, pb, paT, pbT] = [a, b, aT, bT].map((values) => arena.place(values).address) as [
        number,
        number,
        number,
        number,
      ];
      const c = arena.room(m * n);
      const make = (factors: Omit<Factors, 'c'>, to = c) => {
        multiply(arena, [m, k, n], { ...factors, c: to.address });
        return to.floats();
      };
      const across = { a: paT, b: pb, aAcross: true };
      const along = { a: pa, b: pbT, bAlong: true };
      same(arena, make({ a: pa, b: pb }), expected, k);
      same(arena, make({ a: pa, b: pb, bias: arena.place(bias).address }), onBias, k);
      same(arena, make(along), expected, k);
      same(arena, make(across), expected, k);
      same(arena, make({ ...along, add: true }, arena.place(before)), onTop, k);
      same(arena, make({ ...across, add: true }, arena.place(before)), onTop, k);
      arena.finish();
    }
  });

  it('in parts, bit by bit as in one', () => {
    for (const arena of arenas) {
      const places = [a, b, aT, bT, bias].map((values) => arena.place(values).address);
      const [pa, pb, paT, pbT, pBias] = places as [number, number, number, number, number];
      const [one, parts] = [arena.room(m * n), arena.room(m * n)];
      for (const factors of [
        { a: pa, b: pb, bias: pBias },
        { a: pa, b: pbT, bAlong: true },
        { a: paT, b: pb, aAcross: true },
      ]) {
        multiply(arena, [m, k, n], { ...factors, c: one.address });
        for (const [rows, columns] of [
          [7, n],
          [m, 5],
          [Math.ceil(m / 2), Math.ceil(n / 3)],
        ] as const) {
          multiply(arena, [m, k, n], { ...factors, c: parts.address }, rows, columns);
          expect(parts.floats()).toEqual(one.floats());
        }
      }
      arena.finish();
    }
  });
});

it('gives a row the same bits wherever it stands', () => {
  const [m, k, n] = [257, 384, 60];
  const [a, b] = [random(m * k), random(k * n)];
  for (const arena of arenas) {
    const [pa, pb, all, one] = [arena.place(a), arena.place(b), arena.room(m * n), arena.room(n)];
    multiply(arena, [m, k, n], { a: pa.address, b: pb.address, c: all.address });
    for (const row of [0, 5, 7, 130, 256]) {
      multiply(arena, [1, k, n], { a: pa.address + row * k * 4, b: pb.address, c: one.address });
      expect(one.floats()).toEqual(all.floats().slice(row * n, (row + 1) * n));
    }
    arena.finish();
  }
});

it('runs both builds where the engine has relaxed SIMD, as Node 20 and later do', () => {
  expect(arenas.map(({ name }) => name)).toEqual(['plain', 'relaxed']);
});
