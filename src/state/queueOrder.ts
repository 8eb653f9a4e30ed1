import type { ErrorCode } from '../core/errors.ts';
import type { ExperimentRun, StoredExperiment } from '../storage/experiments.ts';
import type { StoredRun } from '../storage/runs.ts';

/** A run that is not done, with its part in the queue. */
export interface QueuedRun {
  readonly run: StoredRun;
  readonly entry: ExperimentRun;
  readonly experiment: StoredExperiment;
}

/** The runs that wait, go on or were cut short, in their turns. Those that were stopped or failed wait for nobody. */
export function queueOf(experiments: readonly StoredExperiment[], runs: readonly StoredRun[]): readonly QueuedRun[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  return experiments
    .flatMap((experiment) =>
      experiment.runs.flatMap((entry): QueuedRun[] => {
        const run = byId.get(entry.runId);
        return run !== undefined && isOpen(run) ? [{ run, entry, experiment }] : [];
      }),
    )
    .sort((a, b) => a.entry.place - b.entry.place);
}

function isOpen({ record, status }: StoredRun): boolean {
  return record === null && (status === 'queued' || status === 'running' || status === 'paused');
}

const placesOf = (experiments: readonly StoredExperiment[]) =>
  experiments.flatMap(({ runs }) => runs.map(({ place }) => place));

/** A place behind all others. */
export function lastPlace(experiments: readonly StoredExperiment[]): number {
  return placesOf(experiments).reduce((last, place) => Math.max(last, place), 0) + 1;
}

/** A place before all others. */
export function firstPlace(experiments: readonly StoredExperiment[]): number {
  return placesOf(experiments).reduce((first, place) => Math.min(first, place), 0) - 1;
}

/** The part of a run that nobody has tried yet. */
export function freshEntry(runId: string, place: number): ExperimentRun {
  return { runId, place, held: false, tries: 0, triedAt: 0 };
}

/** Tries of a run that begin now: those that stored no step since the last one began count together. */
export function triesOf({ run, entry }: Pick<QueuedRun, 'run' | 'entry'>): number {
  return run.step > entry.triedAt ? 1 : entry.tries + 1;
}

/** A run that fails is tried twice. More tries without a further step come from closed or broken pages; so many are too many. */
export const mostTries = 2;
export const mostCuts = 5;

const places: readonly ErrorCode[] = [
  'storage-full',
  'storage-failed',
  'storage-newer',
  'device-lost',
  'device-unavailable',
  'device-wrong',
  'precision-unavailable',
];

/** Whether a failure is one of the place, which the other runs would meet too: then the queue waits for the person. */
export function concernsAll(code: ErrorCode): boolean {
  return places.includes(code);
}
