import type { BudgetId } from '../run/experiment/experiment.ts';
import type { Database } from './database.ts';
import type { StoredRun } from './runs.ts';
import { read, write } from './transact.ts';

/** Runs that were asked for together. Those of them that are not done are the queue, together with those of other experiments. */
export interface StoredExperiment {
  readonly id: string;
  readonly name: string;
  /** What was held equal between its runs. */
  readonly budget: BudgetId;
  /** In the order in which they were planned. */
  readonly runs: readonly ExperimentRun[];
  /** Milliseconds since 1970, UTC. */
  readonly createdMs: number;
}

/** A run's part in the queue; what has become of it stands with the run, which may have been deleted. */
export interface ExperimentRun {
  readonly runId: string;
  /** Its turn among the runs of all experiments, the smallest first. */
  readonly place: number;
  /** Whether it waits, when its turn has come, until the person lets it go. */
  readonly held: boolean;
  /** Tries begun in a row that stored no further step, and the step at which the last one began. */
  readonly tries: number;
  readonly triedAt: number;
  /** Id of the finished run that this one repeats with the choices of its engine. */
  readonly repeats?: string;
}

export type PlaceChange = Partial<Omit<ExperimentRun, 'runId'>>;

/** Stores an experiment together with its waiting runs, all or none. Throws `storage-full` and its like. */
export async function saveExperiment(
  database: Database,
  experiment: StoredExperiment,
  runs: readonly StoredRun[],
): Promise<void> {
  await write(database, ['experiments', 'runs'], async (transaction) => {
    await transaction.objectStore('experiments').put(experiment);
    const store = transaction.objectStore('runs');
    for (const run of runs) await store.put(run);
  });
}

/** All experiments, oldest first. */
export async function listExperiments(database: Database): Promise<readonly StoredExperiment[]> {
  const all = await read(database, ['experiments'], (transaction) => transaction.objectStore('experiments').getAll());
  return all.sort((a, b) => a.createdMs - b.createdMs);
}

/** Changes a run's part in the queue; of a run that is in none nothing changes. */
export async function changePlace(database: Database, runId: string, change: PlaceChange): Promise<void> {
  await write(database, ['experiments'], async (transaction) => {
    const store = transaction.objectStore('experiments');
    for (const experiment of await store.getAll()) {
      if (!experiment.runs.some((run) => run.runId === runId)) continue;
      const runs = experiment.runs.map((run) => (run.runId === runId ? { ...run, ...change } : run));
      await store.put({ ...experiment, runs });
    }
  });
}
