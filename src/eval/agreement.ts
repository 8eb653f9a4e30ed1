import { tagsOfSpans } from '../data/bio.ts';
import { labelOfTag } from '../data/labels.ts';
import type { Sentence } from '../data/types.ts';
import { AppError } from '../core/errors.ts';

/** Agreement on spans of one label, or of all: the same range and the same label on both sides. */
export interface SpanAgreement {
  /** 2 · both / (a + b), 0 … 1; the same whichever side is taken for gold. 1 where neither side has any. */
  readonly f1: number;
  readonly both: number;
  readonly a: number;
  readonly b: number;
}

/** Cohen's κ over words with their labels (`O` is one); null where it is not defined, for chance alone would agree on all. */
export interface Kappa {
  readonly kappa: number | null;
  readonly words: number;
}

export interface Agreement {
  readonly sentences: number;
  /** This one leads: κ over all words is flattered by the many that nobody marks. */
  readonly spans: SpanAgreement;
  readonly labels: Readonly<
    Record<string, SpanAgreement & { /** One label against all else, over all words. */ readonly kappa: Kappa }>
  >;
  readonly allWords: Kappa;
  /** Over the words that either side marks. */
  readonly markedWords: Kappa;
  /** Words by label of `a`, then of `b`; `O` where a side marks none. Rows and columns in the order of `names`. */
  readonly confusion: { readonly names: readonly string[]; readonly counts: readonly (readonly number[])[] };
}

const none = 'O';

/**
 * How far two labellings of the same sentences agree. `a` and `b` hold the same sentences in the same order; those that
 * either side has not labelled are left out. Words are those of `a`. Throws `data-invalid` where the texts differ.
 * κ as in Cohen 1960; span F1 as in Hripcsak & Rothschild 2005, who show that κ goes to it where negatives are countless.
 */
export function agreementOf(a: readonly Sentence[], b: readonly Sentence[]): Agreement {
  const pairs = pairsOf(a, b);
  const spans = { both: 0, a: 0, b: 0 };
  const labels = new Map<string, { both: number; a: number; b: number }>();
  const of = (label: string) => {
    const found = labels.get(label) ?? { both: 0, a: 0, b: 0 };
    labels.set(label, found);
    return found;
  };
  const words: (readonly [a: string, b: string])[] = [];
  for (const [first, second] of pairs) {
    const [keysA, keysB] = [keysOf(first), keysOf(second)];
    for (const [key, label] of keysA) {
      of(label).a++;
      spans.a++;
      if (!keysB.has(key)) continue;
      of(label).both++;
      spans.both++;
    }
    for (const label of keysB.values()) {
      of(label).b++;
      spans.b++;
    }
    const [tagsA, tagsB] = [first, second].map(({ spans }) => tagsOfSpans(first.words, spans ?? []).tags.map(nameOf));
    tagsA!.forEach((label, i) => words.push([label, tagsB![i]!]));
  }
  const names = [none, ...[...labels.keys()].sort()];
  return {
    sentences: pairs.length,
    spans: withF1(spans),
    labels: Object.fromEntries(
      names
        .slice(1)
        .map((label) => [
          label,
          { ...withF1(of(label)), kappa: kappaOf(words.map(([x, y]) => [x === label, y === label])) },
        ]),
    ),
    allWords: kappaOf(words),
    markedWords: kappaOf(words.filter(([x, y]) => x !== none || y !== none)),
    confusion: { names, counts: confusionOf(words, names) },
  };
}

function pairsOf(a: readonly Sentence[], b: readonly Sentence[]): (readonly [Sentence, Sentence])[] {
  const refuse = (reason: string) => new AppError('data-invalid', reason, { reason });
  if (a.length !== b.length) {
    throw refuse(`there are ${String(a.length)} sentences on one side and ${String(b.length)} on the other`);
  }
  return a.flatMap((first, i) => {
    const second = b[i]!;
    if (first.text !== second.text) throw refuse(`sentence ${String(i + 1)} has not the same text on both sides`);
    return first.spans === null || second.spans === null ? [] : [[first, second] as const];
  });
}

/** Spans by range and label: one that stands twice counts once. */
function keysOf({ spans }: Sentence): Map<string, string> {
  return new Map(spans?.map(({ start, end, label }) => [`${String(start)} ${String(end)} ${label}`, label]));
}

function nameOf(tag: string): string {
  return labelOfTag(tag) ?? none;
}

function withF1(counts: Omit<SpanAgreement, 'f1'>): SpanAgreement {
  const { both, a, b } = counts;
  return { f1: a + b === 0 ? 1 : (2 * both) / (a + b), both, a, b };
}

/** (observed − expected) / (1 − expected), expected from how often each side uses each name. */
function kappaOf(words: readonly (readonly [string | boolean, string | boolean])[]): Kappa {
  const uses = new Map<string | boolean, [a: number, b: number]>();
  const use = (name: string | boolean, side: 0 | 1) => {
    const counts = uses.get(name) ?? [0, 0];
    counts[side]++;
    uses.set(name, counts);
  };
  let same = 0;
  for (const [x, y] of words) {
    if (x === y) same++;
    use(x, 0);
    use(y, 1);
  }
  const total = words.length;
  let chance = 0;
  for (const [x, y] of uses.values()) chance += x * y;
  // In whole numbers as far as they go: 1 − expected is exactly 0 where both sides use one name only.
  const missing = total * total - chance;
  return { kappa: missing === 0 ? null : (total * same - chance) / missing, words: total };
}

function confusionOf(words: readonly (readonly [string, string])[], names: readonly string[]): number[][] {
  const places = new Map(names.map((name, i) => [name, i]));
  const counts = names.map(() => names.map(() => 0));
  for (const [x, y] of words) counts[places.get(x)!]![places.get(y)!]! += 1;
  return counts;
}
