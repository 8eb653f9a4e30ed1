import type { Interval } from '../../core/pairedT.ts';
import { quantileOfSorted } from '../../core/statistics.ts';
import type { Draw } from '../../eval/compare/bootstrap.ts';
import { f1Of, type UnitCounts } from '../../eval/compare/counts.ts';

/** A score, 0 … 1, with the interval of its bootstrap. */
export interface Estimate extends Interval {
  readonly value: number;
}

export interface LabelQuality {
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly f1: Estimate;
  /** Entities in gold, and those that the teacher wrote. */
  readonly gold: number;
  readonly predicted: number;
}

/**
 * Precision, recall and F1 with percentile bootstrap intervals (Efron & Tibshirani 1993, chapter 13) over sentences: how far
 * another probe of this size could move them. Where a score is not defined it is 0, as in `scoresOf`.
 */
export function qualityOf(counts: UnitCounts, rounds: number, draw: Draw, level = 0.95): LabelQuality {
  const size = counts.gold.length;
  const units = new Int32Array(size);
  const drawn = { precision: new Float64Array(rounds), recall: new Float64Array(rounds), f1: new Float64Array(rounds) };
  for (let round = 0; round < rounds; round++) {
    draw(round, units);
    const scores = scoresOver(counts, units);
    drawn.precision[round] = scores.precision;
    drawn.recall[round] = scores.recall;
    drawn.f1[round] = scores.f1;
  }
  const real = scoresOver(
    counts,
    Int32Array.from({ length: size }, (_, i) => i),
  );
  const estimate = (name: 'precision' | 'recall' | 'f1'): Estimate => {
    const sorted = drawn[name].sort();
    const [low, high] = [quantileOfSorted(sorted, (1 - level) / 2), quantileOfSorted(sorted, (1 + level) / 2)];
    return { value: real[name], low, high };
  };
  return {
    precision: estimate('precision'),
    recall: estimate('recall'),
    f1: estimate('f1'),
    gold: real.gold,
    predicted: real.predicted,
  };
}

function scoresOver({ correct, predicted, gold }: UnitCounts, units: Int32Array) {
  let [c, p, g] = [0, 0, 0];
  for (const unit of units) {
    c += correct[unit]!;
    p += predicted[unit]!;
    g += gold[unit]!;
  }
  return { precision: p === 0 ? 0 : c / p, recall: g === 0 ? 0 : c / g, f1: f1Of(c, p, g), predicted: p, gold: g };
}
