import { AppError } from '../../core/errors.ts';
import { digestJson } from '../../core/hash.ts';
import { exportFolder } from '../../engine/checkpoint/export.ts';
import type { Checkpoint } from '../../engine/checkpoint/load.ts';
import type { ExportFacts } from '../../engine/checkpoint/modelCard.ts';
import type { Device } from '../../engine/device.ts';
import type { TrainedModel } from '../../engine/model/trained.ts';
import { prepare, type RunData } from '../../engine/train/prepare.ts';
import type { SnapshotKey } from '../../engine/train/snapshot.ts';
import type { RunConfig } from '../../run/config.ts';
import type { RunRecord } from '../../run/events.ts';
import { regimens } from '../../run/regimens.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { counted, duration, score } from '../terminal/text.ts';
import { trainOnce } from './oneRun.ts';
import { RunProgress } from './progressLine.ts';
import { mainScores } from './results.ts';
import * as kept from './runFolder.ts';
import { SharedStages } from './sharedStages.ts';

/** Runs that are trained one after another on one device, from one checkpoint and the same data. */
export interface Experiment {
  readonly configs: readonly RunConfig[];
  readonly checkpoint: Checkpoint;
  readonly checkpointName: string;
  readonly tokenizer: Tokenizer;
  /** Labelled sentences only. */
  readonly data: RunData;
  readonly device: Device;
  readonly appVersion: string;
  /** Folder that keeps models, records and snapshots; null = nothing is kept. */
  readonly out: string | null;
  /** Go on from what `out` holds. */
  readonly resume: boolean;
}

export interface ExperimentHooks {
  readonly signal: AbortSignal;
  /** A line about something that happened once. */
  say(line: string): void;
  /** How far the run is, in words, and the seconds left of the whole experiment, null before they can be told. */
  progress(text: string, secondsLeft: number | null): void;
  finished?(record: RunRecord, model: TrainedModel): void;
}

const saveEveryMs = 60_000;

/** Trains every run, in order. Throws what `train` throws; what was finished before stays in `out`. */
export async function runExperiment(experiment: Experiment, hooks: ExperimentHooks): Promise<RunRecord[]> {
  const { configs, checkpoint, tokenizer, data, out } = experiment;
  // All runs are prepared before the first is trained: what cannot work is told at once. Of the encoded text nothing is kept.
  const prepared = configs.map((config) => {
    const { key, stages, firstStage } = prepare(config, checkpoint, tokenizer, data);
    return { key, stages, firstStage };
  });
  const shared = new SharedStages(prepared);
  const records: RunRecord[] = [];
  for (const [index, config] of configs.entries()) {
    const folder = out === null ? null : kept.runFolder(out, config);
    const before = experiment.resume && folder !== null ? await finishedBefore(folder, prepared[index]!.key) : null;
    if (before !== null) hooks.say(`${titleOf(config)}: finished before, left as it is`);
    records.push(before ?? (await trainRun(experiment, index, folder, shared, hooks)));
  }
  return records;
}

/** `simple mix, seed 0`. */
export function titleOf({ regimen, seed }: RunConfig): string {
  return `${regimens[regimen].name.toLowerCase()}, seed ${String(seed)}`;
}

async function trainRun(
  experiment: Experiment,
  index: number,
  folder: kept.RunFolder | null,
  shared: SharedStages,
  hooks: ExperimentHooks,
): Promise<RunRecord> {
  const config = experiment.configs[index]!;
  const title = titleOf(config);
  const snapshot = experiment.resume && folder !== null ? await kept.readRunSnapshot(folder) : null;
  const firstStage = shared.take(index);
  const start = snapshot !== null ? { snapshot } : firstStage !== null ? { firstStage } : {};
  const progress = new RunProgress(title);
  let stage = 0;
  const { record, model } = await trainOnce(
    { ...experiment, config, ...start },
    {
      signal: hooks.signal,
      saveEveryMs: folder === null ? null : saveEveryMs,
      async onEvent(event) {
        progress.take(event);
        if (event.kind === 'started' && event.resumedAt > 0) {
          const from = snapshot === null ? 'takes over the first stage of an earlier run' : 'goes on from its snapshot';
          hooks.say(`${title}: ${from}, ${counted(event.resumedAt, 'step')} done`);
        } else if (event.kind === 'stage') {
          stage = event.index;
        } else if (event.kind === 'snapshot') {
          if (event.stageEnd && stage === 0) shared.offer(index, event.bytes);
          if (folder !== null) await kept.writeRunSnapshot(folder, event.bytes);
        }
        hooks.progress(progress.text(), progress.secondsLeft(shared.stepsAfter(index)));
      },
    },
  );
  if (folder !== null) await kept.writeFinishedRun(folder, record, exportFolder(model, factsOf(experiment, record)));
  hooks.finished?.(record, model);
  const f1 = mainScores(record)?.default.micro.f1;
  const told = f1 === undefined ? '' : `, F1 ${score(f1)}`;
  hooks.say(`${title}: done, ${counted(record.steps, 'step')} in ${duration(record.seconds)}${told}`);
  return record;
}

function factsOf({ data, checkpointName }: Experiment, record: RunRecord): ExportFacts {
  const { silver, gold, dev, test } = data;
  const sentences = { silver: silver.length, gold: gold.length, dev: dev.length, test: test.length };
  return { record, checkpointName, sentences, notice: null };
}

/**
 * The record of a run that an earlier call finished, null where there is none. Throws `snapshot-mismatch` where it is of
 * another run.
 */
async function finishedBefore(folder: kept.RunFolder, key: SnapshotKey): Promise<RunRecord | null> {
  const record = await kept.readRunRecord(folder);
  if (record === null) return null;
  const { data, checkpoint } = record.digests;
  const found = { config: digestJson(record.config), data, checkpoint };
  for (const part of ['config', 'data', 'checkpoint'] as const) {
    if (found[part] !== key[part]) throw new AppError('snapshot-mismatch', `${folder.name}: another ${part}`, { part });
  }
  return record;
}
