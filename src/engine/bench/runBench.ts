import { tagsOf } from '../../data/labels.ts';
import type { Sentence } from '../../data/types.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import type { Checkpoint } from '../checkpoint/load.ts';
import { timeMatmul } from '../timeMatmul.ts';
import { encodeLabelled } from '../train/encode.ts';
import { vermeil, type Contender, type TrainSettings } from './contenders.ts';
import { flopsOf } from './flops.ts';
import { measureGrowth, type GrowthPlan } from './growth.ts';
import { median, timeInTurn, timeStep, type StepTime, type Stopwatch } from './measure.ts';
import { plainTfjs } from './plainTfjs.ts';
import { rowOf, type BenchRow, type Timed } from './rows.ts';
import { drawBatches, modelOf, randomCheckpoint, type BenchBatch, type BenchModel } from './workload.ts';

export interface BenchPlan {
  readonly layers: readonly number[];
  readonly hidden: readonly number[];
  /** Sentences of a batch. */
  readonly batch: number;
  readonly maxTokens: number | null;
  /** Longest window, in pieces. */
  readonly maxPieces: number;
  readonly repeats: number;
  readonly dropout: number;
  readonly settings: TrainSettings;
  /** Whether plain tfjs is measured beside. */
  readonly plain: boolean;
  readonly growth: GrowthPlan | null;
}

export interface BenchInput extends Stopwatch {
  /** At least as many layers as the plan asks for; other widths than its own get random weights. */
  readonly checkpoint: Checkpoint;
  /** Labelled training sentences. */
  readonly sentences: readonly Sentence[];
  /** Where given: runs `body`, a few more of our steps, under a profiler. */
  profile?(where: { readonly layers: number; readonly hidden: number }, body: () => Promise<void>): Promise<void>;
}

/** The rate of the product's own matmul in GFLOP/s around a measurement, and rows as they are done. */
export type BenchEvent =
  { readonly kind: 'matmul'; readonly gflops: number } | { readonly kind: 'row'; readonly row: BenchRow };

/** Measures everything of a plan on the opened device. Throws the device's failure, or `not-finite` for a step gone wrong. */
export async function* runBench(plan: BenchPlan, input: BenchInput): AsyncGenerator<BenchEvent> {
  const { checkpoint } = input;
  const { seed } = plan.settings;
  const labels = new Set(input.sentences.flatMap(({ spans }) => (spans ?? []).map(({ label }) => label)));
  const tags = tagsOf([...labels].sort());
  const tokenizer = createTokenizer(checkpoint.tokenizerFiles);
  const encoded = encodeLabelled(tokenizer, input.sentences, tags, plan.maxPieces);
  const sizes = { sentences: plan.batch, maxTokens: plan.maxTokens, count: plan.repeats };
  const { pieceIds, batches } = drawBatches(encoded, sizes, seed);
  const modelAt = (layers: number, hidden: number): BenchModel => {
    const from =
      hidden === checkpoint.config.hidden ? checkpoint : randomCheckpoint(checkpoint.config, hidden, layers, seed);
    return modelOf(from, { layers, tags: tags.length, dropout: plan.dropout, seed });
  };
  for (const hidden of plan.hidden) {
    for (const layers of plan.layers) {
      const model = modelAt(layers, hidden);
      const before = await bestMatmul(input);
      const ours = vermeil(model, pieceIds, plan.settings);
      const contenders: Contender[] = plan.plain ? [ours, plainTfjs(model, plan.settings)] : [ours];
      try {
        const [own = [], plain] = await timeInTurn(contenders, batches, input);
        const matmulGflops = Math.max(before, await bestMatmul(input));
        yield { kind: 'matmul', gflops: matmulGflops };
        yield { kind: 'row', row: ownRow(model, batches, own, plain ?? null, matmulGflops) };
        if (plain !== undefined) yield { kind: 'row', row: plainRow(model, batches, plain) };
        await input.profile?.({ layers, hidden }, async () => {
          for (const batch of batches) await timeStep(ours, batch, input);
        });
      } finally {
        for (const contender of contenders) contender.dispose();
      }
    }
  }
  if (plan.growth === null) return;
  const hidden = plan.hidden[0] ?? checkpoint.config.hidden;
  const model = modelAt(Math.min(2, checkpoint.config.layers), hidden);
  for await (const row of measureGrowth(model, pieceIds, plan.growth, plan.settings, input)) yield { kind: 'row', row };
}

/** Best of two, since whatever else the machine does can only slow it down. */
async function bestMatmul({ now }: Stopwatch): Promise<number> {
  return Math.max(await timeMatmul(now), await timeMatmul(now));
}

function timed(model: BenchModel, batches: readonly BenchBatch[], times: readonly StepTime[]): readonly Timed[] {
  return batches.map(({ full, tokens }, i) => {
    const lengths = full.map(({ ids }) => ids.length);
    return { sequences: full.length, tokens, flops: flopsOf(model.config, model.tags, lengths), time: times[i]! };
  });
}

function ownRow(
  model: BenchModel,
  batches: readonly BenchBatch[],
  own: readonly StepTime[],
  plain: readonly StepTime[] | null,
  matmulGflops: number,
): BenchRow {
  const { layers, hidden } = model.config;
  const row = rowOf({ what: 'training step', layers, hidden }, timed(model, batches, own));
  const ratioToPlainTfjs = plain === null ? null : median(plain.map(({ totalMs }, i) => totalMs / own[i]!.totalMs));
  return { ...row, ratioToPlainTfjs, shareOfMatmul: row.gflops / matmulGflops };
}

function plainRow(model: BenchModel, batches: readonly BenchBatch[], plain: readonly StepTime[]): BenchRow {
  const { layers, hidden } = model.config;
  return rowOf({ what: 'plain tfjs', layers, hidden, ratioToPlainTfjs: 1 }, timed(model, batches, plain));
}
