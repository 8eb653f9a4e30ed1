import { load4, store4 } from './simd';

/** Σ x² over `count` elements, summed in doubles: the square of a gradient's norm. */
export function sumOfSquares(count: usize, x: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i: usize = 0; i < count; i += 4) {
    const v = load4(x + i * 4, count - i);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Bytes of scratch for the double sums of `width` columns. */
export function columnBytes(width: usize): usize {
  return ((width + 3) & ~3) * 8;
}

/**
 * out[h] = Σ_n x[n, h] f[n, h]        x, f [rows, count], f may be 0 for ones → out [count]
 *
 * Summed in doubles, row by row. Rows lie `width` floats apart: `count` is less where a call does a part of the columns.
 * `scratch` holds `columnBytes(count)`.
 */
export function sumRows(
  rows: usize,
  width: usize,
  count: usize,
  x: usize,
  f: usize,
  out: usize,
  scratch: usize,
): void {
  memory.fill(scratch, 0, columnBytes(count));
  for (let n: usize = 0; n < rows; n++, x += width * 4) {
    for (let h: usize = 0; h < count; h += 4) {
      let v = load4(x + h * 4, count - h);
      if (f != 0) v = f32x4.mul(v, load4(f + h * 4, count - h));
      addToColumns(scratch + h * 8, v);
    }
    if (f != 0) f += width * 4;
  }
  storeColumns(count, scratch, out);
}

/** Adds four floats to the four double sums at `sums`. */
@inline
function addToColumns(sums: usize, v: v128): void {
  const high = v128.shuffle<f32>(v, v, 2, 3, 0, 1);
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** The double sums as floats → out [width]. */
function storeColumns(width: usize, sums: usize, out: usize): void {
  for (let h: usize = 0; h < width; h += 4) {
    const low = f32x4.demote_f64x2_zero(v128.load(sums + h * 8));
    const high = f32x4.demote_f64x2_zero(v128.load(sums + h * 8, 16));
    store4(out + h * 4, v128.shuffle<f32>(low, high, 0, 1, 4, 5), width - h);
  }
}
