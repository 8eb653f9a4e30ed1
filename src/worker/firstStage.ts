import { AppError } from '../core/errors.ts';
import type { Device } from '../engine/device.ts';
import { train, type TrainControl, type TrainInput } from '../engine/train/train.ts';
import type { DevPoint, TrainPoint } from '../run/events.ts';

/** The end of a first stage. It is as large as any snapshot, so only the last one is held, and only in memory. */
export interface FirstStage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly curve: readonly TrainPoint[];
  readonly dev: readonly DevPoint[];
  readonly device: Pick<Device, 'name' | 'adapter'>;
}

/** What the runs of one worker share: several regimens with one seed begin with the same silver stage. */
export interface SharedStage {
  last: FirstStage | null;
}

type Events = ReturnType<typeof train>;

export interface Opened {
  readonly events: Events;
  readonly first: Awaited<ReturnType<Events['next']>>;
  /** The stage that was taken over instead of being trained again. */
  readonly taken: FirstStage | null;
}

/**
 * Starts a run behind `stage` where it would train that stage alike, on the same device, and from its beginning if not. A run
 * that repeats another, with its choices, trains all of it: the stage may have been rounded otherwise.
 */
export async function openTraining(
  input: TrainInput,
  control: TrainControl,
  stage: FirstStage | null,
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
