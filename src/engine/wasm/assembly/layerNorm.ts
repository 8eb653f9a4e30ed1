import { maskAt, maskBytes } from './dropout';
import { load4, madd, store4, sumLanes, within } from './simd';

/** Bytes that both directions need as `scratch`. */
export function layerNormScratchBytes(width: usize): usize {
  return maskBytes(width);
}

/**
 * s = residual + mask ∘ x, ŝ = (s − mean) / √(var + ε) by row, y = γ ∘ ŝ + β        x, y, normed [rows, width], inverse [rows]
 *
 * `residual` and `key` may be 0. `normed` is ŝ and `inverse` is 1 / √(var + ε), for the gradient. Place n · width + h of the
 * mask belongs to x[n, h]. A call does `rows` rows, the first of which is row `from` of the whole: that is where its mask begins.
 */
export function layerNorm(
  from: usize,
  rows: usize,
  width: usize,
  x: usize,
  residual: usize,
  key: usize,
  gamma: usize,
  beta: usize,
  epsilon: f32,
  y: usize,
  normed: usize,
  inverse: usize,
  scratch: usize,
): void {
  const rowBytes = width * 4;
  const size = <f32>width;
  for (let n: usize = 0; n < rows; n++) {
    const mask: usize = key == 0 ? 0 : maskAt(key, (from + n) * width, width, scratch);
    let sums = f32x4.splat(0);
    for (let h: usize = 0; h < width; h += 4) {
      let s = load4(x + h * 4, width - h);
      if (mask != 0) s = f32x4.mul(s, v128.load(mask + h * 4));
      s = within(s, width - h, 0);
      if (residual != 0) s = f32x4.add(s, load4(residual + h * 4, width - h));
      store4(normed + h * 4, s, width - h);
      sums = f32x4.add(sums, s);
    }
    const mean = f32x4.splat(sumLanes(sums) / size);
    let squares = f32x4.splat(0);
    for (let h: usize = 0; h < width; h += 4) {
      const c = within(f32x4.sub(load4(normed + h * 4, width - h), mean), width - h, 0);
      squares = madd(c, c, squares);
    }
    const factor: f32 = 1 / sqrt<f32>(sumLanes(squares) / size + epsilon);
    store<f32>(inverse + n * 4, factor);
    const scale = f32x4.splat(factor);
    for (let h: usize = 0; h < width; h += 4) {
      const c = f32x4.mul(f32x4.sub(load4(normed + h * 4, width - h), mean), scale);
      store4(normed + h * 4, c, width - h);
      store4(y + h * 4, madd(c, load4(gamma + h * 4, width - h), load4(beta + h * 4, width - h)), width - h);
    }
    x += rowBytes;
    if (residual != 0) residual += rowBytes;
    normed += rowBytes;
    y += rowBytes;
  }
}

/**
 * ds = (γ dy − mean(γ dy) − ŝ mean(γ dy ŝ)) / √(var + ε), dx = mask ∘ ds        for `rows` rows from row `from` of the whole
 *
 * `dresidual` takes ds; `dx` is written only where there is a `key`. dγ = Σ dy ŝ and dβ = Σ dy are sums of columns, see
 * `sumRows`.
 */
export function layerNormGrad(
  from: usize,
  rows: usize,
  width: usize,
  dy: usize,
  normed: usize,
  inverse: usize,
  key: usize,
  gamma: usize,
  dx: usize,
  dresidual: usize,
  scratch: usize,
): void {
  const rowBytes = width * 4;
  const size = <f32>width;
  for (let n: usize = 0; n < rows; n++) {
    let means = f32x4.splat(0);
    let alongs = f32x4.splat(0);
    for (let h: usize = 0; h < width; h += 4) {
      const up = load4(dy + h * 4, width - h);
      const hat = load4(normed + h * 4, width - h);
      const weighted = f32x4.mul(up, load4(gamma + h * 4, width - h));
      means = f32x4.add(means, weighted);
      alongs = madd(weighted, hat, alongs);
    }
    const mean = f32x4.splat(sumLanes(means) / size);
    const along = f32x4.splat(sumLanes(alongs) / size);
    const scale = f32x4.splat(load<f32>(inverse + n * 4));
    const mask: usize = key == 0 ? 0 : maskAt(key, (from + n) * width, width, scratch);
    for (let h: usize = 0; h < width; h += 4) {
      const weighted = f32x4.mul(load4(dy + h * 4, width - h), load4(gamma + h * 4, width - h));
      const hat = load4(normed + h * 4, width - h);
      const ds = f32x4.mul(f32x4.sub(f32x4.sub(weighted, mean), f32x4.mul(hat, along)), scale);
      store4(dresidual + h * 4, ds, width - h);
      if (mask != 0) store4(dx + h * 4, f32x4.mul(ds, v128.load(mask + h * 4)), width - h);
    }
    dy += rowBytes;
    normed += rowBytes;
    dresidual += rowBytes;
    dx += rowBytes;
  }
}
