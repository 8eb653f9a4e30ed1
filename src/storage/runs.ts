import type { ErrorCode, ErrorDetail } from '../core/errors.ts';
import { defaultConfig, type RunConfig } from '../run/config.ts';
import type { DevPoint, RunRecord, StagePlan, TrainPoint } from '../run/events.ts';
import type { DataFacts } from '../run/experiment/facts.ts';
import type { LogEntry } from '../run/log.ts';
import type { Database } from './database.ts';
import { read, write } from './transact.ts';

/**
 * `running` and `paused` without a live worker mean that the run was cut short, by a reload or a crash; `queued` without a
 * page that has it in its queue, that it still waits to be begun.
 */
export type RunStatus = 'queued' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed';

/** What a person says of a run. */
export interface RunMarks {
  readonly name: string;
  readonly tags: readonly string[];
  readonly notes: string;
  /** Whether its weights stay whatever other runs score; see `keep.ts`. */
  readonly pinned: boolean;
}

/** A run as far as it came. */
export interface StoredRun extends RunMarks {
  readonly id: string;
  readonly config: RunConfig;
  readonly status: RunStatus;
  /** Ids of the datasets of each role, to give the data again when going on. */
  readonly datasets: Readonly<Record<'silver' | 'gold' | 'dev' | 'test', readonly string[]>>;
  readonly checkpointUrl: string;
  readonly notice: string;
  /** The device that was opened last, or asked for while the run waits; null where it is left to the self-test. */
  readonly device: { readonly name: string; readonly adapter: string } | null;
  /** Updates planned, 0 before the plan is made, and done when the run was stored last. */
  readonly steps: number;
  readonly step: number;
  readonly stages: readonly StagePlan[];
  readonly curve: readonly TrainPoint[];
  readonly dev: readonly DevPoint[];
  /** Set once the run has finished. */
  readonly record: RunRecord | null;
  /** What was known of its data where it was trained, for a run whose data may not be here. */
  readonly facts?: DataFacts;
  /**
   * Whether a page has removed it and can still put it back: then it counts for no other run. A page that goes on with the run
   * takes the mark off, and only a run that has it is deleted. A page that was closed leaves it, which does no harm.
   */
  readonly removed?: boolean;
  /** Whether the trained model is kept with the run. */
  readonly modelKept: boolean;
  /** Why it failed, where it did. */
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly detail: ErrorDetail } | null;
  /** What happened to it, in order; empty in runs from before it was kept. */
  readonly log: readonly LogEntry[];
  /** Milliseconds since 1970, UTC. */
  readonly createdMs: number;
  readonly updatedMs: number;
}

export type RunChange = Partial<Omit<StoredRun, 'id' | 'createdMs'>>;

/** What a new run has before anybody said anything of it. */
export const unmarked = { tags: [], notes: '', pinned: false } as const satisfies Omit<RunMarks, 'name'>;

export async function saveRun(database: Database, run: StoredRun): Promise<void> {
  await write(database, ['runs'], (transaction) => transaction.objectStore('runs').put(run));
}

export async function loadRun(database: Database, id: string): Promise<StoredRun | null> {
  const found = await read(database, ['runs'], (transaction) => transaction.objectStore('runs').get(id));
  return found === undefined ? null : complete(found);
}

/** All runs, newest first. */
export async function listRuns(database: Database): Promise<readonly StoredRun[]> {
  const all = await read(database, ['runs'], (transaction) => transaction.objectStore('runs').getAll());
  return all.map(complete).sort((a, b) => b.createdMs - a.createdMs);
}

/** Settings that later versions added are those that mean what was done before: their defaults. */
function complete(run: StoredRun): StoredRun {
  const config = { ...defaultConfig, ...run.config };
  const { record } = run;
  return { ...run, config, record: record && { ...record, config: { ...defaultConfig, ...record.config } } };
}

/** Makes a run out of what is stored of it by now, null for nothing, and stores it: what another tab writes is not lost between. */
export async function remakeRun(
  database: Database,
  id: string,
  make: (before: StoredRun | null) => StoredRun,
): Promise<StoredRun> {
  return write(database, ['runs'], async (transaction) => {
    const store = transaction.objectStore('runs');
    const found = await store.get(id);
    const run = make(found === undefined ? null : complete(found));
    await store.put(run);
    return run;
  });
}

/** Changes a stored run; one that was deleted meanwhile stays deleted. */
export async function updateRun(database: Database, id: string, change: RunChange): Promise<void> {
  await write(database, ['runs'], async (transaction) => {
    const store = transaction.objectStore('runs');
    const found = await store.get(id);
    if (found !== undefined) await store.put({ ...found, ...change });
  });
}

/** Deletes a run with its snapshots, its model and its predictions, unless `may` says no of it; gives whether it is gone. */
export async function deleteRun(
  database: Database,
  id: string,
  may: (run: StoredRun) => boolean = () => true,
): Promise<boolean> {
  return write(database, ['runs', 'snapshots', 'models', 'predictions'], async (transaction) => {
    const found = await transaction.objectStore('runs').get(id);
    if (found !== undefined && !may(found)) return false;
    await transaction.objectStore('runs').delete(id);
    await transaction.objectStore('models').delete(id);
    await transaction.objectStore('predictions').delete(id);
    const snapshots = transaction.objectStore('snapshots');
    for (const key of await snapshots.index('runId').getAllKeys(id)) await snapshots.delete(key);
    return true;
  });
}
