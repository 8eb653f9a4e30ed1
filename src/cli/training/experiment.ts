import { AppError } from '../../core/errors.ts';
import { digestJson } from '../../core/hash.ts';
import type { TrainedModel } from '../../engine/model/trained.ts';
import { firstStageKey, prepare } from '../../engine/train/prepare.ts';
import type { SnapshotKey } from '../../engine/train/snapshot.ts';
import type { RunConfig } from '../../run/config.ts';
import { configDigest } from '../../run/configDigest.ts';
import { costRuns } from '../../run/experiment/cost.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import { ownLane } from './lane.ts';
import { Queue, type FailedRun, type QueueHooks } from './queue.ts';
import * as kept from './runFolder.ts';
import { folderStages, memoryStages } from './stageStore.ts';
import { threadLane } from './threadLane.ts';
import { titleOf, type TrainContext } from './trainRun.ts';

/** Runs that are trained from one checkpoint and the same data. */
export interface Experiment extends Omit<TrainContext, 'stages'> {
  readonly configs: readonly RunConfig[];
  /** Folder of the checkpoint, for threads beside this one. */
  readonly checkpointFolder: string;
  /** Go on from what `out` holds. */
  readonly resume: boolean;
  /** Threads that train at the same time; above 1 they are threads beside this one, and `out` is needed. */
  readonly parallel: number;
}

export interface ExperimentHooks extends Omit<QueueHooks, 'finished'> {
  /** Called when all runs have proved to be possible, before the first is trained. */
  prepared?(): Promise<void>;
  finished?(run: FinishedRun, model: TrainedModel | null): void;
}

export interface ExperimentOutcome {
  /** Finished runs in the order of the configs. */
  readonly runs: readonly FinishedRun[];
  readonly failures: readonly FailedRun[];
}

/** Trains every run. Throws what stops all of them; what was finished before stays in `out`. */
export async function runExperiment(experiment: Experiment, hooks: ExperimentHooks): Promise<ExperimentOutcome> {
  const { configs, data, out, resume, parallel } = experiment;
  // All runs are prepared before the first is trained: what cannot work is told at once. Of the encoded text nothing is kept.
  const prepared = configs.map((config) => keysOf(experiment, config));
  await hooks.prepared?.();
  const counts = { silver: labelled(data.silver), gold: labelled(data.gold) };
  const costs = costRuns(configs, counts);
  const queued = configs.map((config, i) => {
    const cost = costs[i]!;
    return { ...cost, config, digest: cost.firstStage === null ? null : prepared[i]!.stage };
  });
  const done: (FinishedRun | null)[] = [];
  for (const [i, config] of configs.entries()) {
    const before = resume && out !== null ? await finishedBefore(kept.runFolder(out, config), prepared[i]!.key) : null;
    if (before !== null) hooks.say(`${titleOf(config)}: finished before, left as it is`);
    done.push(before);
  }
  const todo = configs.flatMap((_, i) => (done[i] === null ? [i] : []));
  const stages = out === null ? memoryStages() : folderStages(out);
  // What a killed call left behind, and no run needs any more.
  for (const { digest } of queued) {
    if (digest !== null && !todo.some((i) => queued[i]!.digest === digest)) await stages.drop(digest);
  }
  const threads = Math.min(parallel, todo.length);
  const lanes =
    threads > 1
      ? Array.from({ length: threads }, () => threadLane(setupOf(experiment)))
      : [ownLane({ ...experiment, stages })];
  const queue = new Queue(queued, todo, stages, resume, lanes.length, {
    ...hooks,
    finished(index, run, model) {
      done[index] = run;
      hooks.finished?.(run, model);
    },
  });
  try {
    await queue.work(lanes);
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
  return { runs: done.filter((run) => run !== null), failures: queue.failures };
}

function keysOf({ checkpoint, tokenizer, data }: Experiment, config: RunConfig) {
  const prepared = prepare(config, checkpoint, tokenizer, data);
  return { key: prepared.key, stage: digestJson(firstStageKey(prepared)) };
}

const labelled = (sentences: TrainContext['data']['gold']) => sentences.filter(({ spans }) => spans !== null).length;

function setupOf({ data, device, checkpointFolder, checkpointName, configs, appVersion, out }: Experiment) {
  return {
    ...{ data, checkpointName, appVersion, out },
    device: device.name,
    checkpoint: checkpointFolder,
    layers: configs[0]?.layers ?? 0,
  };
}

/** A run that an earlier call finished, null where there is none. Throws `snapshot-mismatch` where it is of another. */
async function finishedBefore(folder: kept.RunFolder, key: SnapshotKey): Promise<FinishedRun | null> {
  const run = await kept.readFinishedRun(folder);
  if (run === null) return null;
  const { config, digests } = run.record;
  const found = { config: configDigest(config), data: digests.data, checkpoint: digests.checkpoint };
  for (const part of ['config', 'data', 'checkpoint'] as const) {
    if (found[part] !== key[part]) throw new AppError('snapshot-mismatch', `${folder.name}: another ${part}`, { part });
  }
  return run;
}
