import { load4, store4 } from './simd';

/** out[n] = word[ids[n]] + position[positions[n]] + type[0]        tables [·, width], ids and positions [rows] as 32-bit integers */
export function embed(
  rows: usize,
  width: usize,
  ids: usize,
  positions: usize,
  word: usize,
  position: usize,
  type: usize,
  out: usize,
): void {
  for (let n: usize = 0; n < rows; n++, out += width * 4) {
    const w = word + <usize>load<u32>(ids + n * 4) * width * 4;
    const p = position + <usize>load<u32>(positions + n * 4) * width * 4;
    for (let h: usize = 0; h < width; h += 4) {
      const left = width - h;
      const sum = f32x4.add(load4(w + h * 4, left), load4(p + h * 4, left));
      store4(out + h * 4, f32x4.add(sum, load4(type + h * 4, left)), left);
    }
  }
}

/** out [count, width] = 0, then out[index[n]] += ds[n] in the order of n. */
export function scatterAdd(rows: usize, width: usize, index: usize, ds: usize, count: usize, out: usize): void {
  memory.fill(out, 0, count * width * 4);
  for (let n: usize = 0; n < rows; n++, ds += width * 4) {
    const to = out + <usize>load<u32>(index + n * 4) * width * 4;
    for (let h: usize = 0; h < width; h += 4) {
      const left = width - h;
      store4(to + h * 4, f32x4.add(load4(to + h * 4, left), load4(ds + h * 4, left)), left);
    }
  }
}
