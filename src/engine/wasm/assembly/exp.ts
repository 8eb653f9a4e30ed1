import { madd } from './simd';

/** 1.5 · 2²³: a sum with it has no bits below 1, and its lowest bits are the integer itself. */
const roundingShift: f32 = 12582912;

/**
 * eˣ in four lanes, relative error below 2e-7: x = n ln 2 + r with |r| ≤ ln 2 / 2, a polynomial in r, and n put into the
 * exponent. Coefficients and the two halves of ln 2 are those of `expf` in Cephes 2.2 (S. Moshier). Below −87.3 the result
 * stays at 1.2e-38, above 88 at 1.7e38; NaN stays NaN.
 */
@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88)), f32x4.splat(-87.3)); // these two let NaN in x through
  const shifted = madd(x, f32x4.splat(1.44269504), f32x4.splat(roundingShift));
  const n = f32x4.sub(shifted, f32x4.splat(roundingShift));
  let r = madd(n, f32x4.splat(-0.693359375), x);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  return f32x4.mul(p, power);
}

/**
 * 2ˣ in four lanes for x up to 0, relative error below 2e-7 where x is exact: x = n + r with |r| ≤ 1 / 2, a polynomial in r of
 * least relative error (9e-8, found by weighted least squares), and n put into the exponent. Below −126 the result stays at
 * 1.2e-38; NaN stays NaN.
 */
@inline
export function exp2Below(x: v128): v128 {
  x = f32x4.pmax(x, f32x4.splat(-126)); // lets NaN in x through
  const shifted = f32x4.add(x, f32x4.splat(roundingShift));
  const r = f32x4.sub(x, f32x4.sub(shifted, f32x4.splat(roundingShift)));
  let p = f32x4.splat(1.3264727e-3);
  p = madd(p, r, f32x4.splat(9.6715128e-3));
  p = madd(p, r, f32x4.splat(5.55073374e-2));
  p = madd(p, r, f32x4.splat(2.40222421e-1));
  p = madd(p, r, f32x4.splat(6.93146978e-1));
  p = madd(p, r, f32x4.splat(1));
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23)));
}
