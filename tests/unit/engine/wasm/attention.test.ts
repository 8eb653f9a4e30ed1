import { beforeAll, describe, expect, it } from 'vitest';
import { dropoutMask } from '../../../../src/core/dropoutMask.ts';
import { createRandomValues } from '../../../support/randomValues.ts';
import { near, openArenas, type Arena } from './arena.ts';

const random = createRandomValues(19);
let arenas: Arena[] = [];
beforeAll(async () => {
  arenas = await openArenas();
});

const dropoutKey = { seed: 9, step: 4, site: 1, rate: 0.25 };

interface Case {
  readonly heads: number;
  readonly depth: number;
  readonly offsets: readonly number[];
  readonly rows: number;
}

const cases: readonly Case[] = [
  { heads: 1, depth: 4, offsets: [0, 1], rows: 1 },
  { heads: 3, depth: 4, offsets: [0, 1, 31, 62], rows: 63 },
  { heads: 4, depth: 15, offsets: [2, 9, 9, 40, 65], rows: 70 },
  { heads: 2, depth: 16, offsets: [0, 63, 128], rows: 130 },
  { heads: 2, depth: 32, offsets: [0, 257], rows: 257 },
  { heads: 1, depth: 16, offsets: [0, 497], rows: 497 },
  { heads: 12, depth: 32, offsets: [0, 28, 65], rows: 128 },
];

