import type { Interval } from '../../core/pairedT.ts';
import { createRandom } from '../../core/random.ts';
import type { Sentence } from '../../data/types.ts';
import { bootstrapInterval, drawsOf } from '../../eval/compare/bootstrap.ts';
import { f1Of, type UnitCounts } from '../../eval/compare/counts.ts';
import { randomisation, swapsOf } from '../../eval/compare/randomise.ts';
import { probeOf, spanCounts } from './probe.ts';

/** Two teachers, or two prompts of one, on the same gold sentences. */
export interface TeacherComparison {
  /** Sentences that both answered; only they are compared. */
  readonly sentences: number;
  readonly f1: { readonly a: number; readonly b: number };
  /** F1 of `b` − F1 of `a`, with a 95 % percentile bootstrap interval over sentences. */
  readonly difference: number;
  readonly interval: Interval;
  /** Two-sided, by approximate randomisation of sentences. */
  readonly p: number;
  readonly rounds: number;
}

/**
 * Standard against chain of thought, or one teacher against another, as a paired test on the sentences that both answered.
 * One test of one probe: a prompt that was picked because it did best here is flattered, see `standingOf`.
 */
export function compareTeachers(
  gold: readonly Sentence[],
  a: readonly Sentence[],
  b: readonly Sentence[],
  { seed = 0, rounds = 10_000 }: { readonly seed?: number; readonly rounds?: number } = {},
): TeacherComparison {
  const answered = new Set(probeOf(gold, a).pairs.map(({ sentence }) => sentence.id));
  const both = probeOf(gold, b)
    .pairs.map(({ sentence }) => sentence)
    .filter(({ id }) => answered.has(id));
  const [first, second] = [a, b].map((found) => spanCounts(probeOf(both, found).pairs, null));
  const f1 = { a: f1Over(first!), b: f1Over(second!) };
  const draws = drawsOf(createRandom(seed, 'compare-teachers/bootstrap'));
  const swaps = swapsOf(createRandom(seed, 'compare-teachers/randomisation'));
  return {
    sentences: both.length,
    f1,
    difference: f1.b - f1.a,
    interval: bootstrapInterval([second!], [first!], rounds, draws),
    p: randomisation([second!], [first!], rounds, swaps).p,
    rounds,
  };
}

function f1Over({ correct, predicted, gold }: UnitCounts): number {
  const sum = (values: Int32Array) => values.reduce((total, value) => total + value, 0);
  return f1Of(sum(correct), sum(predicted), sum(gold));
}
