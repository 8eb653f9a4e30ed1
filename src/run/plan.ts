import { AppError } from '../core/errors.ts';
import { schedules } from '../blend/schedules.ts';
import type { RunConfig } from './config.ts';
import { goldUsed } from './goldSubset.ts';
import { regimens } from './regimens.ts';

/** How many sentences each source has. */
export interface SourceCounts {
  readonly silver: number;
  readonly gold: number;
}

/** What a stage draws its batches from: whole passes over a source, or a share of silver at each step. */
export type Draw =
  | { readonly kind: 'passes'; readonly source: 'silver' | 'gold' | 'both' }
  | { readonly kind: 'mixed'; share(step: number, steps: number): number };

export interface Stage {
  readonly name: string;
  readonly draw: Draw;
  /** Optimizer steps of the stage, at least 1. */
  readonly steps: number;
}

/** Steps of one pass over `sentences`: the last batch may be short, as in the reference. */
export function stepsOfPass(sentences: number, batchSize: number): number {
  return Math.ceil(sentences / batchSize);
}

/**
 * The stages of a run; `counts` are of all labelled sentences, from which `config.goldSize` takes some. With `config.steps` the
 * total is shared out over the stages in proportion to their passes; with `config.stepsSecond` the second stage has so many of
 * it, and the first what is left, at least one. Throws `data-empty` where the regimen needs a source that is not there.
 */
export function planOf(config: RunConfig, counts: SourceCounts): readonly Stage[] {
  const regimen = regimens[config.regimen];
  for (const source of regimen.needs) {
    if (counts[source] === 0) {
      throw new AppError('data-empty', `${config.regimen} needs ${source} sentences`, {
        regimen: config.regimen,
        source,
      });
    }
  }
  const gold = goldUsed(counts.gold, config.goldSize);
  const passSteps = {
    silver: stepsOfPass(counts.silver, config.batchSize),
    gold: stepsOfPass(gold, config.batchSize),
    both: stepsOfPass(counts.silver + gold, config.batchSize),
  };
  const stages = regimen.stages(config, passSteps, (u) => schedules[config.schedule].share(u, config.scheduleSettings));
  const [first, second] = stages;
  if (config.stepsSecond !== null && first !== undefined && second !== undefined) {
    const total = config.steps ?? first.steps + config.stepsSecond;
    const steps = Math.min(config.stepsSecond, total - 1);
    return [
      { ...first, steps: total - steps },
      { ...second, steps },
    ];
  }
  if (config.steps === null) return stages;
  return shareOut(stages, config.steps);
}

/** Scales the steps of the stages to `total`, at least one each, by cumulative rounding. */
function shareOut(stages: readonly Stage[], total: number): readonly Stage[] {
  const sum = stages.reduce((steps, stage) => steps + stage.steps, 0);
  let before = 0;
  let given = 0;
  return stages.map((stage, index) => {
    before += stage.steps;
    const left = stages.length - 1 - index;
    const upTo = Math.min(total - left, Math.max(given + 1, Math.round((total * before) / sum)));
    const steps = upTo - given;
    given = upTo;
    return { ...stage, steps };
  });
}

/**
 * Learning rate of step `step` of stage `stage`: each stage rises and falls by itself where the optimizer starts anew, or else
 * one curve runs through all of them, times the rate of the stage.
 */
export function learningRateAt(config: RunConfig, stages: readonly Stage[], stage: number, step: number): number {
  const { learningRate, learningRateSecond, warmup, warmupSecond, restart } = config;
  const rate = stage === 0 ? learningRate : (learningRateSecond ?? learningRate);
  if (restart) {
    const rise = stage === 0 ? warmup : (warmupSecond ?? warmup);
    return rate * learningRateFactor(step, stages[stage]?.steps ?? 1, rise);
  }
  const sum = (some: readonly Stage[]) => some.reduce((steps, one) => steps + one.steps, 0);
  return rate * learningRateFactor(sum(stages.slice(0, stage)) + step, sum(stages), warmup);
}

/** Learning-rate factor of step `step` of `steps`: linear warm-up (s + 1) / w, then linear decay to 0. */
export function learningRateFactor(step: number, steps: number, warmup: number): number {
  const rise = Math.max(1, Math.floor(warmup * steps));
  return Math.min((step + 1) / rise, Math.max(0, (steps - step) / Math.max(1, steps - rise)));
}
