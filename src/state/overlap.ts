import type { Role, Sentence } from '../data/types.ts';

/** A dataset as far as overlap is concerned. */
export interface Held {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly sentences: readonly Sentence[];
}

/**
 * For each dev and test set, how many of its sentences also stand (with equal text) in data that is trained on: scores on
 * those say nothing. Only sets with some are listed.
 */
export function overlapsOf(
  datasets: readonly Held[],
): ReadonlyMap<string, { readonly count: number; readonly inside: string }> {
  const trained = new Map<string, string>();
  for (const { role, name, sentences } of datasets) {
    if (role === 'gold' || role === 'silver') for (const { text } of sentences) trained.set(text, name);
  }
  const found = new Map<string, { count: number; inside: string }>();
  for (const { id, role, sentences } of datasets) {
    if (role !== 'dev' && role !== 'test') continue;
    const inside = sentences.flatMap(({ text }) => trained.get(text) ?? []);
    if (inside[0] !== undefined) found.set(id, { count: inside.length, inside: inside[0] });
  }
  return found;
}
