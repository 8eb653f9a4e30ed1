import { maskAt, maskBytes } from './dropout';
import { exp2Below } from './exp';
import { productScratchBytes, product } from './matmul';
import { aligned, load4, madd, maxLanes, store4, sumLanes, within } from './simd';

/**
 * Self-attention of packed sequences, as `src/engine/kernels/attention.ts` states it: q, k, v, context [rows, heads · depth],
 * offsets [batch + 1] as 32-bit integers. What is packed by sequence, head, query and key is also how the places of the mask
 * (`key`, or 0) are counted.
 *
 * The forward pass saves E = exp(S − max S), packed so, and 1 / Σ E of each sequence, head and query: P = E / Σ E is never
 * written, as c and the gradients take the sum by whole rows. A member of E that was dropped is saved with its sign bit set,
 * so that the backward pass need not draw the mask again. Both go by blocks of queries, which stay in the second-level cache.
 *
 * Heads of sequences are numbered by sequence, then head; a call does those of [from, to), and whoever has the first also
 * writes the rows of no sequence.
 */

/** Queries of a block: a multiple of both heights of the register tile. */
const blockQueries: usize = 240;

/** Floats from one row of a block to the next: whole cache lines and an odd number of them, or rows would fall on the same few sets. */
@inline
function strideOf(size: usize): usize {
  return (((size + 15) >> 4) | 1) << 4;
}

/** Bytes of a block of rows of scores. */
@inline
function blockBytes(size: usize): usize {
  return min(size, blockQueries) * strideOf(size) * 4;
}

/** Bytes of `scratch`, where the longest sequence has `longest` rows. */
export function attentionScratchBytes(longest: usize, depth: usize): usize {
  return productScratchBytes() + max(maskBytes(longest), aligned(longest * depth * 4)) + 2 * blockBytes(longest) + 64;
}

export function attend(
  rows: usize,
  batch: usize,
  heads: usize,
  depth: usize,
  offsets: usize,
  from: usize,
  to: usize,
  q: usize,
  k: usize,
  v: usize,
  key: usize,
  context: usize,
  raised: usize,
  inverses: usize,
  scratch: usize,
): void {
  const width = heads * depth;
  const scale: f32 = 1 / sqrt<f32>(<f32>depth);
  const mask = aligned(scratch + productScratchBytes());
  if (from == 0) clearOutside(rows, width, batch, offsets, context);
  let place: usize = 0;
  let number: usize = 0;
  for (let b: usize = 0; b < batch; b++) {
    const first = rowOf(offsets, b);
    const size = rowOf(offsets, b + 1) - first;
    const scores = mask + maskBytes(size);
    const stride = strideOf(size);
    for (let a: usize = 0; a < heads; a++, number++, place += size * size, inverses += size * 4) {
      if (number < from || number >= to) continue;
      const at = (first * width + a * depth) * 4;
      for (let i0: usize = 0; i0 < size; i0 += blockQueries) {
        const count = min(blockQueries, size - i0);
        const block = at + i0 * width * 4;
        product(false, true, count, size, depth, q + block, width, k + at, width, scores, stride, 0, false, scratch);
        for (let i: usize = 0; i < count; i++) {
          const row = scores + i * stride * 4;
          const first = place + (i0 + i) * size;
          const target = raised + first * 4;
          const inverse =
            key == 0
              ? raise(false, size, row, scale, 0, target)
              : raise(true, size, row, scale, maskAt(key, first, size, mask), target);
          store<f32>(inverses + (i0 + i) * 4, inverse);
        }
        product(false, false, count, depth, size, scores, stride, v + at, width, context + block, width, 0, false, scratch);
        for (let i: usize = 0; i < count; i++) {
          const row = context + block + i * width * 4;
          scaled(depth, row, load<f32>(inverses + (i0 + i) * 4), row);
        }
      }
    }
  }
}

/** `context`, `raised` and `inverses` are what the forward pass made. */
export function attendGrad(
  rows: usize,
  batch: usize,
  heads: usize,
  depth: usize,
  offsets: usize,
  from: usize,
  to: usize,
  dcontext: usize,
  q: usize,
  k: usize,
  v: usize,
  context: usize,
  raised: usize,
  inverses: usize,
  key: usize,
  dq: usize,
  dk: usize,
  dv: usize,
  scratch: usize,
): void {
  const width = heads * depth;
  const scale: f32 = 1 / sqrt<f32>(<f32>depth);
  const shares = aligned(scratch + productScratchBytes());
  const kept = key == 0 ? f32x4.splat(1) : v128.load32_splat(key, 16);
  if (from == 0) {
    clearOutside(rows, width, batch, offsets, dq);
    clearOutside(rows, width, batch, offsets, dk);
    clearOutside(rows, width, batch, offsets, dv);
  }
  let number: usize = 0;
  for (let b: usize = 0; b < batch; b++) {
    const first = rowOf(offsets, b);
    const size = rowOf(offsets, b + 1) - first;
    const stride = strideOf(size);
    const ds = shares + aligned(size * depth * 4);
    const weights = ds + blockBytes(size);
    for (let a: usize = 0; a < heads; a++, number++, raised += size * size * 4, inverses += size * 4) {
      if (number < from || number >= to) continue;
      const at = (first * width + a * depth) * 4;
      for (let i0: usize = 0; i0 < size; i0 += blockQueries) {
        const count = min(blockQueries, size - i0);
        const block = at + i0 * width * 4;
        const onTop = i0 != 0;
        // 1 / Σ E is put into dc once, and so into all that is made of it.
        for (let i: usize = 0; i < count; i++) {
          scaled(depth, dcontext + block + i * width * 4, load<f32>(inverses + (i0 + i) * 4), shares + i * depth * 4);
        }
        product(false, true, count, size, depth, shares, depth, v + at, width, ds, stride, 0, false, scratch);
        for (let i: usize = 0; i < count; i++) {
          const row = i * stride * 4;
          // Σ_j P_ij dP_ij = dc_i · c_i, as FlashAttention has it (Dao et al., arXiv 2205.14135).
          const along = dot(depth, shares + i * depth * 4, context + block + i * width * 4);
          softmaxGrad(size, raised + (i0 + i) * size * 4, ds + row, scale, along, kept, weights + row);
        }
        product(true, false, size, depth, count, weights, stride, shares, depth, dv + at, width, 0, onTop, scratch);
        product(false, false, count, depth, size, ds, stride, k + at, width, dq + block, width, 0, false, scratch);
        product(true, false, size, depth, count, ds, stride, q + block, width, dk + at, width, 0, onTop, scratch);
      }
    }
  }
}

