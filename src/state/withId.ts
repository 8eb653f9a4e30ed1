/** The items whose id is among those of others, in their own order. */
export function withId<T extends { readonly id: string }>(
  items: readonly T[],
  others: readonly { readonly id: string }[],
): readonly T[] {
  const ids = new Set(others.map(({ id }) => id));
  return items.filter(({ id }) => ids.has(id));
}
