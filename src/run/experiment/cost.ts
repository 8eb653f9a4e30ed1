import type { RunConfig } from '../config.ts';
import { firstStageDigest } from '../firstStage.ts';
import { planOf, type SourceCounts } from '../plan.ts';
import { groupKey } from './variant.ts';

/** A run with what it costs in steps. */
export interface CostedRun {
  readonly steps: number;
  /** Steps that it trains itself: without a first stage that a run before it has trained alike. */
  readonly ownSteps: number;
  /** Digest of its first stage, null where that follows a schedule and is never shared. */
  readonly firstStage: string | null;
  /** Equal for runs that differ by seed alone. */
  readonly group: string;
}

/** The runs' steps, in the order in which they are trained. Throws as `planOf` does. */
export function costRuns(configs: readonly RunConfig[], counts: SourceCounts): CostedRun[] {
  const seen = new Set<string>();
  return configs.map((config) => {
    const stages = planOf(config, counts);
    const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
    const [first] = stages;
    const group = groupKey(config);
    if (first?.draw.kind !== 'passes') return { steps, ownSteps: steps, firstStage: null, group };
    const firstStage = firstStageDigest(config, stages);
    const shared = seen.has(firstStage) ? first.steps : 0;
    seen.add(firstStage);
    return { steps, ownSteps: steps - shared, firstStage, group };
  });
}

/** What is known of speed and sizes when an experiment is planned. */
export interface Measured {
  /** Seconds of one optimizer step with this config, null before one was timed. */
  readonly secondsPerStep: number | null;
  /** Runs that go on at the same time. */
  readonly parallel: number;
  /** Bytes of a finished model, of a snapshot, and of the rest of a run (record and predictions). */
  readonly modelBytes: number;
  readonly snapshotBytes: number;
  readonly recordBytes: number;
  /** Whose weights stay: those of all runs, or of the best seed of each group, as `keep.ts` says. */
  readonly weights: 'all' | 'best-seed';
  /** Snapshots that are kept of a run while it goes on. */
  readonly snapshots: number;
}

/**
 * Bytes of a run's record with its curves, `curves` times, and of its predictions on test: 106 a step, 171 a sentence and 5 kB
 * were measured on the sample.
 */
export function recordBytes(steps: number, testSentences: number, curves: number): number {
  return 5000 + 110 * curves * steps + 175 * testSentences;
}

export interface ExperimentCost {
  readonly runs: number;
  readonly steps: number;
  /** Steps that are really trained. */
  readonly ownSteps: number;
  readonly seconds: number | null;
  /** Bytes that stay when all is done. */
  readonly keptBytes: number;
  /** Bytes at the worst moment: snapshots of the runs that go on and shared stages besides. */
  readonly peakBytes: number;
}

/** Count, time and disk of an experiment, before it starts. */
export function costOf(runs: readonly CostedRun[], measured: Measured): ExperimentCost {
  const { secondsPerStep, parallel, modelBytes, snapshotBytes, recordBytes, weights, snapshots } = measured;
  const going = Math.min(parallel, runs.length);
  const ownSteps = runs.reduce((sum, run) => sum + run.ownSteps, 0);
  const uses = new Map<string, number>();
  for (const { firstStage } of runs) if (firstStage !== null) uses.set(firstStage, (uses.get(firstStage) ?? 0) + 1);
  const shared = [...uses.values()].filter((count) => count > 1).length;
  const models = weights === 'all' ? runs.length : new Set(runs.map(({ group }) => group)).size;
  const keptBytes = models * modelBytes + runs.length * recordBytes;
  // Weights are stored before it is known which of a group can go, and before the run's snapshots go.
  const atOnce = Math.min(runs.length - models, going) * modelBytes + (shared + snapshots * going) * snapshotBytes;
  return {
    runs: runs.length,
    steps: runs.reduce((sum, { steps }) => sum + steps, 0),
    ownSteps,
    seconds: secondsPerStep === null ? null : (ownSteps * secondsPerStep) / Math.max(1, going),
    keptBytes,
    peakBytes: keptBytes + atOnce,
  };
}
