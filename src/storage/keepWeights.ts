import { weightsToLetGo, type LetGo } from '../run/keep.ts';
import type { LogEntry } from '../run/log.ts';
import type { Database } from './database.ts';
import { listRuns } from './runs.ts';
import { loadSetting } from './settings.ts';
import { write } from './transact.ts';

/** Setting: `all` keeps the weights of every run; anything else those of the best seed and of pinned runs. */
export const keepWeightsSetting = 'keep-weights';

/**
 * Lets go of the weights that need not be kept, unless the person wants all of them; each run's log says why. Gives what was
 * let go. Runs that are removed, but can still be put back, keep theirs and count for no others. Throws what storage throws;
 * runs before the failure are done.
 */
export async function letGoWeights(database: Database, nowMs: number): Promise<readonly LetGo[]> {
  if ((await loadSetting(database, keepWeightsSetting)) === 'all') return [];
  const letGo = weightsToLetGo((await listRuns(database)).filter(({ removed }) => removed !== true));
  for (const { id, reason } of letGo) {
    await write(database, ['models', 'runs'], async (transaction) => {
      const runs = transaction.objectStore('runs');
      const run = await runs.get(id);
      if (run === undefined || run.pinned) return; // meanwhile removed or pinned
      const entry: LogEntry = { ms: nowMs, what: 'weights-let-go', step: run.step, detail: reason };
      await runs.put({ ...run, modelKept: false, log: [...run.log, entry] });
      await transaction.objectStore('models').delete(id);
    });
  }
  return letGo;
}
