import { AppError } from '../../core/errors.ts';
import type { Device } from '../device.ts';
import type { Contender } from './contenders.ts';
import type { BenchBatch } from './workload.ts';

/** One step of one contender. */
export interface StepTime {
  /** Until the calls returned: the JavaScript of the step, and on wasm and cpu the whole of it. */
  readonly issueMs: number;
  /** Until the loss had been read, behind which all of the step's work lies on the device. */
  readonly totalMs: number;
}

/** What times are taken of, and by: milliseconds of a clock that only goes forward. */
export interface Stopwatch {
  readonly device: Device;
  now(): number;
}

/** Takes one step and waits for it. Throws the device's failure, or `not-finite`: a wrong step is not a fast one. */
export async function timeStep(contender: Contender, batch: BenchBatch, { device, now }: Stopwatch): Promise<StepTime> {
  const startedAt = now();
  const loss = contender.step(batch);
  const issueMs = now() - startedAt;
  const [value] = await loss.data();
  const totalMs = now() - startedAt;
  loss.dispose();
  const failure = device.failure();
  if (failure !== null) throw failure;
  if (value === undefined || !Number.isFinite(value)) {
    throw new AppError('not-finite', `${contender.name}: loss ${String(value)}`, { step: 0 });
  }
  return { issueMs, totalMs };
}

/**
 * Times all contenders in turn, a batch after the other, each batch by each of them, so that a machine that is slower for a
 * while slows all of them. One step each on the first batch goes before and is not counted: it compiles. Returns a list of
 * times for each contender, in the order of `batches`.
 */
export async function timeInTurn(
  contenders: readonly Contender[],
  batches: readonly BenchBatch[],
  stopwatch: Stopwatch,
): Promise<readonly (readonly StepTime[])[]> {
  const times = contenders.map((): StepTime[] => []);
  for (const contender of contenders) await timeStep(contender, batches[0]!, stopwatch);
  for (const batch of batches) {
    for (const [c, contender] of contenders.entries()) times[c]!.push(await timeStep(contender, batch, stopwatch));
  }
  return times;
}

/** The middle value, or the mean of the two middle ones; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!;
}
