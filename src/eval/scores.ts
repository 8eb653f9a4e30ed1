import { AppError } from '../core/errors.ts';
import { entitiesOf, type Reading } from './entities.ts';

/** Precision, recall and F1 in 0 … 1 (0 where they are not defined); `support` counts the gold entities. */
export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** Scores over all entities, the plain mean over labels, and each label that gold or prediction holds, in order. */
export interface Report {
  readonly micro: Score;
  readonly macro: Score;
  readonly labels: Readonly<Record<string, Score>>;
}

/** Both readings of the tags: `default` as conlleval, `strict` as IOB2 by the letter. */
export type Scores = Readonly<Record<Reading, Report>>;

interface Counts {
  correct: number;
  predicted: number;
  gold: number;
}

/**
 * Entity scores of predicted tags against gold tags, one list a sentence, equal to seqeval 1.2.2 with `zero_division=0`
 * but for a macro mean over no labels: 0 here, NaN there. Throws `data-invalid` where the two do not have the same words.
 */
export function scoresOf(gold: readonly (readonly string[])[], predicted: readonly (readonly string[])[]): Scores {
  checkLengths(gold, predicted);
  return { default: reportOf(gold, predicted, 'default'), strict: reportOf(gold, predicted, 'strict') };
}

function checkLengths(gold: readonly (readonly string[])[], predicted: readonly (readonly string[])[]): void {
  if (gold.length !== predicted.length) {
    const reason = `there are ${String(gold.length)} gold and ${String(predicted.length)} predicted sentences`;
    throw new AppError('data-invalid', reason, { reason });
  }
  gold.forEach((tags, i) => {
    const found = predicted[i]!.length;
    if (tags.length === found) return;
    const reason = `sentence ${String(i + 1)} has ${String(tags.length)} gold and ${String(found)} predicted tags`;
    throw new AppError('data-invalid', reason, { reason, sentence: i + 1 });
  });
}

function reportOf(
  gold: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
  reading: Reading,
): Report {
  const counts = new Map<string, Counts>();
  const of = (label: string) => {
    const found = counts.get(label) ?? { correct: 0, predicted: 0, gold: 0 };
    counts.set(label, found);
    return found;
  };
  gold.forEach((tags, i) => {
    const expected = new Set<string>();
    for (const { label, start, end } of entitiesOf(tags, reading)) {
      expected.add(`${String(start)} ${String(end)} ${label}`);
      of(label).gold++;
    }
    for (const { label, start, end } of entitiesOf(predicted[i]!, reading)) {
      of(label).predicted++;
      if (expected.has(`${String(start)} ${String(end)} ${label}`)) of(label).correct++;
    }
  });
  const labels = [...counts.keys()].sort().map((label): [string, Score] => [label, scoreOf(of(label))]);
  const total: Counts = { correct: 0, predicted: 0, gold: 0 };
  for (const { correct, predicted, gold } of counts.values()) {
    total.correct += correct;
    total.predicted += predicted;
    total.gold += gold;
  }
  return {
    micro: scoreOf(total),
    macro: meanScore(
      labels.map(([, score]) => score),
      total.gold,
    ),
    labels: Object.fromEntries(labels),
  };
}

function scoreOf({ correct, predicted, gold }: Counts): Score {
  const precision = ratio(correct, predicted);
  const recall = ratio(correct, gold);
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support: gold };
}

function meanScore(scores: readonly Score[], support: number): Score {
  const over = (of: (score: Score) => number) =>
    ratio(
      scores.reduce((sum, score) => sum + of(score), 0),
      scores.length,
    );
  return { precision: over((s) => s.precision), recall: over((s) => s.recall), f1: over((s) => s.f1), support };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
