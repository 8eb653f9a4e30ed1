import { AppError } from '../core/errors.ts';

const prefix = 'vermeil/run/';

/** After a reload the worker of the page before may take a moment to go. */
const patienceMs = 3000;

/** Runs `body` while no other tab may train this run. Throws `run-elsewhere` where another does; free without locks. */
export async function withRunLock<T>(
  locks: LockManager | undefined,
  runId: string,
  body: () => Promise<T>,
  waitMs = patienceMs,
): Promise<T> {
  if (locks === undefined) return body();
  const waiting = new AbortController();
  const timer = setTimeout(() => {
    waiting.abort(new AppError('run-elsewhere', `${runId} is locked`, { run: runId }));
  }, waitMs);
  // Once the lock is had, the signal has no say any more.
  return locks.request(prefix + runId, { signal: waiting.signal }, () => {
    clearTimeout(timer);
    return body();
  });
}

/**
 * Ids of the runs that a worker of any tab trains now: a stored run that is `running` or `paused` and not among them was
 * cut short. Null where the browser cannot tell.
 */
export async function liveRuns(locks: LockManager | undefined): Promise<ReadonlySet<string> | null> {
  if (locks === undefined) return null;
  const { held = [] } = await locks.query();
  const names = held.flatMap(({ name }) => (name?.startsWith(prefix) === true ? [name.slice(prefix.length)] : []));
  return new Set(names);
}