/** Straight from the formula, in doubles. */
function plainly(
  { heads, depth, offsets, rows }: Case,
  [q, k, v, dc]: readonly Float32Array[],
  mask: Float32Array | null,
) {
  const width = heads * depth;
  const [context, dq, dk, dv] = [0, 1, 2, 3].map(() => new Float64Array(rows * width)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const probabilities: number[] = [];
  const scale = 1 / Math.sqrt(depth);
  for (let b = 0; b + 1 < offsets.length; b++) {
    const [first, size] = [offsets[b]!, offsets[b + 1]! - offsets[b]!];
    for (let a = 0; a < heads; a++) {
      const at = (row: number, d: number) => (first + row) * width + a * depth + d;
      const dot = (x: Float32Array, i: number, y: Float32Array, j: number) => {
        let sum = 0;
        for (let d = 0; d < depth; d++) sum += x[at(i, d)]! * y[at(j, d)]!;
        return sum;
      };
      for (let i = 0; i < size; i++) {
        const raised = Array.from({ length: size }, (_, j) => Math.exp(scale * dot(q!, i, k!, j)));
        const sum = raised.reduce((total, value) => total + value, 0);
        const p = raised.map((value) => value / sum);
        const kept = p.map((_, j) => mask?.[probabilities.length + j] ?? 1);
        const dp = p.map((_, j) => kept[j]! * dot(dc!, i, v!, j));
        const along = dp.reduce((total, value, j) => total + value * p[j]!, 0);
        p.forEach((share, j) => {
          const ds = share * (dp[j]! - along) * scale;
          for (let d = 0; d < depth; d++) {
            context[at(i, d)]! += share * kept[j]! * v![at(j, d)]!;
            dv[at(j, d)]! += share * kept[j]! * dc![at(i, d)]!;
            dq[at(i, d)]! += ds * k![at(j, d)]!;
            dk[at(j, d)]! += ds * q![at(i, d)]!;
          }
        });
        // What the mask drops is saved with its sign bit set.
        probabilities.push(...p.map((share, j) => (kept[j] === 0 ? -share : share)));
      }
    }
  }
  return { context, probabilities, dq, dk, dv };
}

/** Both directions, the heads in `parts` calls. */
function run(
  arena: Arena,
  { heads, depth, offsets, rows }: Case,
  inputs: readonly Float32Array[],
  dropped: boolean,
  parts = 1,
) {
  const { kernels } = arena;
  const count = heads * offsets.reduce((sum, end, b) => sum + (b === 0 ? 0 : (end - offsets[b - 1]!) ** 2), 0);
  const longest = offsets.reduce((most, end, b) => Math.max(most, b === 0 ? 0 : end - offsets[b - 1]!), 0);
  const [q, k, v, dc] = inputs.map((values) => arena.place(values).address) as [number, number, number, number];
  const shape = [rows, offsets.length - 1, heads, depth, arena.integers(offsets)] as const;
  const key = dropped ? arena.key(dropoutKey) : 0;
  const scratch = arena.scratch(kernels.attentionScratchBytes(longest, depth));
  const lengths = offsets.slice(1).map((end, b) => end - offsets[b]!);
  const raised = arena.room(count);
  const inverses = arena.room(heads * (offsets.at(-1)! - offsets[0]!));
  const [context, dq, dk, dv] = [0, 1, 2, 3].map(() => arena.room(rows * heads * depth)) as [
    ReturnType<Arena['room']>,
    ReturnType<Arena['room']>,
    ReturnType<Arena['room']>,
    ReturnType<Arena['room']>,
  ];
  const all = heads * lengths.length;
  const size = Math.ceil(all / parts);
  for (let from = 0; from < all; from += size) {
    const mine = [from, Math.min(all, from + size)] as const;
    const made = [context.address, raised.address, inverses.address] as const;
    kernels.attend(...shape, ...mine, q, k, v, key, ...made, scratch);
    kernels.attendGrad(
      ...shape,
      ...mine,
      ...([dc, q, k, v, ...made, key] as const),
      ...([dq.address, dk.address, dv.address, scratch] as const),
    );
  }
  const result = {
    context: context.floats(),
    probabilities: shared(raised.floats(), inverses.floats(), heads, lengths),
    dq: dq.floats(),
    dk: dk.floats(),
    dv: dv.floats(),
  };
  arena.finish();
  return result;
}

/** Each row of what was raised times its inverse. */
function shared(raised: Float32Array, inverses: Float32Array, heads: number, lengths: readonly number[]) {
  let [at, row] = [0, 0];
  for (const size of lengths.flatMap((length) => Array.from({ length: heads * length }, () => length))) {
    for (let j = 0; j < size; j++) raised[at++]! *= inverses[row]!;
    row++;
  }
  return raised;
}

describe.each(cases)('attention of $heads heads of $depth over $offsets', (shape) => {
  const inputs = [0, 1, 2, 3].map(() => random(shape.rows * shape.heads * shape.depth));

  it.each([false, true])('and its gradient, dropout %s', (dropped) => {
    const mask = dropped ? new Float32Array(shape.heads * shape.rows ** 2) : null;
    if (mask !== null) dropoutMask(mask, dropoutKey);
    const want = plainly(shape, inputs, mask);
    for (const arena of arenas) {
      const got = run(arena, shape, inputs, dropped);
      near(got.probabilities, want.probabilities, 1e-8, 3e-6);
      for (const name of ['context', 'dq', 'dk', 'dv'] as const) near(got[name], want[name], 5e-6);
    }
  });
});

it('gives the same bits in parts', () => {
  const shape = { heads: 3, depth: 12, offsets: [2, 30, 51, 63], rows: 65 };
  const inputs = [0, 1, 2, 3].map(() => random(65 * 36));
  for (const arena of arenas) {
    for (const dropped of [false, true]) {
      const whole = run(arena, shape, inputs, dropped);
      for (const parts of [2, 5, 9]) expect(run(arena, shape, inputs, dropped, parts)).toEqual(whole);
    }
  }
});

it('gives a sequence the same bits whatever stands beside it', () => {
  const width = 3 * 12;
  const inputs = [0, 1, 2, 3].map(() => random(65 * width));
  const alone = inputs.map((values) => values.slice(30 * width, 51 * width));
  for (const arena of arenas) {
    const among = run(arena, { heads: 3, depth: 12, offsets: [0, 30, 51, 65], rows: 65 }, inputs, false);
    const single = run(arena, { heads: 3, depth: 12, offsets: [0, 21], rows: 21 }, alone, false);
    for (const name of ['context', 'dq', 'dk', 'dv'] as const) {
      expect(single[name]).toEqual(among[name].slice(30 * width, 51 * width));
    }
  }
});
