import { digestJson } from '../core/hash.ts';
import type { RunConfig } from './config.ts';
import { lossMembers } from './losses.ts';
import type { Stage } from './plan.ts';
import { drawsOf } from './regimens.ts';

/**
 * Digest of all in a config that decides how its first stage is trained, whatever regimen it stands in: equal for two runs on
 * the same data exactly when they train it alike, so that its end can be taken over instead of being trained again.
 */
export function firstStageDigest(config: RunConfig, stages: readonly Stage[]): string {
  const { layers, learningRate, batchSize, warmup, weightDecay, clipNorm, dropout, maxPieces, restart, seed } = config;
  const { evaluateEvery, keepBest, patience, goldSize } = config;
  const { regimen, schedule, scheduleSettings } = config;
  const [first] = stages;
  const source = first?.draw.kind === 'passes' ? first.draw.source : null;
  return digestJson({
    ...{ layers, learningRate, batchSize, warmup, weightDecay, clipNorm, dropout, maxPieces, restart, seed },
    ...{ evaluateEvery, keepBest, patience },
    ...lossMembers(config, first === undefined ? [] : drawsOf(first)),
    precision: config.precision === 'f32' ? undefined : config.precision,
    watchBoth: config.watchBoth ? undefined : false,
    // How much gold there is matters to a stage that draws from it.
    goldSize: source === 'silver' ? undefined : (goldSize ?? undefined),
    source: source ?? { regimen, schedule, scheduleSettings },
    steps: first?.steps,
    // One schedule for the whole run: the first stage's learning rates depend on what comes after it.
    scheduleSteps: restart ? first?.steps : stages.reduce((sum, { steps }) => sum + steps, 0),
  });
}
