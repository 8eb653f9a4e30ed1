import type { AppError } from '../core/errors.ts';
import type { BudgetId } from '../run/experiment/experiment.ts';
import { changePlace, saveExperiment, type StoredExperiment } from '../storage/experiments.ts';
import { deleteRun, loadRun, saveRun, updateRun, type StoredRun } from '../storage/runs.ts';
import type { TrainRequest } from '../worker/protocol.ts';
import { concernsAll, firstPlace, freshEntry, lastPlace, mostTries, type QueuedRun } from './queueOrder.ts';
import type { Services } from './services.ts';
import { waitingRun } from './waitingRun.ts';

type Place = Pick<Services, 'database' | 'now' | 'newId'>;

/** Puts runs that belong together behind all that wait. All of them are stored, or it throws. */
export async function putLast(
  { database, newId, now }: Place,
  experiments: readonly StoredExperiment[],
  { name, budget, requests }: { name: string; budget: BudgetId; requests: readonly TrainRequest[] },
): Promise<void> {
  const [place, createdMs] = [lastPlace(experiments), now()];
  const runs = requests.map(({ runId, repeats }, i) => ({
    ...freshEntry(runId, place + i),
    ...(repeats !== undefined && { repeats }),
  }));
  // A millisecond apart, since runs are listed by age.
  const waiting = requests.map((request, i) => waitingRun(request, createdMs + i));
  await saveExperiment(database, { id: newId(), name, budget, createdMs, runs }, waiting);
}

/** Puts a run that was stopped, failed or cut short before all that wait. */
export async function putFirst(
  { database, newId, now }: Place,
  experiments: readonly StoredExperiment[],
  { id, name, step }: StoredRun,
): Promise<void> {
  const entry = { ...freshEntry(id, firstPlace(experiments)), triedAt: step };
  if (experiments.some(({ runs }) => runs.some(({ runId }) => runId === id))) await changePlace(database, id, entry);
  else await saveExperiment(database, { id: newId(), name, budget: 'free', createdMs: now(), runs: [entry] }, []);
  await updateRun(database, id, { status: 'queued', error: null, removed: false });
}

/** Takes runs out, as read just now; what was trained of them stays. Gives what puts them back in their places. */
export async function takeOut(
  { database }: Pick<Place, 'database'>,
  items: readonly QueuedRun[],
): Promise<() => Promise<void>> {
  for (const { run } of items) {
    if (run.step === 0) await deleteRun(database, run.id);
    else await updateRun(database, run.id, { status: 'stopped' });
  }
  return async () => {
    for (const { run } of items) {
      if (run.step === 0) await saveRun(database, { ...run, status: 'queued' });
      else if ((await loadRun(database, run.id))?.status === 'stopped')
        await updateRun(database, run.id, { status: 'queued' });
    }
  };
}

/** Stores that a run has failed; gives whether it waits once more, to go on from its last snapshot, and not if all would fail alike. */
export async function keepFailure(
  { database }: Pick<Place, 'database'>,
  { run, experiment }: QueuedRun,
  { code, message, detail }: AppError,
  tries: number,
): Promise<boolean> {
  const again = tries < mostTries && experiment.runs.length > 1 && !concernsAll(code);
  // A worker that crashed has stored nothing of it.
  const change = again
    ? { status: 'queued' as const }
    : { status: 'failed' as const, error: { code, message, detail } };
  await updateRun(database, run.id, change);
  return again;
}
