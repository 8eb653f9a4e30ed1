import type { MistakeCounts } from './mistakeCounts.ts';

/** How often a teacher does what to an entity of one label; what is left it gets right. The sum is at most 1. */
export interface LabelRates {
  readonly missed: number;
  readonly boundary: number;
  /** By the wrong label that it gives; `*` stands for any other label of the data. */
  readonly label: Readonly<Record<string, number>>;
  readonly both: Readonly<Record<string, number>>;
  /** Made-up entities of this label, expected in one sentence. */
  readonly spurious: number;
}

export interface MistakeRates {
  readonly labels: Readonly<Record<string, LabelRates>>;
  /** For labels that are not named: as a rule the mean over those that are. */
  readonly other: LabelRates;
}

/** A simulated teacher never gets fewer than this share of a label's entities right: below it nothing could be learnt. */
const leastRight = 0.05;

/** Rates of counted mistakes, times `factor`: 1 is the teacher as measured, more is a teacher that nobody measured. */
export function ratesOf({ sentences, labels }: MistakeCounts, factor = 1): MistakeRates {
  const times = factor / Math.max(1, sentences);
  const rates = Object.entries(labels).map(([label, counts]): [string, LabelRates] => {
    const each = (n: number) => (factor * n) / Math.max(1, counts.gold);
    const all = (record: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(record).map(([name, n]) => [name, each(n)]));
    const wrong = { missed: each(counts.missed), boundary: each(counts.boundary) };
    return [
      label,
      bounded({ ...wrong, label: all(counts.label), both: all(counts.both), spurious: counts.spurious * times }),
    ];
  });
  return { labels: Object.fromEntries(rates), other: pooled(Object.values(labels), factor, times) };
}

/** One label's rates over the entities of all labels together, whatever wrong label was given. */
function pooled(all: readonly MistakeCounts['labels'][string][], factor: number, times: number): LabelRates {
  const total = (of: (counts: MistakeCounts['labels'][string]) => number) =>
    all.reduce((sum, counts) => sum + of(counts), 0);
  const sum = (record: Readonly<Record<string, number>>) => Object.values(record).reduce((a, b) => a + b, 0);
  const each = (n: number) =>
    (factor * n) /
    Math.max(
      1,
      total(({ gold }) => gold),
    );
  return bounded({
    missed: each(total(({ missed }) => missed)),
    boundary: each(total(({ boundary }) => boundary)),
    label: { '*': each(total(({ label }) => sum(label))) },
    both: { '*': each(total(({ both }) => sum(both))) },
    spurious: (total(({ spurious }) => spurious) * times) / Math.max(1, all.length),
  });
}

/** Rates brought down together where they would leave too little that is right. */
function bounded(rates: LabelRates): LabelRates {
  const parts = [rates.missed, rates.boundary, ...Object.values(rates.label), ...Object.values(rates.both)];
  const wrong = parts.reduce((sum, rate) => sum + rate, 0);
  if (wrong <= 1 - leastRight) return rates;
  const by = (1 - leastRight) / wrong;
  const all = (record: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(record).map(([name, rate]) => [name, rate * by]));
  return {
    missed: rates.missed * by,
    boundary: rates.boundary * by,
    label: all(rates.label),
    both: all(rates.both),
    spurious: rates.spurious,
  };
}
