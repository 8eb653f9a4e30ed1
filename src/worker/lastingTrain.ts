import { AppError, type ErrorCode } from '../core/errors.ts';
import type { Client, TrainHandle } from './client.ts';
import type { DeviceName, PageTrainEvent, TrainOutcome } from './protocol.ts';

/** Failures of the place where a run computes, not of the run: another worker or device can go on from the last snapshot. */
const recoverable: readonly ErrorCode[] = ['device-lost', 'gpu-error', 'worker-failed'];

/** A browser that has lost its graphics process takes a moment to start another. */
const waitsMs = [0, 1000, 3000];

/** How a run that goes on by itself came to need it, and how far it had come. */
interface Losses {
  /** The most steps done before a loss. */
  furthest: number;
  /** Losses in a row that came before any step that had not been done before. */
  inVain: number;
  /** The device that the run was on; the same must go on, or the result is another. */
  device: DeviceName | null;
  /** The step of the newest snapshot; 0 = there is none. */
  saved: number;
  cause: AppError | null;
}

/**
 * The same training, which goes on from the last snapshot by itself where the device or the worker is lost, and gives up where
 * it gets no further. Rejects with the last failure and, in its detail, the step that is `saved`; one of a device that the browser
 * gives out no more is `device-lost` with the detail `gone`.
 */
export function lastingTrain(
  train: Client['train'],
  wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Client['train'] {
  return (request, onEvent) => {
    const losses: Losses = { furthest: 0, inVain: 0, device: request.device, saved: 0, cause: null };
    let reached = 0;
    let stopped = false;
    let handle: TrainHandle | null = null;

    function take(event: PageTrainEvent): void {
      if (event.kind === 'device') losses.device = event.device.name;
      if (event.kind === 'saved') losses.saved = event.step;
      if (event.kind === 'started') reached = losses.saved = event.resumedAt;
      if (event.kind === 'steps') reached = event.points.at(-1)?.step ?? reached;
      onEvent(event);
    }

    async function follow(first: TrainHandle): Promise<TrainOutcome> {
      for (let going = first; ;) {
        try {
          return await going.done;
        } catch (error) {
          const next = afterLoss(error, losses, reached);
          if (next === null) throw told(error, losses);
          if (next.lost !== null) onEvent({ kind: 'note', note: { what: 'lost', code: next.lost, step: reached } });
          onEvent({ kind: 'loading', what: 'recovering', done: 0, total: 0 });
          await wait(next.waitMs);
          if (stopped) return { kind: 'stopped', step: reached };
          // A run that had not yet begun has nothing to go on from, and begins.
          going = train({ ...request, device: losses.device, resume: request.resume || reached > 0 }, take);
          handle = going;
        }
      }
    }

    handle = train(request, take);
    return {
      runId: request.runId,
      pause: () => handle?.pause(),
      continue: () => handle?.continue(),
      step: () => handle?.step(),
      stop() {
        stopped = true;
        handle?.stop();
      },
      done: follow(handle),
    };
  };
}

/** What was lost, null where a device has not come back yet, and how long to wait before going on; null where it is of no use. */
function afterLoss(
  error: unknown,
  losses: Losses,
  reached: number,
): { readonly lost: ErrorCode | null; readonly waitMs: number } | null {
  if (!(error instanceof AppError)) return null;
  const isLoss = recoverable.includes(error.code);
  if (!isLoss && !isGone(error, losses)) return null;
  if (isLoss) losses.cause = error;
  losses.inVain = reached > losses.furthest ? 1 : losses.inVain + 1;
  losses.furthest = Math.max(losses.furthest, reached);
  const waitMs = waitsMs[losses.inVain - 1];
  return waitMs === undefined ? null : { lost: isLoss ? error.code : null, waitMs };
}

/** Whether a device that was lost is not given out again. */
function isGone({ code }: AppError, { cause }: Losses): boolean {
  return code === 'device-unavailable' && cause?.code === 'device-lost';
}

/** With what is saved, so that the sentence can tell. */
function told(error: unknown, losses: Losses): unknown {
  if (!(error instanceof AppError)) return error;
  const { saved, cause } = losses;
  if (isGone(error, losses))
    return new AppError('device-lost', error.message, { ...cause?.detail, gone: 'yes', saved });
  return recoverable.includes(error.code) ? new AppError(error.code, error.message, { ...error.detail, saved }) : error;
}
