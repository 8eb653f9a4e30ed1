/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Round numbers from 0 (or `low`) to at least `high`, about `wanted` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticksOf(low: number, high: number, wanted: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The smallest round number that is at least `value`: 1, 1.5, 2, 3, 5 or 8 times a power of ten. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return Number((([1, 1.5, 2, 3, 5, 8].find((m) => m * power >= value) ?? 10) * power).toPrecision(12));
}

/**
 * At most about `most` points that look the same: of each bucket of neighbours the lowest and the highest, in their order.
 * A mean would hide the very jumps that a person looks for.
 */
export function thinned(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  const size = Math.ceil((2 * points.length) / most);
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    const bucket = points.slice(start, start + size);
    const low = bucket.reduce((a, b) => (b.y < a.y ? b : a));
    const high = bucket.reduce((a, b) => (b.y > a.y ? b : a));
    kept.push(...(low === high ? [low] : low.x < high.x ? [low, high] : [high, low]));
  }
  return kept;
}

/** A running mean that forgets: each value counts `1 − keep` as much as what came before it; unbiased at the start. */
export function smoothed(points: readonly Point[], keep: number): Point[] {
  let sum = 0;
  let weight = 0;
  return points.map(({ x, y }) => {
    sum = sum * keep + y;
    weight = weight * keep + 1;
    return { x, y: sum / weight };
  });
}

/** `keep` for a curve of so many steps, wider for longer runs: a mean over about a fortieth of the run. */
export function smoothingOver(steps: number): number {
  return 1 - 1 / (1 + steps / 40);
}

/** About `rows` points for a table: the first, the last, and every so many between. */
export function rowsOf(points: readonly Point[], rows: number): readonly Point[] {
  const every = Math.ceil(points.length / rows);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
