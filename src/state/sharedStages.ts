import { digestJson } from '../core/hash.ts';
import { costRuns } from '../run/experiment/cost.ts';
import type { SourceCounts } from '../run/plan.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { TrainRequest } from '../worker/protocol.ts';

/** The key under which a run's first stage is left to others; null where it is never shared, or its data are gone. */
export function stageKeyOf(
  { config, datasets, checkpointUrl }: Pick<StoredRun, 'config' | 'datasets' | 'checkpointUrl'>,
  counts: SourceCounts,
): string | null {
  try {
    const stage = costRuns([config], counts)[0]?.firstStage ?? null;
    return stage === null ? null : digestJson([stage, datasets, checkpointUrl]);
  } catch {
    return null; // the run itself will say what it lacks
  }
}

/** What a run is told of its first stage, where others that wait have the same one or it may have been trained already. */
export function sharedStage(key: string | null, waiting: ReadonlySet<string>): Pick<TrainRequest, 'shared'> {
  return key === null ? {} : { shared: { key, keep: waiting.has(key) } };
}

/** Keys of the first stages that runs want. */
export function stagesOf(
  runs: readonly { readonly run: StoredRun }[],
  requests: { stageKey(run: StoredRun): string | null },
): ReadonlySet<string> {
  return new Set(runs.flatMap(({ run }) => requests.stageKey(run) ?? []));
}
