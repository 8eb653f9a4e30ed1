import { beforeAll, describe, expect, it } from 'vitest';
import { dropoutMask } from '../../../../src/core/dropoutMask.ts';
import { formsInTurn } from '../../../support/lossForms.ts';
import { createRandomValues } from '../../../support/randomValues.ts';
import { near, openArenas, type Arena } from './arena.ts';

const random = createRandomValues(13);
let arenas: Arena[] = [];
beforeAll(async () => {
  arenas = await openArenas();
});

const dropoutKey = { seed: 20_260, step: 17, site: 3, rate: 0.1 };
const shapes = [1, 63, 65, 257].flatMap((rows) => [12, 15, 36, 60, 384].map((width) => [rows, width] as const));

function maskOf(count: number, start = 0): Float32Array {
  const mask = new Float32Array(count);
  dropoutMask(mask, { ...dropoutKey, start });
  return mask;
}

describe('masks', () => {
  it.each([
    [0, 1],
    [0, 1000],
    [3, 61],
    [7, 257],
    [510, 6],
    [4_000_000_001, 300],
  ])('from place %i, %i of them, bit for bit as core/dropoutMask.ts', (start, count) => {
    for (const arena of arenas) {
      for (const rate of [0.1, 0.5, 0.999]) {
        const expected = new Float32Array(count);
        const key = { seed: 0xfedcba98, step: 0x7fffffff, site: 12, rate };
        dropoutMask(expected, { ...key, start });
        const out = arena.room(count);
        const scratch = arena.scratch(arena.kernels.dropoutScratchBytes());
        arena.kernels.dropoutMask(count, arena.key(key), start, out.address, scratch);
        expect(out.floats()).toEqual(expected);
      }
      arena.finish();
    }
  });

  it('multiply what is dropped', () => {
    for (const arena of arenas) {
      for (const count of [1, 255, 257, 1030]) {
        const x = random(count);
        const [from, to] = [arena.place(x), arena.room(count)];
        const scratch = arena.scratch(arena.kernels.dropoutScratchBytes());
        arena.kernels.dropout(count, from.address, arena.key(dropoutKey), to.address, scratch);
        const mask = maskOf(count);
        expect(to.floats()).toEqual(x.map((value, i) => value * mask[i]!));
      }
      arena.finish();
    }
  });
});

