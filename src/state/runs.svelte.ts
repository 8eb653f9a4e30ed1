import { AppError } from '../core/errors.ts';
import { keepWeightsSetting } from '../storage/keepWeights.ts';
import { roomOfRun, type RunRoom } from '../storage/runRoom.ts';
import { deleteRun, listRuns, updateRun, type RunMarks, type StoredRun } from '../storage/runs.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import { holdPlace, liveRuns } from '../worker/runLock.ts';
import type { Services } from './services.ts';

export type { RunMarks, StoredRun };

/** How long a removed run can be put back. */
const undoMs = 20_000;

/** How often it is looked whether a run of another tab still goes on. */
const lookMs = 1500;

/** The runs that are kept, newest first. */
export class RunsState {
  list: readonly StoredRun[] = $state.raw([]);
  /** Whether the weights of every run stay, not only those of the best seed of each way to train and of pinned runs. */
  keepAll = $state(false);
  /** Ids of the runs that this page trains or has in its queue; others that were under way were cut short. */
  live: readonly string[] = $state.raw([]);
  /** Ids of those that another tab trains or has in its queue. */
  elsewhere: readonly string[] = $state.raw([]);
  /** Ids of those whose model found no room and is in the worker's memory only, until this page is closed. */
  inMemory: readonly string[] = $state.raw([]);

  readonly finished: readonly StoredRun[] = $derived(this.list.filter((run) => run.record !== null));
  /** Runs that can be gone on with: cut short by a reload, stopped, or failed after a snapshot. */
  readonly unfinished: readonly StoredRun[] = $derived(
    this.list.filter((run) => run.record === null && run.status !== 'queued' && this.#isFree(run)),
  );
  /** Runs that waited in a queue whose page is gone, in their order. */
  readonly waiting: readonly StoredRun[] = $derived(
    this.list.filter((run) => run.status === 'queued' && this.#isFree(run)).toReversed(),
  );
  /** Tags that runs have, by name. */
  readonly tags: readonly string[] = $derived([...new Set(this.list.flatMap(({ tags }) => tags))].sort());

  readonly #services: Services;
  readonly #tell: (error: unknown) => void;
  readonly #places = new Map<string, () => void>();
  readonly #onDeleted: () => Promise<void>;
  /** Runs that were removed here, and are not shown whether or not they are deleted yet. */
  readonly #removed = new Set<string>();
  #looking: ReturnType<typeof setTimeout> | undefined;

  /** `tell`: for failures of what happens later than the click that asked for it. `onDeleted`: told when runs are gone for good. */
  constructor(services: Services, tell: (error: unknown) => void, onDeleted = () => Promise.resolve()) {
    this.#services = services;
    this.#tell = tell;
    this.#onDeleted = onDeleted;
  }

  async load(): Promise<void> {
    const { locks, tabs } = this.#services;
    const held = [...((await liveRuns(locks)) ?? tabs.others())];
    this.elsewhere = held.filter((id) => !this.live.includes(id));
    clearTimeout(this.#looking);
    // After a reload the worker of the page before may hold its run for a moment longer.
    if (this.elsewhere.length > 0) this.#looking = setTimeout(() => void this.load().catch(() => undefined), lookMs);
    this.keepAll = (await loadSetting(this.#services.database, keepWeightsSetting)) === 'all';
    const stored = await listRuns(this.#services.database);
    this.list = stored.filter(({ id }) => !this.#removed.has(id));
  }

  find(id: string): StoredRun | undefined {
    return this.list.find((run) => run.id === id);
  }

  /** Shows here and to other tabs that this page has these runs in hand, and no others any more. */
  followAll(ids: readonly string[]): void {
    this.live = ids;
    for (const [id, letGo] of this.#places) {
      if (ids.includes(id)) continue;
      letGo();
      this.#places.delete(id);
    }
    for (const id of ids) {
      if (!this.#places.has(id)) this.#places.set(id, holdPlace(this.#services.locks, id));
    }
  }

  /** Whether a page, this one or another, or its worker has the run in hand. */
  isLive({ id }: Pick<StoredRun, 'id'>): boolean {
    return this.live.includes(id) || this.elsewhere.includes(id);
  }

  #isFree(run: StoredRun): boolean {
    return !this.isLive(run);
  }

  /** What is kept of a run besides its record. */
  roomOf(id: string): Promise<RunRoom> {
    return roomOfRun(this.#services.database, id);
  }

  /** From the next run's end on. Throws what storage throws. */
  async setKeepAll(on: boolean): Promise<void> {
    await saveSetting(this.#services.database, keepWeightsSetting, on ? 'all' : 'best-seed');
    this.keepAll = on;
  }

  /** Changes what a person says of a run. Throws what storage throws; then nothing has changed. */
  async mark(id: string, change: Partial<RunMarks>): Promise<void> {
    await updateRun(this.#services.database, id, change);
    this.list = this.list.map((run) => (run.id === id ? { ...run, ...change } : run));
  }

  /**
   * Takes runs off the list; gives what puts them back. They are deleted, with all that is kept of them, only after a while:
   * a closed tab before that keeps them, and so does a tab that goes on with them meanwhile.
   */
  remove(...ids: readonly string[]): () => void {
    const runs = this.list.filter(({ id }) => ids.includes(id));
    for (const id of ids) this.#removed.add(id);
    void this.#markRemoved(ids, true);
    this.list = this.list.filter(({ id }) => !ids.includes(id));
    const timer = setTimeout(() => void this.#delete(runs), undoMs);
    return () => {
      clearTimeout(timer);
      this.#putBack(ids);
    };
  }

  /** Deletes for good. What could not be deleted is on the list again, and why is told. */
  async #delete(runs: readonly StoredRun[]): Promise<void> {
    const { database } = this.#services;
    for (const { id, name } of runs) {
      try {
        await this.load(); // asks again who has it in hand
        // One that a page has gone on with has lost its mark, even if it has finished since.
        const isGone = !this.isLive({ id }) && (await deleteRun(database, id, ({ removed }) => removed === true));
        if (!isGone) throw new AppError('run-elsewhere', `${id} goes on elsewhere`, { kept: name });
      } catch (error) {
        this.#tell(error);
        this.#putBack([id]);
      }
    }
    await this.#onDeleted().catch(this.#tell);
  }

  #putBack(ids: readonly string[]): void {
    for (const id of ids) this.#removed.delete(id);
    void this.#markRemoved(ids, false);
  }

  /** Says in storage, where every tab and worker sees it, whether runs are removed. What could not be marked is not removed. */
  async #markRemoved(ids: readonly string[], removed: boolean): Promise<void> {
    try {
      for (const id of ids) await updateRun(this.#services.database, id, { removed });
      if (!removed) await this.load();
    } catch (error) {
      this.#tell(error);
    }
  }
}
