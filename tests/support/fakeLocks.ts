/** Web Locks of all tabs, as far as imports use them: `request(name, body)` and `query()`. */
export function fakeLocks(): LockManager {
  const held = new Map<string, Promise<unknown>>();
  const manager = {
    async request(name: string, body: () => Promise<unknown>) {
      await held.get(name);
      const done = body().finally(() => held.delete(name));
      held.set(name, done);
      return done;
    },
    query: () => Promise.resolve({ held: [...held.keys()].map((name) => ({ name })), pending: [] }),
  };
  return manager as unknown as LockManager;
}
