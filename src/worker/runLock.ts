import { AppError } from '../core/errors.ts';

const prefix = 'vermeil/run/';
/** Held by the worker that trains, whatever it trains: devices are not for two at a time. */
const trainer = 'vermeil/trainer';
/** Held by the page for each run of its queue, from the click to the run's end. */
const placePrefix = 'vermeil/place/';

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
 * Runs `body` while no other tab trains this run (else it throws `run-elsewhere`), nor any other: for that it waits its turn, of
 * which `onWait` is told. Gives null where the signal is aborted meanwhile. Free without locks.
 */
export function whenItsTurn<T>(
  locks: LockManager | undefined,
  runId: string,
  signal: AbortSignal,
  onWait: () => void,
  body: () => Promise<T>,
): Promise<T | null> {
  if (locks === undefined) return body();
  return withRunLock(locks, runId, async () => {
    const atOnce = await locks.request(trainer, { ifAvailable: true }, async (lock) =>
      lock === null ? null : { result: await body() },
    );
    if (atOnce !== null) return atOnce.result;
    onWait();
    return locks.request(trainer, { signal }, body).catch((error: unknown) => {
      if (error === signal.reason) return null;
      throw error;
    });
  });
}

/** Shows other tabs that this page has the run in its queue, until the result is called or the page is gone. */
export function holdPlace(locks: LockManager | undefined, runId: string): () => void {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // A browser that refuses the lock only tells other tabs less.
  locks?.request(placePrefix + runId, () => held).catch(() => undefined);
  return release;
}

/**
 * Ids of the runs that any tab trains or has in its queue: a stored run that is `running` or `paused` and not among them
 * was cut short, and one that is `queued` has lost its queue. Null where the browser cannot tell.
 */
export async function liveRuns(locks: LockManager | undefined): Promise<ReadonlySet<string> | null> {
  if (locks === undefined) return null;
  const { held = [] } = await locks.query();
  const idsWith = (start: string) =>
    held.flatMap(({ name = '' }) => (name.startsWith(start) ? [name.slice(start.length)] : []));
  return new Set([prefix, placePrefix].flatMap(idsWith));
}
