import { costOf, costRuns, recordBytes } from '../../run/experiment/cost.ts';
import { counted, duration, megabytes } from '../terminal/text.ts';
import type { Experiment } from './experiment.ts';
import { measureStep } from './measureStep.ts';
import { memoryStages } from './stageStore.ts';

/** What an experiment will take, before it starts: runs, steps, time from a few measured steps, disk. */
export async function planText(experiment: Experiment, signal: AbortSignal): Promise<string> {
  const { configs, data, checkpoint, out, parallel } = experiment;
  const runs = costRuns(configs, { silver: data.silver.length, gold: data.gold.length });
  const [first] = configs;
  const secondsPerStep =
    first === undefined ? null : await measureStep({ ...experiment, out: null, stages: memoryStages() }, first, signal);
  let values = 0;
  for (const { values: weights } of checkpoint.weights.values()) values += weights.length;
  const steps = runs.reduce((sum, run) => sum + run.steps, 0) / Math.max(1, runs.length);
  const cost = costOf(runs, {
    secondsPerStep,
    parallel,
    modelBytes: 4 * values,
    // Value and two moments of each parameter, the best ones besides where they are kept; the compact word table is smaller.
    snapshotBytes: 4 * values * (first?.keepBest === true ? 4 : 3),
    recordBytes: recordBytes(steps, data.test.length, 1),
    weights: 'all',
    snapshots: 1,
  });
  const shared = cost.steps - cost.ownSteps;
  const parts = [
    `plan: ${counted(cost.runs, 'run')}, ${counted(cost.ownSteps, 'step')}${shared > 0 ? ` (${counted(shared, 'further step')} are shared first stages)` : ''}`,
    ...(cost.seconds === null ? [] : [`about ${duration(cost.seconds)} by a measured step, scoring not counted`]),
    ...(out === null
      ? []
      : [`at most ${megabytes(cost.peakBytes)} in ${out}, ${megabytes(cost.keptBytes)} of them to stay`]),
  ];
  return parts.join('; ');
}
