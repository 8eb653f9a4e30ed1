import type { TrainedModel } from '../../engine/model/trained.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';
import { trainRun, type RunOrder, type TrainContext, type TrainRunHooks } from './trainRun.ts';

/** Something that trains one run after another: this thread, or one beside it. */
export interface Lane {
  /** Throws what `train` throws; the model is null where it stays in another thread. */
  train(
    order: RunOrder,
    hooks: TrainRunHooks,
  ): Promise<{ readonly run: FinishedRun; readonly model: TrainedModel | null }>;
  close(): Promise<void>;
}

/** This thread. */
export function ownLane(context: TrainContext): Lane {
  return {
    train: (order, hooks) => trainRun(context, order, hooks),
    close: () => Promise.resolve(),
  };
}
