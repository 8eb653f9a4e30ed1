import { exp4 } from './exp';
import { load4, maxLanes, store4, sumLanes, within } from './simd';

/** `Math.log` of the host: AssemblyScript's own would bring tables of data, which would be written over tfjs' heap. */
@external("env", "log")
declare function log(x: f64): f64;

/**
 * −Σ log softmax(z[r])[labels[r]] over the rows whose label is not negative, and its gradient times `share`, 0 in the other
 * rows        z, dz [rows, width], labels [rows] as 32-bit integers
 */
export function crossEntropy(rows: usize, width: usize, z: usize, labels: usize, share: f32, dz: usize): f64 {
  let total: f64 = 0;
  memory.fill(dz, 0, rows * width * 4);
  for (let r: usize = 0; r < rows; r++, z += width * 4, dz += width * 4) {
    const label = load<i32>(labels + r * 4);
    if (label < 0) continue;
    let highs = f32x4.splat(-Infinity);
    for (let l: usize = 0; l < width; l += 4) {
      highs = f32x4.pmax(highs, within(load4(z + l * 4, width - l), width - l, -Infinity));
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
    total += log(<f64>sum) + <f64>highest - <f64>load<f32>(z + hit);
    const factor = f32x4.splat(share / sum);
    for (let l: usize = 0; l < width; l += 4) {
      store4(dz + l * 4, f32x4.mul(load4(dz + l * 4, width - l), factor), width - l);
    }
    store<f32>(dz + hit, load<f32>(dz + hit) - share);
  }
  return total;
}
