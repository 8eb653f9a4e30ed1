import { AppError } from '../core/errors.ts';
import { textOf } from '../core/errorTexts.ts';
import type { BudgetId } from '../run/experiment/experiment.ts';
import { changePlace, listExperiments, type PlaceChange, type StoredExperiment } from '../storage/experiments.ts';
import { updateRun, type StoredRun } from '../storage/runs.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import { keepStages } from '../storage/stages.ts';
import type { TrainRequest } from '../worker/protocol.ts';
import { Job } from './job.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { withQueueLock } from './queueLock.ts';
import { concernsAll, firstPlace, mostCuts, queueOf, triesOf, type QueuedRun } from './queueOrder.ts';
import { keepFailure, putFirst, putLast, takeOut } from './queueStore.ts';
import type { RunsState } from './runs.svelte.ts';
import type { Services } from './services.ts';
import { sharedStage, stagesOf } from './sharedStages.ts';
import type { TrainRequests } from './trainRequests.ts';

export type { QueuedRun, StoredExperiment };

/** What the queue needs of the rest of the app. */
export interface QueueParts {
  readonly services: Pick<Services, 'client' | 'database' | 'locks' | 'tabs' | 'now' | 'newId'>;
  readonly runs: RunsState;
  readonly requests: Pick<TrainRequests, 'again' | 'stageKey'>;
  readonly notices: Notices;
  /** Told when a run has ended. */
  onEnd(job: Job): Promise<void>;
}

const pausedSetting = 'queue-paused';

/**
 * The runs of all experiments that are not done, one after the other. They stand in storage, so that a reload, a crash or a
 * closed browser loses none; one tab works them off, the next one follows when it is gone.
 */
export class QueueState {
  /** The job that goes on in this tab, or the last that ended here. */
  job: Job | null = $state.raw(null);
  experiments: readonly StoredExperiment[] = $state.raw([]);
  /** Whether no further run is begun until the person says so; kept over reloads. */
  paused = $state(false);
  /** Whether another tab works off the queue. */
  elsewhere = $state(false);

