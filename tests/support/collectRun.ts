import type { TrainedModel } from '../../src/engine/model/trained.ts';
import { train, type TrainControl, type TrainInput } from '../../src/engine/train/train.ts';
import type { RunRecord, TrainEvent } from '../../src/run/events.ts';

/** A run to its end, its stop or its failure. */
export interface Collected {
  readonly events: readonly TrainEvent[];
  readonly snapshots: readonly (TrainEvent & { kind: 'snapshot' })[];
  readonly model: TrainedModel | null;
  readonly record: RunRecord | null;
  readonly error: unknown;
}

/** Trains without a clock; `stopAt` = abort before the update after this many. */
export async function collectRun(
  input: TrainInput,
  { stopAt = Infinity, ...control }: Partial<Omit<TrainControl, 'signal'>> & { stopAt?: number } = {},
): Promise<Collected> {
  const abort = new AbortController();
  const events: TrainEvent[] = [];
  let model: TrainedModel | null = null;
  let error: unknown = null;
  const beforeStep = (step: number) => {
    if (step >= stopAt) abort.abort();
    return Promise.resolve();
  };
  const run = train(input, { now: () => 0, beforeStep, ...control, signal: abort.signal });
  try {
    let next = await run.next();
    for (; next.done !== true; next = await run.next()) events.push(next.value);
    model = next.value;
  } catch (thrown) {
    error = thrown;
  }
  const snapshots = events.filter((event) => event.kind === 'snapshot');
  const record = events.find((event) => event.kind === 'finished')?.record ?? null;
  return { events, snapshots, model, record, error };
}
