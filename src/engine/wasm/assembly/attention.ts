import { maskAt, maskBytes } from './dropout';
import { exp4 } from './exp';
import { matmulScratchBytes, product } from './matmul';
import { aligned, load4, madd, maxLanes, store4, sumLanes, within } from './simd';

/**
 * Self-attention of packed sequences, as `src/engine/kernels/attention.ts` states it: q, k, v, context [rows, heads · depth],
 * offsets [batch + 1] as 32-bit integers, probabilities packed by sequence, head, query and key, which is also how the places
 * of the mask (`key`, or 0) are counted. A probability that was dropped is saved with its sign bit set, so that the backward
 * pass need not draw the mask again: a token of 512 pieces costs 6 % less for it.
 */

/** Bytes of `scratch`, where the longest sequence has `longest` rows. */
export function attentionScratchBytes(longest: usize): usize {
  return matmulScratchBytes() + maskBytes(longest) + 2 * aligned(longest * longest * 4) + 64;
}

export function attend(
  rows: usize,
  batch: usize,
  heads: usize,
  depth: usize,
  offsets: usize,
  q: usize,
  k: usize,
  v: usize,
  key: usize,
  context: usize,
  probabilities: usize,
  scratch: usize,
): void {
  const width = heads * depth;
  const scale: f32 = 1 / sqrt<f32>(<f32>depth);
  const mask = aligned(scratch + matmulScratchBytes());
  clearOutside(rows, width, batch, offsets, context);
  let place: usize = 0;
  for (let b: usize = 0; b < batch; b++) {
    const first = rowOf(offsets, b);
    const size = rowOf(offsets, b + 1) - first;
    const weights = mask + maskBytes(size);
    for (let a: usize = 0; a < heads; a++) {
      const at = (first * width + a * depth) * 4;
      const p = probabilities + place * 4;
      product(false, true, size, size, depth, q + at, width, k + at, width, p, size, 0, false, scratch);
      for (let i: usize = 0; i < size; i++) {
        const row = i * size;
        if (key == 0) softmax(size, p + row * 4, scale);
        else softmaxDropped(size, p + row * 4, scale, maskAt(key, place + row, size, mask), weights + row * 4);
      }
      const from = key == 0 ? p : weights;
      product(false, false, size, depth, size, from, size, v + at, width, context + at, width, 0, false, scratch);
      place += size * size;
    }
  }
}

