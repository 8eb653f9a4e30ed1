/** Edit distance of two words (insert, delete, replace, swap neighbours each cost 1; the restricted form). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The known name nearest to a mistyped one, null where none is near enough to be meant. */
export function nearest(given: string, known: readonly string[]): string | null {
  const word = given.toLowerCase();
  const beginning = known.filter((name) => word.length >= 2 && (name.startsWith(word) || word.startsWith(name)));
  if (beginning.length === 1) return beginning[0]!;
  const scored = known.map((name) => ({ name, distance: editDistance(word, name) }));
  scored.sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.name.length / 2)) ? best.name : null;
}
