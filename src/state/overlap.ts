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
  const found = new Map<string, Overlap>();
  datasets.forEach((dataset, i) => {
    const overlap = overlapOf(dataset, placesFor(dataset.role, datasets.slice(0, i), datasets));
    if (overlap !== null) found.set(dataset.id, overlap);
  });
  return found;
}

/** Where sentences of a role should not stand too, the first named first. */
function placesFor(role: Role, older: readonly Held[], all: readonly Held[]): readonly Held[] {
  if (role === 'gold' || role === 'silver') return older.filter((other) => other.role === role);
  const trained = (['silver', 'gold'] as const).flatMap((source) => all.filter((other) => other.role === source));
  return role === 'dev' || role === 'test' ? trained : [];
}

function overlapOf({ sentences }: Held, places: readonly Held[]): Overlap | null {
  const shared = places.flatMap(({ name, sentences: others }) => {
    const texts = sharedTexts(sentences, others);
    return texts.size === 0 ? [] : [{ name, texts }];
  });
  if (shared.length === 0) return null;
  const inside = sentences.flatMap(({ text }) => shared.find(({ texts }) => texts.has(text))?.name ?? []);
  return { count: inside.length, inside: inside[0]! };
}

type Sentences = readonly Sentence[];
const known = new WeakMap<Sentences, WeakMap<Sentences, ReadonlySet<string>>>();
/** Lists whose texts are those of another, which stands for all of them. */
const standsFor = new WeakMap<Sentences, Sentences>();

/** Says that only labels differ between two lists, so that nothing is compared anew after each edit. */
export function sameTexts(before: Sentences, after: Sentences): void {
  standsFor.set(after, standsFor.get(before) ?? before);
}

/**
 * Texts that two lists share; looked for once for two lists. The smaller is made a set: one of 420,000 sentences takes more
 * than a second, looking all of them up in a small one a tenth of that.
 */
function sharedTexts(one: Sentences, other: Sentences): ReadonlySet<string> {
  const [a, b] = [standsFor.get(one) ?? one, standsFor.get(other) ?? other];
  const ofA = known.get(a) ?? new WeakMap<Sentences, ReadonlySet<string>>();
  known.set(a, ofA);
  const before = ofA.get(b);
  if (before !== undefined) return before;
  const [small, large] = a.length <= b.length ? [a, b] : [b, a];
  const texts = new Set(small.map(({ text }) => text));
  const shared = new Set<string>();
  for (const { text } of large) if (texts.has(text)) shared.add(text);
  ofA.set(b, shared);
  return shared;
}
