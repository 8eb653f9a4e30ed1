/** What was asked of a device did not come in time. */
export class Silent extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${String(limitMs / 1000)} s`);
    this.name = 'Silent';
  }
}

/**
 * Gives what `task` gives, or throws `Silent` after `limitMs`. A task cannot be ended from outside: one that still comes to
 * afterwards is told by `signal` and must leave tfjs alone, which by then serves another device.
 */
export async function inTime<T>(limitMs: number, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const silent = new Silent(limitMs);
      late.abort(silent);
      reject(silent);
    }, limitMs);
  });
  const answer = task(late.signal);
  answer.catch(() => undefined); // after the limit nobody listens any more
  try {
    return await Promise.race([answer, limit]);
  } finally {
    clearTimeout(timer);
  }
}
