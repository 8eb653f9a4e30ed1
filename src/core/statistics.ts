/** Arithmetic mean; NaN for no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation, divided by n − 1; NaN for fewer than two values. */
export function sd(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/**
 * The quantile `q` (0 … 1) of values that are sorted upwards, straight between its neighbours: type 7 of Hyndman & Fan 1996,
 * NumPy's default. NaN for no values.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below] ?? NaN, sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN];
  return low + (place - below) * (high - low);
}

/**
 * p values adjusted by Holm's step-down procedure (Holm 1979), in the order given, so that the chance of any false finding
 * among all of them stays below the level that each is held against. An entry without a p value (null) is not counted.
 */
export function holm(values: readonly (number | null)[]): (number | null)[] {
  const ranked = values.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = values.map(() => null);
  let least = 0;
  ranked.forEach(({ p, index }, rank) => {
    least = Math.max(least, Math.min(1, (ranked.length - rank) * p));
    adjusted[index] = least;
  });
  return adjusted;
}