describe.each(shapes)('layer norm of [%i, %i]', (rows, width) => {
  const [x, residual, dy] = [random(rows * width), random(rows * width), random(rows * width)];
  const [gamma, beta] = [random(width), random(width)];
  const epsilon = 1e-12;

  /** In doubles, row by row, straight from the formula. */
  function expected(mask: Float32Array | null, withResidual: boolean) {
    const [y, normed, ds, dx] = [0, 1, 2, 3].map(() => new Float64Array(rows * width)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const [inverse, dgamma, dbeta] = [new Float64Array(rows), new Float64Array(width), new Float64Array(width)];
    for (let n = 0; n < rows; n++) {
      const at = (h: number) => n * width + h;
      const s = Array.from(
        { length: width },
        (_, h) => x[at(h)]! * (mask?.[at(h)] ?? 1) + (withResidual ? residual[at(h)]! : 0),
      );
      const mean = s.reduce((sum, value) => sum + value, 0) / width;
      const variance = s.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
      inverse[n] = 1 / Math.sqrt(variance + epsilon);
      let [up, along] = [0, 0];
      for (let h = 0; h < width; h++) {
        normed[at(h)] = (s[h]! - mean) * inverse[n]!;
        y[at(h)] = gamma[h]! * normed[at(h)]! + beta[h]!;
        up += (dy[at(h)]! * gamma[h]!) / width;
        along += (dy[at(h)]! * gamma[h]! * normed[at(h)]!) / width;
        dgamma[h]! += dy[at(h)]! * normed[at(h)]!;
        dbeta[h]! += dy[at(h)]!;
      }
      for (let h = 0; h < width; h++) {
        ds[at(h)] = (dy[at(h)]! * gamma[h]! - up - normed[at(h)]! * along) * inverse[n]!;
        dx[at(h)] = ds[at(h)]! * (mask?.[at(h)] ?? 1);
      }
    }
    return { y, normed, inverse, ds, dx, dgamma, dbeta };
  }

  it.each([
    ['alone', false, false],
    ['with a residual and dropout', true, true],
    ['with dropout', false, true],
  ])('%s, both directions', (_, withResidual, withDropout) => {
    const want = expected(withDropout ? maskOf(rows * width) : null, withResidual);
    for (const arena of arenas) {
      const { kernels } = arena;
      const scratch = arena.scratch(kernels.layerNormScratchBytes(width));
      const key = withDropout ? arena.key(dropoutKey) : 0;
      const [y, normed, inverse] = [arena.room(rows * width), arena.room(rows * width), arena.room(rows)];
      const [px, pg, pb] = [arena.place(x).address, arena.place(gamma).address, arena.place(beta).address];
      const pr = withResidual ? arena.place(residual).address : 0;
      kernels.layerNorm(
        ...([0, rows, width, px, pr, key, pg, pb, epsilon] as const),
        ...([y.address, normed.address, inverse.address, scratch] as const),
      );
      near(inverse.floats(), want.inverse, 0, 2e-6);
      near(normed.floats(), want.normed, 4e-6);
      near(y.floats(), want.y, 4e-6);
      const [dx, ds, dgamma, dbeta] = [
        arena.room(rows * width),
        arena.room(rows * width),
        arena.room(width),
        arena.room(width),
      ];
      const pdy = arena.place(dy).address;
      kernels.layerNormGrad(
        ...([0, rows, width, pdy, normed.address, inverse.address, key, pg] as const),
        ...([withDropout ? dx.address : 0, ds.address, scratch] as const),
      );
      near(ds.floats(), want.ds, 1e-5);
      if (withDropout) near(dx.floats(), want.dx, 1e-5);
      const columns = arena.scratch(kernels.columnBytes(width));
      kernels.sumRows(rows, width, width, pdy, normed.address, dgamma.address, columns);
      kernels.sumRows(rows, width, width, pdy, 0, dbeta.address, columns);
      near(dgamma.floats(), want.dgamma, 2e-6, 1e-5);
      near(dbeta.floats(), want.dbeta, 1e-6, 1e-6);
      arena.finish();
    }
  });
});

it('layer norm of a part of the rows takes its part of the mask', () => {
  const [rows, width, first] = [9, 15, 4];
  const [x, residual, ones] = [random(rows * width), random(rows * width), new Float32Array(width).fill(1)];
  for (const arena of arenas) {
    const { kernels } = arena;
    const scratch = arena.scratch(kernels.layerNormScratchBytes(width));
    const [key, px, pr, pg] = [
      arena.key(dropoutKey),
      ...[x, residual, ones].map((values) => arena.place(values).address),
    ] as [number, number, number, number];
    const make = (parts: readonly (readonly [from: number, rows: number])[]) => {
      const [y, normed, inverse] = [arena.room(rows * width), arena.room(rows * width), arena.room(rows)];
      const [dx, ds] = [arena.room(rows * width), arena.room(rows * width)];
      for (const [from, size] of parts) {
        const at = (address: number) => address + 4 * width * from;
        const pi = inverse.address + 4 * from;
        kernels.layerNorm(
          ...([from, size, width, at(px), at(pr), key, pg, pg, 1e-12] as const),
          ...([at(y.address), at(normed.address), pi, scratch] as const),
        );
        kernels.layerNormGrad(
          ...([from, size, width, at(px), at(normed.address), pi, key, pg] as const),
          ...([at(dx.address), at(ds.address), scratch] as const),
        );
      }
      return [y, normed, inverse, dx, ds].map((place) => place.floats());
    };
    const parts = [
      [0, first],
      [first, rows - first],
    ] as const;
    expect(make(parts)).toEqual(make([[0, rows]]));
    arena.finish();
  }
});

describe.each(shapes)('embeddings of [%i, %i]', (rows, width) => {
  const count = 23;
  const [word, position, type, ds] = [
    random(count * width),
    random(257 * width),
    random(2 * width),
    random(rows * width),
  ];
  const ids = Int32Array.from({ length: rows }, (_, n) => (n * 7) % count);
  const positions = Int32Array.from({ length: rows }, (_, n) => (n * 3) % 257);

  it('are looked up and their gradients gathered in the order of the rows, bit by bit', () => {
    const want = new Float32Array(rows * width);
    const wantTable = new Float32Array(count * width);
    for (let n = 0; n < rows; n++) {
      for (let h = 0; h < width; h++) {
        const sum = Math.fround(word[ids[n]! * width + h]! + position[positions[n]! * width + h]!);
        want[n * width + h] = sum + type[h]!;
        wantTable[ids[n]! * width + h]! += ds[n * width + h]!;
      }
    }
    for (const arena of arenas) {
      const [pi, pp] = [arena.integers(ids), arena.integers(positions)];
      const [out, table] = [arena.room(rows * width), arena.room(count * width)];
      const [pw, pl, pt] = [arena.place(word).address, arena.place(position).address, arena.place(type).address];
      arena.kernels.embed(rows, width, pi, pp, pw, pl, pt, out.address);
      expect(out.floats()).toEqual(want);
      arena.kernels.scatterAdd(rows, width, pi, arena.place(ds).address, count, table.address);
      expect(table.floats()).toEqual(wantTable);
      arena.finish();
    }
  });
});

describe.each([
  [1, 9],
  [63, 9],
  [65, 2],
  [257, 16],
  [257, 33],
])('cross-entropy of [%i, %i]', (rows, width) => {
  const z = random(rows * width).map((value) => 8 * value);
  const labels = Int32Array.from({ length: rows }, (_, r) => (r % 3 === 1 ? -100 : (r * 5) % width));

  it('and its gradient, of every form', () => {
    const [want, share] = [new Float64Array(rows * width), 1 / 40];
    const forms = formsInTurn(rows);
    let total = 0;
    labels.forEach((label, r) => {
      if (label < 0) return;
      const [weight = 0, smoothing = 0, q = 0] = forms.subarray(3 * r);
      const row = [...z.subarray(r * width, (r + 1) * width)].map((value) => Math.exp(value));
      const sum = row.reduce((most, value) => most + value, 0);
      const target = row.map((_, l) => smoothing / width + (l === label ? 1 - smoothing : 0));
      const hit = (row[label]! / sum) ** q;
      const plain = row.reduce((most, value, l) => most - target[l]! * Math.log(value / sum), 0);
      total += weight * (q > 0 ? (1 - hit) / q : plain);
      row.forEach((value, l) => (want[r * width + l] = weight * hit * (value / sum - target[l]!) * share));
    });
    for (const arena of arenas) {
      const dz = arena.room(rows * width);
      const loss = arena.kernels.crossEntropy(
        ...([rows, width, arena.place(z).address, arena.integers(labels), arena.place(forms).address] as const),
        ...([share, dz.address] as const),
      );
      near([loss], [total], 1e-6, 1e-6);
      near(dz.floats(), want, 1e-8, 1e-6);
      arena.finish();
    }
  });
});
