import { AppError } from '../core/errors.ts';

const prefix = 'vermeil/run/';

/** Runs `body` while no other tab may train this run. Throws `run-elsewhere` where another does; free without locks. */
export async function withRunLock<T>(
  locks: LockManager | undefined,
  runId: string,
  body: () => Promise<T>,
): Promise<T> {
  if (locks === undefined) return body();
  return locks.request(prefix + runId, { ifAvailable: true }, (lock) => {
    if (lock === null) throw new AppError('run-elsewhere', `${runId} is locked`, { run: runId });
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
