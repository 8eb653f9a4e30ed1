import { setImmediate } from 'node:timers/promises';
import type { TrainedModel } from '../../engine/model/trained.ts';
import { train, type TrainInput } from '../../engine/train/train.ts';
import type { TrainEvent } from '../../run/events.ts';
import type { FinishedRun } from '../../run/experiment/table.ts';

export interface RunHooks {
  readonly signal: AbortSignal;
  /** Milliseconds between two snapshots besides those at the end of each stage; null = none. */
  readonly saveEveryMs: number | null;
  onEvent(event: TrainEvent): Promise<void> | void;
}

/** Trains one run to its end, telling every event in order. Throws what `train` throws. */
export async function trainOnce(
  input: TrainInput,
  { signal, saveEveryMs, onEvent }: RunHooks,
): Promise<{ readonly finished: FinishedRun; readonly model: TrainedModel }> {
  const now = () => performance.now();
  let savedAt = now();
  const events = train(input, {
    signal,
    now,
    // The wasm device computes without a pause: Ctrl-C and messages are only heard between steps.
    beforeStep: () => setImmediate(),
    wantsSnapshot: () => saveEveryMs !== null && now() - savedAt >= saveEveryMs,
  });
  let finished: FinishedRun | null = null;
  for (;;) {
    const next = await events.next();
    if (next.done === true) {
      if (finished === null) throw new Error('a run ended without its record');
      return { finished, model: next.value };
    }
    const event = next.value;
    if (event.kind === 'finished') finished = { record: event.record, predictions: event.predictions };
    await onEvent(event);
    if (event.kind === 'snapshot') savedAt = now();
  }
}
