import * as v from 'valibot';
import { budgetIds } from '../run/experiment/experiment.ts';
import type { Database } from './database.ts';
import { listExperiments, saveExperiment, type StoredExperiment } from './experiments.ts';

const experiment = v.object({
  name: v.string(),
  budget: v.picklist(budgetIds),
  runIds: v.array(v.string()),
  createdMs: v.number(),
});
type PortableExperiment = v.InferOutput<typeof experiment>;

/** The experiments without what only the queue here has to know. */
export async function portableExperiments(database: Database): Promise<readonly PortableExperiment[]> {
  return (await listExperiments(database)).map(({ name, budget, runs, createdMs }) => ({
    ...{ name, budget, createdMs },
    runIds: runs.map(({ runId }) => runId),
  }));
}

/** Experiments out of a bundle; null where the file holds anything else. */
export function decodeExperiments(value: unknown): readonly PortableExperiment[] | null {
  const decoded = v.safeParse(v.array(experiment), value);
  return decoded.success ? decoded.output : null;
}

/**
 * Takes experiments in, with those of their runs that came along, under the ids that these have here. Whatever they were
 * doing where the bundle was written, here they wait for nobody.
 */
export async function takeExperiments(
  database: Database,
  experiments: readonly PortableExperiment[],
  idHere: (runId: string) => string | undefined,
): Promise<void> {
  const known = new Set((await listExperiments(database)).flatMap(({ runs }) => runs.map(({ runId }) => runId)));
  for (const { runIds, ...others } of experiments) {
    const ids = runIds.flatMap((runId) => idHere(runId) ?? []).filter((runId) => !known.has(runId));
    const [id] = ids; // of a run, so that it is the only one
    if (id === undefined) continue;
    const runs = ids.map((runId, place): StoredExperiment['runs'][number] => ({
      ...{ runId, place, held: false, tries: 0, triedAt: 0 },
    }));
    await saveExperiment(database, { ...others, id, runs }, []);
  }
}
