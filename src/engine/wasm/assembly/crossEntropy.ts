import { exp4 } from './exp';
import { load4, maxLanes, store4, sumLanes, within } from './simd';

/** `Math.log` of the host: AssemblyScript's own would bring tables of data, which would be written over tfjs' heap. */
@external("env", "log")
declare function log(x: f64): f64;

/**
 * Σ w ℓ over the rows whose label is not negative, and its gradient times `share`, 0 in the other rows, by the formulas of
 * `kernels/crossEntropy.ts`      z, dz [rows, width], labels [rows] as 32-bit integers, forms [rows, 3] = w, ε, q
 */
export function crossEntropy(
  rows: usize,
  width: usize,
  z: usize,
  labels: usize,
  forms: usize,
  share: f32,
  dz: usize,
): f64 {
  let total: f64 = 0;
  memory.fill(dz, 0, rows * width * 4);
  for (let r: usize = 0; r < rows; r++, z += width * 4, dz += width * 4, forms += 12) {
    const label = load<i32>(labels + r * 4);
    if (label < 0) continue;
    let highs = f32x4.splat(-Infinity);
    let alls = f32x4.splat(0);
    for (let l: usize = 0; l < width; l += 4) {
      const x = load4(z + l * 4, width - l);
      highs = f32x4.pmax(highs, within(x, width - l, -Infinity));
      alls = f32x4.add(alls, x);
    }
    const highest = maxLanes(highs);
    let sums = f32x4.splat(0);
    for (let l: usize = 0; l < width; l += 4) {
      const e = exp4(f32x4.sub(load4(z + l * 4, width - l), f32x4.splat(highest)));
      store4(dz + l * 4, e, width - l);
      sums = f32x4.add(sums, within(e, width - l, 0));
    }
    const sum = sumLanes(sums);
    const hit = <usize>label * 4;
    const weight = load<f32>(forms);
    const smoothing = load<f32>(forms, 4);
    const q = load<f32>(forms, 8);
    const other = smoothing / <f32>width;
    const plain =
      log(<f64>sum) +
      <f64>highest -
      <f64>(1 - smoothing) * <f64>load<f32>(z + hit) -
      <f64>other * <f64>sumLanes(alls);
    let scale = weight * share;
    if (q > 0) {
      const power = f32x4.extract_lane(exp4(f32x4.splat(<f32>(-(<f64>q) * plain))), 0);
      total += <f64>weight * ((1 - <f64>power) / <f64>q);
      scale *= power;
    } else {
      total += <f64>weight * plain;
    }
    const factor = f32x4.splat(scale / sum);
    const away = f32x4.splat(scale * other);
    for (let l: usize = 0; l < width; l += 4) {
      const x = f32x4.mul(load4(dz + l * 4, width - l), factor);
      store4(dz + l * 4, f32x4.sub(x, away), width - l);
    }
    store<f32>(dz + hit, load<f32>(dz + hit) - scale * (1 - smoothing));
  }
  return total;
}
