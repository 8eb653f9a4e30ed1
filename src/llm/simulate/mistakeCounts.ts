import type { Sentence } from '../../data/types.ts';
import { mistakesOf } from '../../eval/mistakes.ts';
import { probeOf } from '../quality/probe.ts';

/** What a teacher did with the gold entities of one label, counted. What is in none of the counts, it got right. */
export interface LabelMistakes {
  readonly gold: number;
  readonly missed: number;
  /** The right label on another range. */
  readonly boundary: number;
  /** The right range, by the wrong label. */
  readonly label: Readonly<Record<string, number>>;
  /** Another range, by the wrong label. */
  readonly both: Readonly<Record<string, number>>;
  /** Entities of this label that overlap nothing in gold. */
  readonly spurious: number;
}

/** A teacher's mistakes on a probe: counts, so that rates come with what they rest on. */
export interface MistakeCounts {
  readonly sentences: number;
  readonly labels: Readonly<Record<string, LabelMistakes>>;
}

type Filling = { -readonly [K in keyof LabelMistakes]: LabelMistakes[K] } & {
  label: Record<string, number>;
  both: Record<string, number>;
};

/** Counts a teacher's mistakes against gold of the same sentences, paired as `mistakesOf` pairs them. */
export function countTeacherMistakes(gold: readonly Sentence[], found: readonly Sentence[]): MistakeCounts {
  const { pairs } = probeOf(gold, found);
  const labels = new Map<string, Filling>();
  const of = (label: string): Filling => {
    const known = labels.get(label) ?? { gold: 0, missed: 0, boundary: 0, label: {}, both: {}, spurious: 0 };
    labels.set(label, known);
    return known;
  };
  for (const pair of pairs) {
    for (const { label } of pair.gold) of(label).gold++;
    for (const { kind, gold: wanted, predicted } of mistakesOf(pair.gold, pair.found)) {
      if (wanted === null) of(predicted!.label).spurious++;
      else if (kind === 'missed') of(wanted.label).missed++;
      else if (kind === 'boundary') of(wanted.label).boundary++;
      else {
        const counts = kind === 'label' ? of(wanted.label).label : of(wanted.label).both;
        counts[predicted!.label] = (counts[predicted!.label] ?? 0) + 1;
      }
    }
  }
  const ordered = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  return { sentences: pairs.length, labels: Object.fromEntries(ordered) };
}
