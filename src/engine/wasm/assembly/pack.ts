/**
 * Panels for `tile`: `width` lines (5 or 6 rows of a, 8 columns of b) laid side by side, one group of `width` floats for each
 * k. A panel of fewer lines is filled up with anything, as the sums of those lines are thrown away. `width` is a
 * constant to the compiler, which leaves one copy of the loops for each.
 */

/** Lines that lie across: those of one k are neighbours, and the next k is `stride` bytes on. */
@inline
export function packAcross(width: usize, source: usize, stride: usize, lines: usize, depth: usize, target: usize): void {
  const group = width * 4;
  const end = target + depth * group;
  if (lines == width) {
    for (; target < end; target += group, source += stride) {
      v128.store(target, v128.load(source));
      if (width == 5) store<u32>(target, load<u32>(source, 16), 16);
      if (width == 6) store<u64>(target, load<u64>(source, 16), 16);
      if (width == 8) v128.store(target, v128.load(source, 16), 16);
    }
  } else {
    for (; target < end; target += group, source += stride) {
      for (let at: usize = 0; at < group; at += 4) {
        store<f32>(target + at, at < lines * 4 ? load<f32>(source + at) : 0);
      }
    }
  }
}

/** Lines that lie along: the k of one line are neighbours, and the next line is `stride` bytes on. */
@inline
export function packAlong(width: usize, source: usize, stride: usize, lines: usize, depth: usize, target: usize): void {
  const group = width * 4;
  const last = lines - 1;
  const p0 = source;
  const p1 = source + stride * min(1, last);
  const p2 = source + stride * min(2, last);
  const p3 = source + stride * min(3, last);
  const p4 = source + stride * min(4, last);
  const p5 = source + stride * min(5, last);
  const p6 = source + stride * min(6, last);
  const p7 = source + stride * min(7, last);
  let at: usize = 0;
  for (const whole = (depth & ~3) * 4; at < whole; at += 16, target += 4 * group) {
    transpose4(v128.load(p0 + at), v128.load(p1 + at), v128.load(p2 + at), v128.load(p3 + at), target, group);
    if (width == 5) {
      const line = v128.load(p4 + at);
      v128.store_lane<u32>(target, line, 0, 16);
      v128.store_lane<u32>(target + group, line, 1, 16);
      v128.store_lane<u32>(target + 2 * group, line, 2, 16);
      v128.store_lane<u32>(target + 3 * group, line, 3, 16);
    }
    if (width == 6) {
      const low = v128.shuffle<f32>(v128.load(p4 + at), v128.load(p5 + at), 0, 4, 1, 5);
      const high = v128.shuffle<f32>(v128.load(p4 + at), v128.load(p5 + at), 2, 6, 3, 7);
      v128.store_lane<u64>(target, low, 0, 16);
      v128.store_lane<u64>(target + group, low, 1, 16);
      v128.store_lane<u64>(target + 2 * group, high, 0, 16);
      v128.store_lane<u64>(target + 3 * group, high, 1, 16);
    }
    if (width == 8) {
      transpose4(v128.load(p4 + at), v128.load(p5 + at), v128.load(p6 + at), v128.load(p7 + at), target + 16, group);
    }
  }
  for (; at < depth * 4; at += 4, target += group) {
    store<f32>(target, load<f32>(p0 + at));
    store<f32>(target, load<f32>(p1 + at), 4);
    store<f32>(target, load<f32>(p2 + at), 8);
    store<f32>(target, load<f32>(p3 + at), 12);
    store<f32>(target, load<f32>(p4 + at), 16);
    if (width > 5) store<f32>(target, load<f32>(p5 + at), 20);
    if (width > 6) store<f32>(target, load<f32>(p6 + at), 24);
    if (width > 7) store<f32>(target, load<f32>(p7 + at), 28);
  }
}

/** Writes the columns of the 4 × 4 matrix with rows r0 … r3 to `target` and on, `stride` bytes apart. */
@inline
function transpose4(r0: v128, r1: v128, r2: v128, r3: v128, target: usize, stride: usize): void {
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(target + stride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(target + 2 * stride, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(target + 3 * stride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}
