import type { StoredExperiment } from '../storage/experiments.ts';
import type { StoredRun } from '../storage/runs.ts';

/** More lines than these cannot be told apart behind another one. */
const most = 4;

/** Finished runs to be seen behind a run that goes on: those of its experiment, else those with as many steps; newest first. */
export function recentRuns(
  { runId, steps }: { readonly runId: string; readonly steps: number },
  finished: readonly StoredRun[],
  experiments: readonly StoredExperiment[],
): readonly StoredRun[] {
  const own = experiments.find(({ runs }) => runs.some((run) => run.runId === runId));
  const others = finished.filter(({ id }) => id !== runId);
  const siblings = others.filter(({ id }) => own?.runs.some((run) => run.runId === id));
  const alike = siblings.length > 0 ? siblings : others.filter(({ record }) => record?.steps === steps);
  return [...alike].sort((a, b) => b.updatedMs - a.updatedMs).slice(0, most);
}
