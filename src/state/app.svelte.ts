import { defaultConfig, type RunConfig } from '../run/config.ts';
import type { ExperimentSpec } from '../run/experiment/experiment.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { TrainRequest } from '../worker/protocol.ts';
import type { AnnotateState } from './annotate.svelte.ts';
import type { Asking } from './asking.ts';
import { bring } from './bring.ts';
import { ComparisonState } from './comparison.svelte.ts';
import { CheckpointState } from './checkpoint.svelte.ts';
import { ConfigIn } from './configIn.svelte.ts';
import { DatasetsState } from './datasets.svelte.ts';
import { DeviceState } from './device.svelte.ts';
import { DraftState } from './draft.svelte.ts';
import { rateFor, type Rate } from './estimate.ts';
import { EditsState } from './edits.svelte.ts';
import { ImportingState } from './importing.svelte.ts';
import type { Incoming } from './incoming.ts';
import type { Job } from './job.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { OfflineState } from './offline.svelte.ts';
import { ProjectState } from './project.svelte.ts';
import { QueueState, type QueuedRun } from './queue.svelte.ts';
import { RepeatState } from './repeat.svelte.ts';
import { RoomState } from './room.svelte.ts';
import { Router } from './router.svelte.ts';
import { RunsState } from './runs.svelte.ts';
import { sampleName } from './sample.ts';
import { SampleState } from './sample.svelte.ts';
import type { Services } from './services.ts';
import { SetsState } from './sets.svelte.ts';
import { sweepImports } from './sweepImports.ts';
import type { TeacherState } from './teacher.svelte.ts';
import { ThemeState } from './theme.svelte.ts';
import { createTrainRequests, type TrainRequests } from './trainRequests.ts';
import { WatchingState } from './watching.svelte.ts';

const draftSetting = 'draft';

/** The whole state of the app: one part a concern, wired here. */
export class App {
  readonly router = new Router();
  readonly theme = new ThemeState();
  readonly notices = new Notices();
  readonly device = new DeviceState();
  readonly importing: ImportingState;
  readonly checkpoint: CheckpointState;
  readonly offline: OfflineState;
  readonly datasets: DatasetsState;
  readonly room: RoomState;
  readonly sample: SampleState;
  readonly sets: SetsState;
  readonly edits: EditsState;
  readonly draft: DraftState;
  readonly configIn: ConfigIn;
  readonly runs: RunsState;
  readonly repeat: RepeatState;
  readonly project: ProjectState;
  readonly queue: QueueState;
  readonly watching: WatchingState;
  readonly comparison: ComparisonState;

  /** Null until it has come: the first page loads without it, the other places wait for `whenAsking`. */
  asking: Asking | null = $state.raw(null);
  #asking: Promise<Asking> | null = null;

  projectName = $state('');
  /** The run of another tab, as long as that tab is there. */
  readonly watched: Job | null = $derived.by(() => {
    const { job } = this.watching;
    return job !== null && this.runs.elsewhere.includes(job.runId) ? job : null;
  });

  /** For parts that only some places need, and that load with them. */
  readonly services: Services;
  readonly #requests: TrainRequests;

