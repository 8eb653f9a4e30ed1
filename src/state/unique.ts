/** Each value once, in the order of its first occurrence. */
export function unique<T>(values: Iterable<T>): readonly T[] {
  return [...new Set(values)];
}

/** Sums by name, the largest first. */
export function summed(parts: readonly Readonly<Record<string, number>>[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const part of parts) {
    for (const [name, n] of Object.entries(part)) sums.set(name, (sums.get(name) ?? 0) + n);
  }
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
