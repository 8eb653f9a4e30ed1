import { AppError } from '../core/errors.ts';
import { train, type TrainControl, type TrainInput } from '../engine/train/train.ts';
import type { Database } from '../storage/database.ts';
import { loadStage, saveStage, type StoredStage } from '../storage/stages.ts';
import type { TrainRequest } from './protocol.ts';

type Events = ReturnType<typeof train>;

export interface Opened {
  readonly events: Events;
  readonly first: Awaited<ReturnType<Events['next']>>;
  /** The stage that was taken over instead of being trained again. */
  readonly taken: StoredStage | null;
}

/**
 * Starts a run behind `stage` where it would train that stage alike, on the same device, and from its beginning if not. A run
 * that repeats another, with its choices, trains all of it: the stage may have been rounded otherwise.
 */
export async function openTraining(
  input: TrainInput,
  control: TrainControl,
  stage: StoredStage | null,
): Promise<Opened> {
  const { name, adapter } = input.device;
  if (
    stage !== null &&
    input.snapshot === undefined &&
    input.choices === undefined &&
    stage.device.name === name &&
    stage.device.adapter === adapter
  ) {
    const events = train({ ...input, firstStage: stage.bytes }, control);
    try {
      return { events, first: await events.next(), taken: stage };
    } catch (error) {
      // Only the engine can tell whether the stages are alike.
      if (!(error instanceof AppError && error.code === 'snapshot-mismatch')) throw error;
    }
  }
  const events = train(input, control);
  return { events, first: await events.next(), taken: null };
}

/** The stage that a run before has left; null where there is none to be had: then it is trained. */
export async function stageLeft(database: Database, shared: TrainRequest['shared']): Promise<StoredStage | null> {
  return shared === undefined ? null : loadStage(database, shared.key).catch(() => null);
}

/** Leaves the end of a first stage to the runs that want it; where there is no room each trains its own. */
export async function leaveStage(
  database: Database,
  shared: TrainRequest['shared'],
  stage: Omit<StoredStage, 'key' | 'checksum'>,
): Promise<void> {
  if (shared?.keep === true) await saveStage(database, { ...stage, key: shared.key }).catch(() => undefined);
}
