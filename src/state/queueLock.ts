const name = 'vermeil/queue';

/** A tab that is reloaded has its queue back within this time; only then does another one take it over. */
const graceMs = 4000;

/**
 * Runs `body` while no other tab works off the queue: at once, or some time after the tab that does is gone. Free where the
 * browser has no locks. `onWait` is told when another tab does it.
 */
export async function withQueueLock(
  locks: LockManager | undefined,
  body: () => Promise<void>,
  onWait: () => void = () => undefined,
  wait: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, graceMs)),
): Promise<void> {
  if (locks === undefined) return body();
  for (;;) {
    const isDone = await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await body();
      return lock !== null;
    });
    if (isDone) return;
    onWait();
    await locks.request(name, () => Promise.resolve());
    await wait();
  }
}