export function attendGrad(
  rows: usize,
  batch: usize,
  heads: usize,
  depth: usize,
  offsets: usize,
  dcontext: usize,
  q: usize,
  k: usize,
  v: usize,
  probabilities: usize,
  key: usize,
  dq: usize,
  dk: usize,
  dv: usize,
  scratch: usize,
): void {
  const width = heads * depth;
  const scale: f32 = 1 / sqrt<f32>(<f32>depth);
  const weights = aligned(scratch + matmulScratchBytes());
  const kept = key == 0 ? f32x4.splat(1) : v128.load32_splat(key, 16);
  clearOutside(rows, width, batch, offsets, dq);
  clearOutside(rows, width, batch, offsets, dk);
  clearOutside(rows, width, batch, offsets, dv);
  let place: usize = 0;
  for (let b: usize = 0; b < batch; b++) {
    const first = rowOf(offsets, b);
    const size = rowOf(offsets, b + 1) - first;
    const ds = weights + aligned(size * size * 4);
    for (let a: usize = 0; a < heads; a++) {
      const at = (first * width + a * depth) * 4;
      const p = probabilities + place * 4;
      product(false, true, size, size, depth, dcontext + at, width, v + at, width, ds, size, 0, false, scratch);
      for (let i: usize = 0; i < size; i++) {
        const row = i * size;
        if (key == 0) softmaxGrad(size, p + row * 4, ds + row * 4, scale);
        else softmaxGradDropped(size, p + row * 4, ds + row * 4, scale, kept, weights + row * 4);
      }
      const from = key == 0 ? p : weights;
      product(true, false, size, depth, size, from, size, dcontext + at, width, dv + at, width, 0, false, scratch);
      product(false, false, size, depth, size, ds, size, k + at, width, dq + at, width, 0, false, scratch);
      product(true, false, size, depth, size, ds, size, q + at, width, dk + at, width, 0, false, scratch);
      place += size * size;
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

/** x ← softmax(scale · x) over one row, scale > 0. */
function softmax(size: usize, x: usize, scale: f32): void {
  const share = raise(size, x, scale);
  for (let j: usize = 0; j < size; j += 4) {
    store4(x + j * 4, f32x4.mul(load4(x + j * 4, size - j), share), size - j);
  }
}

/** The same; out = mask ∘ x, and the sign bits of x say what the mask drops. A mask may be read past its end, as its scratch is longer. */
function softmaxDropped(size: usize, x: usize, scale: f32, mask: usize, out: usize): void {
  const share = raise(size, x, scale);
  for (let j: usize = 0; j < size; j += 4) {
    const p = f32x4.mul(load4(x + j * 4, size - j), share);
    const m = v128.load(mask + j * 4);
    const dropped = v128.and(f32x4.eq(m, f32x4.splat(0)), i32x4.splat(0x80000000));
    store4(x + j * 4, v128.or(p, dropped), size - j);
    store4(out + j * 4, f32x4.mul(p, m), size - j);
  }
}

/** x ← exp(scale · (x − max x)) over one row; returns 1 / Σ in all lanes. */
@inline
function raise(size: usize, x: usize, scale: f32): v128 {
  let highs = f32x4.splat(-Infinity);
  for (let j: usize = 0; j < size; j += 4) {
    highs = f32x4.pmax(highs, within(load4(x + j * 4, size - j), size - j, -Infinity));
  }
  const highest = f32x4.splat(maxLanes(highs));
  let sums = f32x4.splat(0);
  for (let j: usize = 0; j < size; j += 4) {
    const e = exp4(f32x4.mul(f32x4.sub(load4(x + j * 4, size - j), highest), f32x4.splat(scale)));
    store4(x + j * 4, e, size - j);
    sums = f32x4.add(sums, within(e, size - j, 0));
  }
  return f32x4.splat(1 / sumLanes(sums));
}

/** ds ← scale · p ∘ (ds − Σ ds ∘ p) over one row. */
function softmaxGrad(size: usize, p: usize, ds: usize, scale: f32): void {
  let alongs = f32x4.splat(0);
  for (let j: usize = 0; j < size; j += 4) {
    alongs = madd(load4(ds + j * 4, size - j), load4(p + j * 4, size - j), alongs);
  }
  const along = f32x4.splat(sumLanes(alongs));
  for (let j: usize = 0; j < size; j += 4) {
    store4(ds + j * 4, changeOf(load4(p + j * 4, size - j), load4(ds + j * 4, size - j), along, scale), size - j);
  }
}

/** The same for mask ∘ ds, with the mask in the sign bits of p: `kept` where they are clear. weights = mask ∘ |p|. */
function softmaxGradDropped(size: usize, p: usize, ds: usize, scale: f32, kept: v128, weights: usize): void {
  let alongs = f32x4.splat(0);
  for (let j: usize = 0; j < size; j += 4) {
    const signed = load4(p + j * 4, size - j);
    const mask = v128.andnot(kept, i32x4.shr_s(signed, 31));
    const absolute = f32x4.abs(signed);
    const masked = f32x4.mul(load4(ds + j * 4, size - j), mask);
    store4(weights + j * 4, f32x4.mul(absolute, mask), size - j);
    store4(ds + j * 4, masked, size - j);
    alongs = madd(masked, absolute, alongs);
  }
  const along = f32x4.splat(sumLanes(alongs));
  for (let j: usize = 0; j < size; j += 4) {
    const absolute = f32x4.abs(load4(p + j * 4, size - j));
    store4(ds + j * 4, changeOf(absolute, load4(ds + j * 4, size - j), along, scale), size - j);
  }
}

/** scale · p ∘ (ds − along) */
@inline
function changeOf(p: v128, ds: v128, along: v128, scale: f32): v128 {
  return f32x4.mul(f32x4.mul(p, f32x4.sub(ds, along)), f32x4.splat(scale));
}