  readonly active: Job | null = $derived(this.job !== null && !this.job.ended ? this.job : null);
  readonly open: readonly QueuedRun[] = $derived.by(() => queueOf(this.experiments, this.#parts.runs.list));
  /** Those that are open but at work neither here nor in another tab. */
  readonly waiting: readonly QueuedRun[] = $derived.by(() => {
    const { elsewhere } = this.#parts.runs;
    return this.open.filter(
      ({ run: { id, status } }) => id !== this.active?.runId && (status === 'queued' || !elsewhere.includes(id)),
    );
  });

  /** Whether this tab can wait for its turn: in insecure contexts, which have no locks, the person has to say so. */
  readonly follows: boolean;
  readonly #parts: QueueParts;
  #working = false;
  /** The run that was stopped together with the queue. */
  #stopped: string | null = null;
  /** Whether something has come that the present round of work may not have seen. */
  #asked = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.follows = parts.services.locks !== undefined;
    parts.services.tabs.onQueue(() => void parts.notices.guard(() => this.follow()));
  }

  /** Reads what is stored, and goes on with it where it was cut short. */
  async follow(): Promise<void> {
    await this.#load();
    const [next] = this.open;
    // Without locks two tabs would train the same; and what the person had paused stays so.
    const { tabs } = this.#parts.services;
    if (!this.follows) this.elsewhere = tabs.others().size > 0;
    else if (next !== undefined && next.run.status !== 'paused') void this.#work();
  }

  /** Adds runs that belong together; they start when their turn comes. All of them are stored, or it throws. */
  async add(name: string, budget: BudgetId, requests: readonly TrainRequest[]): Promise<void> {
    await putLast(this.#parts.services, this.experiments, { name, budget, requests });
    await this.goOn();
  }

  /** Goes on with runs that were stopped, failed or cut short, before all others; without any, with what waits. */
  async goOn(...runs: readonly StoredRun[]): Promise<void> {
    for (const run of runs.toReversed()) {
      await putFirst(this.#parts.services, this.experiments, run);
      await this.#load();
    }
    await this.#pause(false);
    void this.#work();
  }

  /** Begins no further run; the one that goes on goes on. */
  async pause(): Promise<void> {
    await this.#pause(true);
  }

  /** Stops the present run, which waits with the others from then on, and begins no other. */
  async stopAll(): Promise<void> {
    await this.#pause(true);
    this.#stopped = this.active?.runId ?? null;
    this.job?.stop();
  }

  /** Lets a run be the next. */
  async first({ run }: QueuedRun): Promise<void> {
    await this.#place(run.id, { place: firstPlace(this.experiments), held: false });
  }

  /** Passes a run over until it is let go. */
  async hold({ run }: QueuedRun, held: boolean): Promise<void> {
    await this.#place(run.id, { held });
    if (!held) void this.#work();
  }

  /** Takes those that still wait off the queue; gives what puts them back. Throws `run-elsewhere` where all have begun. */
  async takeOff(items: readonly QueuedRun[]): Promise<() => Promise<void>> {
    await this.#load();
    const waiting = this.waiting.filter(({ run }) => items.some((item) => item.run.id === run.id));
    if (waiting.length === 0) throw new AppError('run-elsewhere', 'none of them waits any more');
    const putBack = await takeOut(this.#parts.services, waiting);
    await this.#changed();
    await this.keepStages();
    return async () => {
      await putBack();
      await this.#changed();
      void this.#work();
    };
  }

  /** Works off the queue, until nothing waits or it is paused; what is asked meanwhile is seen. */
  async #work(): Promise<void> {
    this.#asked = true;
    if (this.#working) return;
    this.#working = true;
    while (this.#asked) {
      this.#asked = false;
      await this.#parts.notices.guard(() =>
        withQueueLock(
          this.#parts.services.locks,
          () => this.#workHere(),
          () => (this.elsewhere = true),
        ),
      );
    }
    this.#working = false;
  }

  async #workHere(): Promise<void> {
    this.elsewhere = false;
    try {
      for (let next = await this.#next(); next !== undefined; next = await this.#next()) await this.#train(next);
    } finally {
      this.#parts.runs.followAll([]);
    }
  }

  async #next(): Promise<QueuedRun | undefined> {
    this.#asked = false;
    await this.#load();
    if (this.paused) return undefined;
    if (!this.follows && this.#parts.services.tabs.others().size > 0) {
      this.elsewhere = true; // nobody can wait for the other tab here: the person goes on when it is done
      return undefined;
    }
    this.#parts.runs.followAll(this.open.map(({ run }) => run.id));
    return this.open.find(({ entry }) => !entry.held);
  }

  async #train(next: QueuedRun): Promise<void> {
    const { services, requests, notices, onEnd } = this.#parts;
    const { run, entry } = next;
    const tries = triesOf(next);
    if (tries > mostCuts) {
      await this.#place(run.id, { tries: 0 });
      await this.#pause(true);
      notices.done(`“${run.name}” was cut short ${String(mostCuts)} times at the same step. The queue waits for you.`);
      return;
    }
    await changePlace(services.database, run.id, { tries, triedAt: run.step });
    const others = this.open.filter((other) => other.run.id !== run.id);
    const shared = sharedStage(requests.stageKey(run), stagesOf(others, requests));
    const repeats = entry.repeats === undefined ? {} : { repeats: entry.repeats };
    const job = new Job({ ...requests.again(run), ...shared, ...repeats });
    this.job = job;
    await job.follow((request, onEvent) => services.client.train(request, onEvent));
    const withTheQueue = this.#stopped === run.id;
    this.#stopped = null; // said of this session of the run alone
    if (job.status === 'stopped' && withTheQueue) await updateRun(services.database, run.id, { status: 'queued' });
    if (job.failure !== null) await this.#failed(next, job.failure, tries);
    if (job.notes.some(({ what }) => what === 'model-not-saved')) await this.#unkept(run);
    await this.#load();
    await this.keepStages();
    services.tabs.tellQueue();
    await onEnd(job);
  }

  /** A run that failed is tried once more; then the others go on, unless all would fail alike. */
  async #failed(failed: QueuedRun, failure: AppError, tries: number): Promise<void> {
    const { services, notices } = this.#parts;
    const others = this.waiting.length;
    const again = await keepFailure(services, failed, failure, tries);
    const told = `“${failed.run.name}” failed: ${textOf(failure.code, failure.detail).what}`;
    if (again) notices.done(`${told} It is tried once more.`);
    else if (concernsAll(failure.code)) await this.#pause(true);
    else if (others > 0) notices.done(`${told} The other runs go on.`);
  }

  /** The model is in memory only: the next one would find no room either. */
  async #unkept({ id, name }: StoredRun): Promise<void> {
    const { runs, notices } = this.#parts;
    runs.inMemory = [...runs.inMemory, id];
    if (this.waiting.length === 0) return;
    notices.done(`The model of “${name}” found no room. The queue waits until you have made some.`);
    await this.#pause(true);
  }

  /** Gives back the room of first stages that no open run wants any more. */
  async keepStages(): Promise<void> {
    const { services, requests } = this.#parts;
    await keepStages(services.database, stagesOf(this.open, requests));
  }

  async #place(runId: string, change: PlaceChange): Promise<void> {
    await changePlace(this.#parts.services.database, runId, change);
    await this.#changed();
  }

  async #pause(paused: boolean): Promise<void> {
    await saveSetting(this.#parts.services.database, pausedSetting, paused);
    await this.#changed();
  }

  async #changed(): Promise<void> {
    await this.#load();
    this.#parts.services.tabs.tellQueue();
  }

  async #load(): Promise<void> {
    const { database } = this.#parts.services;
    this.paused = (await loadSetting(database, pausedSetting)) === true;
    this.experiments = await listExperiments(database);
    await this.#parts.runs.load();
  }
}
