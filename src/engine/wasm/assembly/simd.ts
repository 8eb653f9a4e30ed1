/** a · b + c, with one rounding in the build that has relaxed SIMD and two in the other. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of the four lanes, (0 + 2) + (1 + 3). */
@inline
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

@inline
export function maxLanes(x: v128): f32 {
  const pairs = f32x4.max(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** The next four floats of a run with `left` to go, zeros past its end; nothing past the end is read. */
@inline
export function load4(from: usize, left: usize): v128 {
  return left >= 4 ? v128.load(from) : loadPart(from, left);
}

/** Writes as many of the four lanes as the run has left. */
@inline
export function store4(to: usize, x: v128, left: usize): void {
  if (left >= 4) v128.store(to, x);
  else storePart(to, x, left);
}

/** `x` with `other` in the lanes past the end of a run with `left` to go. */
@inline
export function within(x: v128, left: usize, other: f32): v128 {
  if (left >= 4) return x;
  return v128.bitselect(x, f32x4.splat(other), i32x4.lt_u(i32x4(0, 1, 2, 3), i32x4.splat(<i32>left)));
}

function loadPart(from: usize, left: usize): v128 {
  let x = v128.load32_zero(from);
  if (left > 1) x = f32x4.replace_lane(x, 1, load<f32>(from, 4));
  if (left > 2) x = f32x4.replace_lane(x, 2, load<f32>(from, 8));
  return x;
}

function storePart(to: usize, x: v128, left: usize): void {
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (left > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (left > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}

/** Bytes up to the end of the cache line, 64 bytes, in which `bytes` end. */
@inline
export function aligned(bytes: usize): usize {
  return (bytes + 63) & ~63;
}
