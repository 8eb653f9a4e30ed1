const prefix = 'vermeil/import/';

/**
 * Shows all tabs that an import goes on, until the result is called or the worker is gone; resolves once it is shown.
 * Without locks (insecure contexts) nothing is shown.
 */
export async function holdImport(locks: LockManager | undefined, id: string): Promise<() => void> {
  if (locks === undefined) return () => undefined;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await new Promise<void>((resolve) => {
    // A browser that refuses the lock only tells other tabs less.
    locks
      .request(prefix + id, () => {
        resolve();
        return held;
      })
      .catch(() => {
        resolve();
      });
  });
  return release;
}

/** Ids of imports that go on in any tab; null where the browser cannot tell. */
export async function liveImports(locks: LockManager | undefined): Promise<ReadonlySet<string> | null> {
  if (locks === undefined) return null;
  const { held = [] } = await locks.query();
  return new Set(held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}
