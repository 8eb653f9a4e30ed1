import type { Range, Span } from '../data/types.ts';

export const mistakeKinds = ['boundary', 'label', 'boundary-and-label', 'missed', 'spurious'] as const;

/**
 * `boundary`: the right label on a range that overlaps the right one. `label`: the right range with another label.
 * `boundary-and-label`: both wrong, yet overlapping. `missed`: a gold entity without a partner. `spurious`: a predicted one
 * without a partner.
 */
export type MistakeKind = (typeof mistakeKinds)[number];

export interface Mistake {
  readonly kind: MistakeKind;
  /** Null where the entity was made up. */
  readonly gold: Span | null;
  /** Null where the entity was missed. */
  readonly predicted: Span | null;
}

/** The ways to pair a gold with a predicted entity, best first. */
const pairings: readonly {
  readonly kind: Exclude<MistakeKind, 'missed' | 'spurious'> | 'correct';
  fits(gold: Span, predicted: Span): boolean;
}[] = [
  { kind: 'correct', fits: (a, b) => sameRange(a, b) && a.label === b.label },
  { kind: 'label', fits: (a, b) => sameRange(a, b) },
  { kind: 'boundary', fits: (a, b) => overlap(a, b) > 0 && a.label === b.label },
  { kind: 'boundary-and-label', fits: (a, b) => overlap(a, b) > 0 },
];

/**
 * The mistakes of one sentence by kind, in reading order. Each entity is in one pair at most: the best pairing is made for
 * all entities before the next one, and within one pairing the pair with the largest overlap goes first, of equals the
 * leftmost. Ranges may be words or characters, the same for both.
 */
export function mistakesOf(gold: readonly Span[], predicted: readonly Span[]): Mistake[] {
  let [openGold, openPredicted] = [[...gold], [...predicted]];
  const mistakes: Mistake[] = [];
  for (const { kind, fits } of pairings) {
    const pairs = openGold.flatMap((g) =>
      openPredicted.filter((p) => fits(g, p)).map((p) => ({ gold: g, predicted: p })),
    );
    pairs.sort(
      (a, b) =>
        overlap(b.gold, b.predicted) - overlap(a.gold, a.predicted) ||
        a.gold.start - b.gold.start ||
        a.predicted.start - b.predicted.start,
    );
    const paired = new Set<Span>();
    for (const pair of pairs) {
      if (paired.has(pair.gold) || paired.has(pair.predicted)) continue;
      paired.add(pair.gold).add(pair.predicted);
      if (kind !== 'correct') mistakes.push({ kind, ...pair });
    }
    openGold = openGold.filter((span) => !paired.has(span));
    openPredicted = openPredicted.filter((span) => !paired.has(span));
  }
  for (const span of openGold) mistakes.push({ kind: 'missed', gold: span, predicted: null });
  for (const span of openPredicted) mistakes.push({ kind: 'spurious', gold: null, predicted: span });
  return mistakes.sort((a, b) => startOf(a) - startOf(b));
}

/** How many mistakes there are of each kind, kinds without any included. */
export function countMistakes(mistakes: readonly Mistake[]): Readonly<Record<MistakeKind, number>> {
  const counts = { boundary: 0, label: 0, 'boundary-and-label': 0, missed: 0, spurious: 0 };
  for (const { kind } of mistakes) counts[kind]++;
  return counts;
}

function startOf({ gold, predicted }: Pick<Mistake, 'gold' | 'predicted'>): number {
  return Math.min(gold?.start ?? Infinity, predicted?.start ?? Infinity);
}

function sameRange(a: Range, b: Range): boolean {
  return a.start === b.start && a.end === b.end;
}

function overlap(a: Range, b: Range): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}
