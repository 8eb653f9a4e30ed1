import type { ErrorCode, ErrorDetail } from '../../core/errors.ts';
import type { DeviceName } from '../../engine/device.ts';
import type { RunData } from '../../engine/train/prepare.ts';
import type { RunConfig } from '../../run/config.ts';
import type { RunRecord } from '../../run/events.ts';

/** What a second thread is started with. */
export interface ThreadOrder {
  readonly config: RunConfig;
  readonly data: RunData;
  readonly device: DeviceName;
  /** Folder of the checkpoint. */
  readonly checkpoint: string;
  readonly appVersion: string;
}

/** What it tells the thread that started it. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly text: string; readonly secondsLeft: number | null }
  | { readonly kind: 'finished'; readonly record: RunRecord }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode | null;
      readonly message: string;
      readonly detail: ErrorDetail;
    };
