type Body = (lock: object | null) => Promise<unknown>;

/** Web Locks of all tabs, as far as they are used: exclusive, with `signal` or `ifAvailable`, and `query`. */
export function fakeLocks(): LockManager {
  const held = new Map<string, Promise<unknown>>();

  function hold(name: string, body: Body): Promise<unknown> {
    const done = body({ name }).finally(() => {
      if (held.get(name) === done) held.delete(name);
    });
    held.set(name, done);
    return done;
  }

  function refusedBy(signal: AbortSignal | undefined): Promise<never> {
    return new Promise((_resolve, reject) => {
      const refuse = () => reject(signal?.reason as Error);
      if (signal?.aborted === true) refuse();
      signal?.addEventListener('abort', refuse);
    });
  }

  const manager = {
    async request(name: string, options: LockOptions | Body, given?: Body) {
      const [{ signal, ifAvailable }, body] = typeof options === 'function' ? [{}, options] : [options, given!];
      if (ifAvailable === true && held.has(name)) return body(null);
      const refused = refusedBy(signal);
      refused.catch(() => undefined);
      for (let before = held.get(name); before !== undefined; before = held.get(name)) {
        await Promise.race([before.catch(() => undefined), refused]);
      }
      return hold(name, body);
    },
    query: () => Promise.resolve({ held: [...held.keys()].map((name) => ({ name })), pending: [] }),
  };
  return manager as unknown as LockManager;
}