@inline
function rowOf(offsets: usize, b: usize): usize {
  return load<u32>(offsets + b * 4);
}

/** Zeros in the rows before the first sequence and after the last. */
function clearOutside(rows: usize, width: usize, batch: usize, offsets: usize, x: usize): void {
  const end = rowOf(offsets, batch);
  memory.fill(x, 0, rowOf(offsets, 0) * width * 4);
  memory.fill(x + end * width * 4, 0, (rows - end) * width * 4);
}

/** y = factor · x over one row. */
function scaled(size: usize, x: usize, factor: f32, y: usize): void {
  for (let j: usize = 0; j < size; j += 4) {
    store4(y + j * 4, f32x4.mul(load4(x + j * 4, size - j), f32x4.splat(factor)), size - j);
  }
}

function dot(size: usize, x: usize, y: usize): f32 {
  let sums = f32x4.splat(0);
  for (let j: usize = 0; j < size; j += 4) {
    sums = madd(load4(x + j * 4, size - j), load4(y + j * 4, size - j), sums);
  }
  return sumLanes(sums);
}

/**
 * E = exp(scale · (s − max s)) over one row, scale > 0; to = E with the sign bits set where the mask drops, s ← mask ∘ E;
 * returns 1 / Σ E. Rows of a block and a mask may be read and written past their ends, up to whole vectors.
 */
@inline
function raise(dropped: bool, size: usize, s: usize, scale: f32, mask: usize, to: usize): f32 {
  const whole = size & ~3;
  const left = size - whole;
  let highs = f32x4.splat(-Infinity);
  for (let j: usize = 0; j < whole; j += 4) highs = f32x4.pmax(highs, v128.load(s + j * 4));
  if (left != 0) highs = f32x4.pmax(highs, within(v128.load(s + whole * 4), left, -Infinity));
  const highest = f32x4.splat(maxLanes(highs));
  const factor = f32x4.splat(scale * 1.44269504);
  let sums = f32x4.splat(0);
  for (let j: usize = 0; j < whole; j += 4) {
    sums = f32x4.add(sums, raise4(dropped, s + j * 4, highest, factor, mask + j * 4, to + j * 4, 4));
  }
  if (left != 0) {
    const last = whole * 4;
    sums = f32x4.add(sums, within(raise4(dropped, s + last, highest, factor, mask + last, to + last, left), left, 0));
  }
  return 1 / sumLanes(sums);
}

@inline
function raise4(dropped: bool, s: usize, highest: v128, factor: v128, mask: usize, to: usize, left: usize): v128 {
  const e = exp2Below(f32x4.mul(f32x4.sub(v128.load(s), highest), factor));
  if (dropped) {
    const m = v128.load(mask);
    const drops = v128.and(f32x4.eq(m, f32x4.splat(0)), i32x4.splat(0x80000000));
    v128.store(s, f32x4.mul(e, m));
    store4(to, v128.or(e, drops), left);
  } else {
    v128.store(s, e);
    store4(to, e, left);
  }
  return e;
}

/** ds ← scale · E ∘ (mask ∘ ds − along), weights = mask ∘ E over one row; the mask is `kept` where the sign bits of E are clear. */
function softmaxGrad(size: usize, raised: usize, ds: usize, scale: f32, along: f32, kept: v128, weights: usize): void {
  const whole = size & ~3;
  for (let j: usize = 0; j < whole; j += 4) {
    softmaxGrad4(v128.load(raised + j * 4), ds + j * 4, scale, along, kept, weights + j * 4);
  }
  if (whole != size) {
    const last = whole * 4;
    softmaxGrad4(load4(raised + last, size - whole), ds + last, scale, along, kept, weights + last);
  }
}

@inline
function softmaxGrad4(signed: v128, ds: usize, scale: f32, along: f32, kept: v128, weights: usize): void {
  const mask = v128.andnot(kept, i32x4.shr_s(signed, 31));
  const e = f32x4.abs(signed);
  v128.store(weights, f32x4.mul(e, mask));
  const change = f32x4.sub(f32x4.mul(v128.load(ds), mask), f32x4.splat(along));
  v128.store(ds, f32x4.mul(f32x4.mul(e, f32x4.splat(scale)), change));
}
