import type { Role, Sentence } from '../data/types.ts';

/** A dataset as far as overlap is concerned. */
export interface Held {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly sentences: readonly Sentence[];
}

/** Sentences of a dataset that also stand (with equal text) in another. */
export interface Overlap {
  readonly count: number;
  /** Name of the other; of the first of them, where there are several. */
  readonly inside: string;
}

/**
 * What stands where it should not: sentences of dev and test in data that is trained on (scores on those say nothing), and
 * sentences of gold or silver in an older dataset of the same role (they are trained on twice). By dataset, only those with some.
 */
export function overlapsOf(datasets: readonly Held[]): ReadonlyMap<string, Overlap> {
  const names = { gold: new Map<string, string>(), silver: new Map<string, string>() };
  const found = new Map<string, Overlap>();
  const tell = (id: string, inside: readonly string[]) => {
    if (inside[0] !== undefined) found.set(id, { count: inside.length, inside: inside[0] });
  };
  for (const { id, role, name, sentences } of datasets) {
    if (role !== 'gold' && role !== 'silver') continue;
    tell(
      id,
      sentences.flatMap(({ text }) => names[role].get(text) ?? []),
    );
    for (const { text } of sentences) if (!names[role].has(text)) names[role].set(text, name);
  }
  for (const { id, role, sentences } of datasets) {
    if (role !== 'dev' && role !== 'test') continue;
    tell(
      id,
      sentences.flatMap(({ text }) => names.silver.get(text) ?? names.gold.get(text) ?? []),
    );
  }
  return found;
}
