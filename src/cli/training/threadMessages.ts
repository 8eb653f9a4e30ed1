import type { ErrorCode, ErrorDetail } from '../../core/errors.ts';
import type { DeviceName } from '../../engine/device.ts';
import type { RunData } from '../../engine/train/prepare.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import type { Origin, RunOrder, TrainRunHooks } from './trainRun.ts';

/** What a second thread is started with. */
export interface ThreadSetup {
  readonly data: RunData;
  readonly device: DeviceName;
  /** Folder of the checkpoint, its name for people, and the layers kept of it. */
  readonly checkpoint: string;
  readonly checkpointName: string;
  readonly layers: number;
  readonly appVersion: string;
  /** Folder that keeps runs and stages; null = nothing is kept. */
  readonly out: string | null;
}

/** What it is told: one run at a time, and to stop it at the next good place. */
export type ThreadRequest = { readonly kind: 'train'; readonly order: RunOrder } | { readonly kind: 'stop' };

/** What it tells the thread that started it. */
export type ThreadMessage =
  | {
      readonly kind: 'event';
      readonly event: Parameters<TrainRunHooks['onEvent']>[0];
      readonly origin: Origin | null;
    }
  | { readonly kind: 'stage-kept'; readonly digest: string }
  | { readonly kind: 'finished'; readonly run: FinishedRun }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode | null;
      readonly message: string;
      readonly detail: ErrorDetail;
    };
