import { AppError } from '../../core/errors.ts';
import { exportFolder } from '../../engine/checkpoint/export.ts';
import type { Checkpoint } from '../../engine/checkpoint/load.ts';
import type { ExportFacts } from '../../engine/checkpoint/modelCard.ts';
import type { Device } from '../../engine/device.ts';
import type { TrainedModel } from '../../engine/model/trained.ts';
import type { RunData } from '../../engine/train/prepare.ts';
import type { RunConfig } from '../../run/config.ts';
import type { TrainEvent } from '../../run/events.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import { runName } from '../../run/experiment/variant.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { trainOnce } from './oneRun.ts';
import * as kept from './runFolder.ts';
import type { StageStore } from './stageStore.ts';

/** All that runs of one thread have in common. */
export interface TrainContext {
  readonly checkpoint: Checkpoint;
  readonly checkpointName: string;
  readonly tokenizer: Tokenizer;
  /** Labelled sentences only. */
  readonly data: RunData;
  readonly device: Device;
  readonly appVersion: string;
  /** Folder that keeps models, records and snapshots; null = nothing is kept. */
  readonly out: string | null;
  readonly stages: StageStore;
}

/** One run to be trained. */
export interface RunOrder {
  readonly config: RunConfig;
  /** Go on from the snapshot in the run's folder, where there is one. */
  readonly resume: boolean;
  /** The first stage: its digest, and whether a later run wants its end; null where it is never shared. */
  readonly stage: { readonly digest: string; readonly keep: boolean } | null;
}

/** Where a run began when it did not begin at its checkpoint. */
export type Origin = 'snapshot' | 'first-stage';

export interface TrainRunHooks {
  readonly signal: AbortSignal;
  /** Every event but the last, without the bytes of snapshots. */
  onEvent(event: Exclude<TrainEvent, { kind: 'finished' | 'snapshot' }>, origin: Origin | null): void;
  /** The end of the first stage was laid down for other runs. */
  stageKept(digest: string): void;
}

export interface Trained {
  readonly run: FinishedRun;
  readonly model: TrainedModel;
}

const saveEveryMs = 60_000;

/** Trains one run to its end in this thread, with its snapshots, its stage and its folder. Throws what `train` throws. */
export async function trainRun(context: TrainContext, order: RunOrder, hooks: TrainRunHooks): Promise<Trained> {
  const { out, stages } = context;
  const { config, stage } = order;
  const folder = out === null ? null : kept.runFolder(out, config);
  const snapshot = order.resume && folder !== null ? await kept.readRunSnapshot(folder) : null;
  const firstStage = snapshot === null && stage !== null ? await stages.read(stage.digest) : null;
  const origin = snapshot !== null ? 'snapshot' : firstStage !== null ? 'first-stage' : null;
  const start = snapshot !== null ? { snapshot } : firstStage !== null ? { firstStage } : {};
  let index = 0;
  try {
    const { finished, model } = await trainOnce(
      { ...context, config, ...start },
      {
        signal: hooks.signal,
        saveEveryMs: folder === null ? null : saveEveryMs,
        async onEvent(event) {
          if (event.kind === 'snapshot') {
            if (event.stageEnd && index === 0 && stage?.keep === true && firstStage === null) {
              await stages.write(stage.digest, event.bytes);
              hooks.stageKept(stage.digest);
            }
            if (folder !== null) await kept.writeRunSnapshot(folder, event.bytes);
          } else if (event.kind !== 'finished') {
            if (event.kind === 'stage') ({ index } = event);
            hooks.onEvent(event, origin);
          }
        },
      },
    );
    if (folder !== null) await kept.writeFinishedRun(folder, finished, exportFolder(model, factsOf(context, finished)));
    return { run: finished, model };
  } catch (error) {
    await forgetDamaged(error, origin, folder, order, stages);
    throw error;
  }
}

/** What cannot be read is put aside, so that a second try begins before it instead of failing in the same way. */
async function forgetDamaged(
  error: unknown,
  origin: Origin | null,
  folder: kept.RunFolder | null,
  { stage }: RunOrder,
  stages: StageStore,
): Promise<void> {
  if (!(error instanceof AppError) || error.code !== 'snapshot-damaged') return;
  if (origin === 'snapshot' && folder !== null) await kept.dropRunSnapshot(folder);
  if (origin === 'first-stage' && stage !== null) await stages.drop(stage.digest);
}

function factsOf({ data, checkpointName }: TrainContext, { record }: FinishedRun): ExportFacts {
  const { silver, gold, dev, test } = data;
  const sentences = { silver: silver.length, gold: gold.length, dev: dev.length, test: test.length };
  return { record, checkpointName, sentences, notice: null };
}

/** `simple mix, seed 0`; `blend, power decay (n = 3), 50 gold, seed 1`. */
export function titleOf(config: RunConfig): string {
  return runName(config).toLowerCase();
}
