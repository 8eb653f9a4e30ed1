import type { Sentence } from '../data/types.ts';

/** How many entities of each label the sentences hold, labels in order. */
export function labelCounts(sentences: readonly Sentence[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { spans } of sentences) {
    for (const { label } of spans ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
