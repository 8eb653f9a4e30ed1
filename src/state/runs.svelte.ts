import { deleteRun, listRuns, type StoredRun } from '../storage/runs.ts';
import { holdPlace, liveRuns } from '../worker/runLock.ts';
import type { Services } from './services.ts';

export type { StoredRun };

/** How long a removed run can be put back. */
const undoMs = 20_000;

/** How often it is looked whether a run of another tab still goes on. */
const lookMs = 1500;

/** The runs that are kept, newest first. */
export class RunsState {
  list: readonly StoredRun[] = $state.raw([]);
  /** Ids of the runs that this page trains or has in its queue; others that were under way were cut short. */
  live: readonly string[] = $state.raw([]);
  /** Ids of those that another tab trains or has in its queue. */
  elsewhere: readonly string[] = $state.raw([]);

  readonly finished: readonly StoredRun[] = $derived(this.list.filter((run) => run.record !== null));
  /** Runs that can be gone on with: cut short by a reload, stopped, or failed after a snapshot. */
  readonly unfinished: readonly StoredRun[] = $derived(
    this.list.filter((run) => run.record === null && run.status !== 'queued' && this.#isFree(run)),
  );
  /** Runs that waited in a queue whose page is gone, in their order. */
  readonly waiting: readonly StoredRun[] = $derived(
    this.list.filter((run) => run.status === 'queued' && this.#isFree(run)).toReversed(),
  );
  /** The rate measured last on this machine, for estimates. */
  readonly measured = $derived(measuredOf(this.finished));

  readonly #services: Services;
  readonly #places = new Map<string, () => void>();
  #removed: readonly string[] = [];
  #looking: ReturnType<typeof setTimeout> | undefined;

  constructor(services: Services) {
    this.#services = services;
  }

  async load(): Promise<void> {
    const held = [...((await liveRuns(this.#services.locks)) ?? [])];
    this.elsewhere = held.filter((id) => !this.live.includes(id));
    clearTimeout(this.#looking);
    // After a reload the worker of the page before may hold its run for a moment longer.
    if (this.elsewhere.length > 0) this.#looking = setTimeout(() => void this.load().catch(() => undefined), lookMs);
    const stored = await listRuns(this.#services.database);
    this.list = stored.filter(({ id }) => !this.#removed.includes(id));
  }

  find(id: string): StoredRun | undefined {
    return this.list.find((run) => run.id === id);
  }

  follow(id: string): void {
    this.live = [...this.live, id];
    this.#places.set(id, holdPlace(this.#services.locks, id));
  }

  letGo(id: string): void {
    this.live = this.live.filter((other) => other !== id);
    this.#places.get(id)?.();
    this.#places.delete(id);
  }

  #isFree({ id }: StoredRun): boolean {
    return !this.live.includes(id) && !this.elsewhere.includes(id);
  }

  /**
   * Takes a run off the list; gives what puts it back. It is deleted, with its model, only after a while: a closed tab
   * before that keeps it.
   */
  remove(id: string): () => void {
    this.#removed = [...this.#removed, id];
    this.list = this.list.filter((run) => run.id !== id);
    const timer = setTimeout(() => void deleteRun(this.#services.database, id), undoMs);
    return () => {
      clearTimeout(timer);
      this.#removed = this.#removed.filter((other) => other !== id);
      void this.load();
    };
  }
}

function measuredOf(finished: readonly StoredRun[]) {
  // The longest run tells most: a short one is mostly loading and scoring.
  const records = finished.flatMap(({ record }) => (record === null || record.seconds <= 0 ? [] : [record]));
  const record = records.reduce<(typeof records)[number] | null>(
    (a, b) => (a !== null && a.steps >= b.steps ? a : b),
    null,
  );
  if (record === null) return null;
  return {
    kind: 'measured' as const,
    tokensPerSecond: record.tokens / record.seconds,
    layers: record.config.layers,
    device: record.device.name,
  };
}
