import { vermeil, type TrainSettings } from './contenders.ts';
import { flopsOf } from './flops.ts';
import { timeStep, type StepTime, type Stopwatch } from './measure.ts';
import { rowOf, type BenchRow } from './rows.ts';
import { madeBatches, type BenchBatch, type BenchModel } from './workload.ts';

/** Two lines: longer sequences with the same number of tokens, and more sequences of the same length. */
export interface GrowthPlan {
  /** Pieces of each sequence; those above the model's positions are left out. */
  readonly lengths: readonly number[];
  /** Tokens of a batch in the first line. */
  readonly tokens: number;
  readonly batches: readonly number[];
  /** Pieces of each sequence in the second line. */
  readonly length: number;
  readonly repeats: number;
}

interface Point {
  readonly what: 'sequence length' | 'batch size';
  readonly sequences: number;
  readonly length: number;
}

/** Measures both lines with one model, the points of a line in turn, repeat by repeat. */
export async function* measureGrowth(
  model: BenchModel,
  pieceIds: Int32Array,
  plan: GrowthPlan,
  settings: TrainSettings,
  stopwatch: Stopwatch,
): AsyncGenerator<BenchRow> {
  const lengths = plan.lengths.filter((length) => length <= model.config.positions);
  const byLength = lengths.map((length): Point => {
    return { what: 'sequence length', sequences: Math.max(1, Math.round(plan.tokens / length)), length };
  });
  const byBatch = plan.batches.map((sequences): Point => ({ what: 'batch size', sequences, length: plan.length }));
  const contender = vermeil(model, pieceIds, settings);
  try {
    for (const points of [byLength, byBatch]) {
      const batches = points.map(
        (point, i) =>
          madeBatches({ pieceIds, tags: model.tags }, { ...point, count: 1 }, settings.seed + i).batches[0]!,
      );
      const times = batches.map((): StepTime[] => []);
      for (const batch of batches) await timeStep(contender, batch, stopwatch);
      for (let repeat = 0; repeat < plan.repeats; repeat++) {
        for (const [i, batch] of batches.entries()) times[i]!.push(await timeStep(contender, batch, stopwatch));
      }
      const rows = points.map((point, i) => growthRow(model, point, batches[i]!, times[i]!));
      for (const row of rows) yield withFirst(row, rows[0]!);
    }
  } finally {
    contender.dispose();
  }
}

function growthRow(model: BenchModel, point: Point, batch: BenchBatch, times: readonly StepTime[]): BenchRow {
  const { layers, hidden } = model.config;
  const { sequences, length } = point;
  const flops = flopsOf(
    model.config,
    model.tags,
    Array.from({ length: sequences }, () => length),
  );
  const steps = times.map((time) => ({ sequences, tokens: batch.tokens, flops, time }));
  return rowOf({ what: point.what, layers, hidden, length }, steps);
}

/** Attention grows with the square of the length, all else with the length: T² terms are told apart by their share. */
function withFirst(row: BenchRow, first: BenchRow): BenchRow {
  const cost = ({ minStepMs, tokens }: BenchRow) => minStepMs / tokens;
  // What is not attention costs the same for every token of one model.
  const flops = ({ attentionShare }: BenchRow) => 1 / (1 - attentionShare);
  return { ...row, costToFirst: cost(row) / cost(first), flopsToFirst: flops(row) / flops(first) };
}
