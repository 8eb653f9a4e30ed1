import { AppError } from '../../core/errors.ts';
import type { RunConfig } from '../../run/config.ts';
import { trainOnce } from './oneRun.ts';
import type { TrainContext } from './trainRun.ts';

/** Steps that are timed, after the first one, which also warms up. */
const timed = 4;

/** Seconds of a step of this run on this device, from its first ones; nothing of them is kept. */
export async function measureStep(context: TrainContext, config: RunConfig, signal: AbortSignal): Promise<number> {
  const enough = new AbortController();
  const times: number[] = [];
  const { silver, gold, test } = context.data;
  try {
    await trainOnce(
      // Scoring is no part of a step.
      { ...context, data: { silver, gold, dev: [], test: test.slice(0, 0) }, config: { ...config, keepBest: false } },
      {
        signal: AbortSignal.any([signal, enough.signal]),
        saveEveryMs: null,
        onEvent({ kind }) {
          if (kind === 'step') times.push(performance.now());
          if (times.length > timed) enough.abort();
        },
      },
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'stopped' || signal.aborted) throw error;
  }
  const steps = times.length - 1;
  return steps < 1 ? 0 : (times[steps]! - times[0]!) / 1000 / steps;
}
