import { load4, madd, store4 } from './simd';

/**
 * One AdamW step with the gradient g: m and v in place, the new p to `out`, which may be p; all [count]. As `src/engine/kernels/adamw.ts` states it,
 * `shrink` = 1 − lr · decay, `rate` = lr / (1 − β₁ᵗ), `correction` = 1 / √(1 − β₂ᵗ).
 */
export function adamw(
  count: usize,
  p: usize,
  m: usize,
  v: usize,
  g: usize,
  out: usize,
  clip: f32,
  shrink: f32,
  rate: f32,
  correction: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
): void {
  const keep1 = f32x4.splat(<f32>beta1);
  const keep2 = f32x4.splat(<f32>beta2);
  const take1 = f32x4.splat(<f32>(1 - beta1));
  const take2 = f32x4.splat(<f32>(1 - beta2));
  for (let i: usize = 0; i < count; i += 4) {
    const at = i * 4;
    const left = count - i;
    const grad = f32x4.mul(load4(g + at, left), f32x4.splat(clip));
    const first = madd(take1, grad, f32x4.mul(keep1, load4(m + at, left)));
    const second = madd(f32x4.mul(take2, grad), grad, f32x4.mul(keep2, load4(v + at, left)));
    store4(m + at, first, left);
    store4(v + at, second, left);
    const below = madd(f32x4.sqrt(second), f32x4.splat(correction), f32x4.splat(epsilon));
    const change = f32x4.div(f32x4.mul(f32x4.splat(rate), first), below);
    store4(out + at, f32x4.sub(f32x4.mul(load4(p + at, left), f32x4.splat(shrink)), change), left);
  }
}