  constructor(services: Services) {
    this.services = services;
    this.checkpoint = new CheckpointState(services);
    this.offline = new OfflineState(services);
    this.room = new RoomState(services.storage);
    this.datasets = new DatasetsState(services);
    this.importing = new ImportingState(services);
    this.edits = new EditsState(this.datasets);
    this.sets = new SetsState(this.datasets, this.edits, this.notices);
    addEventListener('beforeunload', (event) => {
      if (this.edits.saving !== 'saved') event.preventDefault(); // the browser asks before edits are lost
    });
    this.draft = new DraftState(() => this.datasets.sourceCounts);
    this.runs = new RunsState(
      services,
      (error) => this.notices.error(error),
      () => this.queue.keepStages(),
    );
    this.configIn = new ConfigIn(this.router, this.draft);
    this.#requests = createTrainRequests(services, this.datasets, this.device);
    this.repeat = new RepeatState(services, this.datasets, this.device, (run, datasets) =>
      this.#train(this.#requests.repeat(run, datasets)),
    );
    this.sample = new SampleState(services, this.datasets, {
      rate: () => this.rateFor(defaultConfig),
      onAdded: () => this.#sampleAdded(),
      train: (datasets) => this.#train(this.#requests.of(defaultConfig, datasets)),
    });
    this.project = new ProjectState(services, () => this.notices.guard(() => this.#read()));
    // A tab that was opened while a run was paused waits for its turn from the moment at which that run goes on.
    this.watching = new WatchingState(services.tabs, () => void this.look());
    this.comparison = new ComparisonState(services);
    const { runs, notices } = this;
    const onEnd = () => this.room.measure();
    this.queue = new QueueState({ services, runs, notices, requests: this.#requests, onEnd });
  }

  /** Loads what asks teachers, once. */
  whenAsking(): Promise<Asking> {
    this.#asking ??= import('./asking.ts').then(({ askingOf }) => {
      this.asking = askingOf(this);
      return this.asking;
    });
    return this.#asking;
  }

  /** Only where `whenAsking` was waited for, as every place but the first does. */
  get annotate(): AnnotateState {
    return this.#loaded().annotate;
  }

  get teacher(): TeacherState {
    return this.#loaded().teacher;
  }

  #loaded(): Asking {
    if (this.asking === null) throw new Error('what asks teachers is not loaded yet');
    return this.asking;
  }

  /** Reads what is kept and tests the devices. */
  async start(): Promise<void> {
    void this.services.database.whenEnded.then((end) => this.notices.error(end));
    await this.notices.guard(() => this.#read());
    // First, since a run that goes on by itself would keep the worker from it.
    const tested = this.device.check(this.services.client);
    await this.look();
    void this.notices.guard(() => sweepImports(this.services.database, this.services.locks));
    await tested;
    await this.notices.guard(() => this.offline.keep(() => this.queue.active === null));
  }

  /** Tests the devices anew, after something was changed about them. */
  async testAgain(): Promise<void> {
    await this.device.check(this.services.client, true);
  }

  async #read(): Promise<void> {
    const name = await loadSetting(this.services.database, 'project-name');
    if (typeof name === 'string') this.projectName = name;
    this.draft.restore(await loadSetting(this.services.database, draftSetting));
    await this.datasets.load();
    await this.runs.load();
    await (await this.whenAsking()).annotate.load();
    await this.room.measure();
  }

  /** How fast runs with such a config will go: measured where one like it has been, guessed from the self-test before. */
  rateFor(config: Pick<RunConfig, 'layers' | 'batchSize'>): Rate | null {
    const { used } = this.device;
    return rateFor(
      config,
      used,
      this.runs.finished.flatMap(({ record }) => record ?? []),
    );
  }

  /** Does what was asked for on a screen; a failure is told at the edge of the window. */
  async guard(task: () => Promise<void>): Promise<void> {
    await this.notices.guard(task);
  }

  now(): number {
    return this.services.now();
  }

  async rename(name: string): Promise<void> {
    this.projectName = name;
    await this.notices.guard(() => saveSetting(this.services.database, 'project-name', name));
  }

  /** Files that came, whatever they are. */
  async bring(files: readonly Incoming[]): Promise<void> {
    await bring(this, files);
  }

  /** Keeps the settings of the next runs over a reload. */
  async keepDraft(spec: ExperimentSpec | null): Promise<void> {
    await this.notices.guard(() => saveSetting(this.services.database, draftSetting, spec));
  }

  /** Starts the runs that the Train page asks for. */
  async trainDraft(): Promise<void> {
    const { name, budget } = this.draft;
    const requests = this.draft.plan.configs.map((config) => this.#requests.of(config, this.datasets.runDatasets));
    await this.#whenReady(() => this.queue.add(name, budget, requests));
  }

  /** Goes on with runs that were cut short, stopped or failed, from their last snapshots; without any, with what waits. */
  async goOn(...runs: readonly StoredRun[]): Promise<void> {
    await this.#whenReady(() => this.queue.goOn(...runs));
  }

  /** Takes runs that wait off the queue; they can be put back. */
  async takeOff(items: readonly QueuedRun[]): Promise<void> {
    await this.notices.guard(async () => {
      const putBack = await this.queue.takeOff(items);
      const [first, ...others] = items;
      const what = others.length === 0 ? `“${first?.run.name ?? ''}” was` : `${String(items.length)} waiting runs were`;
      const undo = () => void this.notices.guard(putBack);
      this.notices.done(`${what} taken off the queue.`, { name: 'Undo', run: undo });
    });
  }

  /** Looks again at what other tabs have done. */
  async look(): Promise<void> {
    await this.notices.guard(() => this.queue.follow());
  }

  async #sampleAdded(): Promise<void> {
    if (this.projectName === '') await this.rename(sampleName);
    await this.room.measure();
  }

  async #train(request: TrainRequest): Promise<void> {
    await this.#whenReady(() => this.queue.add(request.name, 'free', [request]));
  }

  /** Does something with the queue once there is a model to start from, and a device, and shows the live page. */
  async #whenReady(task: () => Promise<void>): Promise<void> {
    await this.notices.guard(async () => {
      this.device.refuseWithout();
      if (!(await this.checkpoint.ready())) return;
      await task();
      this.router.go('train');
    });
  }
}
