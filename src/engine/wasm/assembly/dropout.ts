import { aligned, load4, store4 } from './simd';

/**
 * Dropout masks from Philox4x32-10 (Salmon et al., SC 2011), the same bits as `src/core/dropoutMask.ts`: element `place`
 * takes word `place & 3` of the block with counter [place >>> 2, site, step, 0] and key [seed, 0x5e1d], and is 1 / (1 − rate)
 * where the word is at least rate · 2³², else 0.
 *
 * A key in memory is six words: seed, step, site, rate · 2³² (rounded down), 1 / (1 − rate) as a float, and the place that
 * the kernels' own counts begin at. Address 0 means that nothing is dropped.
 */
const chunk: usize = 256;

/** Bytes of scratch for a mask of `count` elements that may begin within a block. */
export function maskBytes(count: usize): usize {
  return aligned((count + 3 + 16) * 4);
}

const multiplier0: u32 = 0xd2511f53;
const multiplier1: u32 = 0xcd9e8d57;
const addend0: u32 = 0x9e3779b9;
const addend1: u32 = 0xbb67ae85;

/**
 * Writes the mask of places [from, from + count), counted from the key's start, to `scratch`; returns where its first element lies.
 *
 * Only the block number differs from block to block. So the first round's product of it grows by additions, and the products of
 * what is the same in all blocks, one in each of the first two rounds, are taken once.
 */
export function maskAt(key: usize, from: usize, count: usize, scratch: usize): usize {
  const start = from + <usize>load<u32>(key, 20);
  const threshold = i32x4.splat(load<i32>(key, 12));
  const kept = v128.load32_splat(key, 16);
  const within = start & 3;
  const end = scratch + (within + count) * 4;
  const seed = load<u32>(key);
  const lower: u32 = 0x5e1d;
  const ofStep = <u64>load<u32>(key, 4) * multiplier1;
  const ofFirst = <u64>(<u32>(ofStep >> 32) ^ load<u32>(key, 8) ^ seed) * multiplier0;
  const first0 = i32x4.splat(<u32>ofStep ^ (seed + addend0));
  const first2 = i32x4.splat(<u32>(ofFirst >> 32) ^ (lower + addend1));
  const first3 = i32x4.splat(<u32>ofFirst);
  const block = <u64>(start >> 2);
  let low = i64x2.add(i64x2.splat(block * multiplier0), i64x2(0, multiplier0));
  let high = i64x2.add(low, i64x2.splat(2 * <u64>multiplier0));
  for (let to = scratch; to < end; to += 64) {
    let c2 = v128.xor(v128.shuffle<i32>(low, high, 1, 3, 5, 7), i32x4.splat(lower));
    const c3OfFirst = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
    low = i64x2.add(low, i64x2.splat(4 * <u64>multiplier0));
    high = i64x2.add(high, i64x2.splat(4 * <u64>multiplier0));
    const low1 = i64x2.extmul_low_i32x4_u(c2, i32x4.splat(multiplier1));
    const high1 = i64x2.extmul_high_i32x4_u(c2, i32x4.splat(multiplier1));
    let c0 = v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), first0);
    let c1 = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6);
    c2 = v128.xor(c3OfFirst, first2);
    let c3 = first3;
    let k0 = i32x4.splat(seed + 2 * addend0);
    let k1 = i32x4.splat(lower + 2 * addend1);
    for (let round = 2; round < 10; round++) {
      const low0 = i64x2.extmul_low_i32x4_u(c0, i32x4.splat(multiplier0));
      const high0 = i64x2.extmul_high_i32x4_u(c0, i32x4.splat(multiplier0));
      const low1 = i64x2.extmul_low_i32x4_u(c2, i32x4.splat(multiplier1));
      const high1 = i64x2.extmul_high_i32x4_u(c2, i32x4.splat(multiplier1));
      c0 = v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), v128.xor(c1, k0));
      c2 = v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), v128.xor(c3, k1));
      c1 = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6);
      c3 = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6);
      k0 = i32x4.add(k0, i32x4.splat(addend0));
      k1 = i32x4.add(k1, i32x4.splat(addend1));
    }
    c0 = v128.and(i32x4.ge_u(c0, threshold), kept);
    c1 = v128.and(i32x4.ge_u(c1, threshold), kept);
    c2 = v128.and(i32x4.ge_u(c2, threshold), kept);
    c3 = v128.and(i32x4.ge_u(c3, threshold), kept);
    const low01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
    const low23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
    const high23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i32>(low01, low23, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<i32>(low01, low23, 2, 3, 6, 7), 16);
    v128.store(to, v128.shuffle<i32>(high01, high23, 0, 1, 4, 5), 32);
    v128.store(to, v128.shuffle<i32>(high01, high23, 2, 3, 6, 7), 48);
  }
  return scratch + within * 4;
}

/** Bytes that `dropout` and `dropoutMask` need as `scratch`. */
export function dropoutScratchBytes(): usize {
  return maskBytes(chunk);
}

/** The mask of places [start, start + count) itself → out [count]. */
export function dropoutMask(count: usize, key: usize, start: usize, out: usize, scratch: usize): void {
  for (let at: usize = 0; at < count; at += chunk) {
    const size = min(chunk, count - at);
    memory.copy(out + at * 4, maskAt(key, start + at, size, scratch), size * 4);
  }
}

/** y = x ∘ mask of places [0, count); y may lie where x does. */
export function dropout(count: usize, x: usize, key: usize, y: usize, scratch: usize): void {
  for (let at: usize = 0; at < count; at += chunk) {
    const size = min(chunk, count - at);
    const mask = maskAt(key, at, size, scratch);
    for (let i: usize = 0; i < size; i += 4) {
      const offset = (at + i) * 4;
      store4(y + offset, f32x4.mul(load4(x + offset, size - i), v128.load(mask + i * 4)), size - i);
    }
  }
}
