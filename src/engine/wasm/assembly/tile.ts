import { madd } from './simd';

/**
 * Rows and columns of the register tile. V8 hands out 15 vector registers on x64: with fused multiply-add 12 sums, two vectors
 * of b and one of a fill them; without, the product takes one more, so the tile has a row less. One spilled sum halves the speed.
 */
export const tileRows: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;
export const tileColumns: usize = 8;

/**
 * c[i, j] = init[i, j] + Σ_k a[k, i] b[k, j]        a [depth, tileRows], b [depth, 8] packed → c [tileRows, 8]
 *
 * Rows of c lie `cStride` bytes apart, those of `init` `initStride` bytes: 0 for one row that serves all (a bias). `init` 0
 * stands for zeros; it may be `c` itself. The loop is not unrolled by hand: V8 would then run the steps of one sum
 * one after the other, and wait for each.
 */
export function tile(depth: usize, a: usize, b: usize, c: usize, cStride: usize, init: usize, initStride: usize): void {
  let s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128;
  let s30: v128, s31: v128, s40: v128, s41: v128, s50: v128, s51: v128;
  if (init != 0) {
    s00 = v128.load(init);
    s01 = v128.load(init, 16);
    init += initStride;
    s10 = v128.load(init);
    s11 = v128.load(init, 16);
    init += initStride;
    s20 = v128.load(init);
    s21 = v128.load(init, 16);
    init += initStride;
    s30 = v128.load(init);
    s31 = v128.load(init, 16);
    init += initStride;
    s40 = v128.load(init);
    s41 = v128.load(init, 16);
    if (tileRows == 6) {
      init += initStride;
      s50 = v128.load(init);
      s51 = v128.load(init, 16);
    }
  } else {
    s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = s40 = s41 = s50 = s51 = f32x4.splat(0);
  }
  for (const end = b + depth * 32; b < end; a += tileRows * 4, b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    x = v128.load32_splat(a, 16);
    s40 = madd(x, b0, s40);
    s41 = madd(x, b1, s41);
    if (tileRows == 6) {
      x = v128.load32_splat(a, 20);
      s50 = madd(x, b0, s50);
      s51 = madd(x, b1, s51);
    }
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  c += cStride;
  v128.store(c, s10);
  v128.store(c, s11, 16);
  c += cStride;
  v128.store(c, s20);
  v128.store(c, s21, 16);
  c += cStride;
  v128.store(c, s30);
  v128.store(c, s31, 16);
  c += cStride;
  v128.store(c, s40);
  v128.store(c, s41, 16);
  if (tileRows == 6) {
    c += cStride;
    v128.store(c, s50);
    v128.store(c, s51, 16);
  }
}
