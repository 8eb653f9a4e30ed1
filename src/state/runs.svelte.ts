import { deleteRun, listRuns, type StoredRun } from '../storage/runs.ts';
import type { Services } from './services.ts';

export type { StoredRun };

/** How long a removed run can be put back. */
const undoMs = 20_000;

/** The runs that are kept, newest first. */
export class RunsState {
  list: readonly StoredRun[] = $state.raw([]);
  /** Ids of the runs that a worker of this page works on or has ended; others that were under way were cut short. */
  live: readonly string[] = $state.raw([]);

  readonly finished: readonly StoredRun[] = $derived(this.list.filter((run) => run.record !== null));
  /** Runs that can be gone on with: cut short by a reload, stopped, or failed after a snapshot. */
  readonly unfinished: readonly StoredRun[] = $derived(
    this.list.filter((run) => run.record === null && run.status !== 'queued' && !this.live.includes(run.id)),
  );
  /** The rate measured last on this machine, for estimates. */
  readonly measured = $derived(measuredOf(this.finished));

  readonly #services: Services;
  #removed: readonly string[] = [];

  constructor(services: Services) {
    this.#services = services;
  }

  async load(): Promise<void> {
    const stored = await listRuns(this.#services.database);
    this.list = stored.filter(({ id }) => !this.#removed.includes(id));
  }

  find(id: string): StoredRun | undefined {
    return this.list.find((run) => run.id === id);
  }

  follow(id: string): void {
    this.live = [...this.live, id];
  }

  letGo(id: string): void {
    this.live = this.live.filter((other) => other !== id);
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
