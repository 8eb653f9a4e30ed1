import { exp4 } from './exp';
import { load4, madd, store4 } from './simd';

/** The activations, in the order in which the caller numbers them. */
const gelu: i32 = 0;
const geluTanh: i32 = 1;

/** y = f(x) over `count` elements; kind 0 is GELU, 1 its tanh form, 2 ReLU. */
export function activate(count: usize, kind: i32, x: usize, y: usize): void {
  for (let i: usize = 0; i < count; i += 4) {
    const v = load4(x + i * 4, count - i);
    let out: v128;
    if (kind == gelu) out = f32x4.mul(v, normalCdf(v, normalTail(v)));
    else if (kind == geluTanh) out = f32x4.mul(v, gate(tanhPower(v)));
    else out = positive(v, v);
    store4(y + i * 4, out, count - i);
  }
}

/** dx = dy f′(x); dx may lie where dy does. */
export function activateGrad(count: usize, kind: i32, dy: usize, x: usize, dx: usize): void {
  for (let i: usize = 0; i < count; i += 4) {
    const v = load4(x + i * 4, count - i);
    const above = load4(dy + i * 4, count - i);
    let out: v128;
    if (kind == gelu) {
      const bell = exp4(f32x4.mul(f32x4.mul(v, v), f32x4.splat(-0.5)));
      const slope = madd(v, f32x4.mul(bell, f32x4.splat(0.3989422804)), normalCdf(v, tailOf(v, bell)));
      out = f32x4.mul(above, slope);
    } else if (kind == geluTanh) {
      const power = tanhPower(v);
      const g = gate(power);
      const inner = madd(f32x4.mul(v, v), f32x4.splat(3 * 0.044715 * 0.7978845608), f32x4.splat(0.7978845608));
      // (1 − tanh²) / 2 = 2 g (1 − g), and 1 − g = power · g, which keeps its digits where g is near 1.
      const bend = f32x4.mul(f32x4.mul(g, f32x4.mul(power, g)), f32x4.splat(2));
      out = f32x4.mul(above, madd(f32x4.mul(v, bend), inner, g));
    } else {
      out = positive(v, above);
    }
    store4(dx + i * 4, out, count - i);
  }
}

/** 1 − Φ(|x|): half of 1 − erf(|x| / √2), Abramowitz & Stegun 7.1.26, |error| < 0.75e-7. `bell` is exp(−x² / 2). */
@inline
function tailOf(x: v128, bell: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, madd(f32x4.abs(x), f32x4.splat(0.3275911 * 0.7071067812), one));
  let p = f32x4.splat(0.5 * 1.061405429);
  p = madd(p, t, f32x4.splat(0.5 * -1.453152027));
  p = madd(p, t, f32x4.splat(0.5 * 1.421413741));
  p = madd(p, t, f32x4.splat(0.5 * -0.284496736));
  p = madd(p, t, f32x4.splat(0.5 * 0.254829592));
  return f32x4.mul(f32x4.mul(p, t), bell);
}

@inline
function normalTail(x: v128): v128 {
  return tailOf(x, exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))));
}

/** Φ(x) from the tail of |x|: taken as it is below 0, where 1 − (1 − tail) would lose its digits. */
@inline
function normalCdf(x: v128, tail: v128): v128 {
  return v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
}

/** exp(−2 u), u = √(2/π) (x + 0.044715 x³). */
@inline
function tanhPower(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const u = f32x4.mul(x, madd(square, f32x4.splat(0.044715 * 0.7978845608), f32x4.splat(0.7978845608)));
  return exp4(f32x4.mul(u, f32x4.splat(-2)));
}

/** (1 + tanh u) / 2 = 1 / (1 + exp(−2 u)). */
@inline
function gate(power: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, power));
}

/** `value` where x is above 0 or NaN, else 0. */
@inline
function positive(x: v128, value: v128): v128 {
  return v128.andnot(value, f32x4.le(x, f32x4.splat(0)));
}
