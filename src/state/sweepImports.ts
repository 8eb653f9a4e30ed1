import type { Database } from '../storage/database.ts';
import { discardStaged, stagedIds } from '../storage/staging.ts';
import { liveImports } from '../worker/importLock.ts';

/** Drops what imports left behind that were cut short; those that go on in other tabs are not touched. */
export async function sweepImports(database: Database, locks: LockManager | undefined): Promise<void> {
  const staged = await stagedIds(database); // before the locks are looked at: each import holds its lock first
  if (staged.length === 0) return;
  const live = await liveImports(locks);
  await discardStaged(
    database,
    staged.filter((id) => live?.has(id) !== true),
  );
}
