import { defaultConfig, type RunConfig } from '../run/config.ts';
import type { ExperimentSpec } from '../run/experiment/experiment.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import { askToPersist, storageUsage, type StorageUsage } from '../storage/usage.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { TrainRequest } from '../worker/protocol.ts';
import type { AnnotateState } from './annotate.svelte.ts';
import type { Asking } from './asking.ts';
import { ComparisonState } from './comparison.svelte.ts';
import { CheckpointState } from './checkpoint.svelte.ts';
import { ConfigIn } from './configIn.svelte.ts';
import { DatasetsState } from './datasets.svelte.ts';
import { DeviceState } from './device.svelte.ts';
import { DraftState } from './draft.svelte.ts';
import { rateFor, secondsPerStep, type Rate } from './estimate.ts';
import { EditsState } from './edits.svelte.ts';
import { ImportingState } from './importing.svelte.ts';
import type { Incoming } from './incoming.ts';
import type { Job } from './job.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { OfflineState } from './offline.svelte.ts';
import { OpenedRun } from './opened.svelte.ts';
import { ProjectState } from './project.svelte.ts';
import { QueueState, type QueuedRun } from './queue.svelte.ts';
import { RepeatState } from './repeat.svelte.ts';
import { Router } from './router.svelte.ts';
import { RunsState } from './runs.svelte.ts';
import { isSample, loadSample, sampleName, sampleWork } from './sample.ts';
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
  usage: StorageUsage | null = $state.raw(null);
  /** What the browser said when it was asked to keep the data for good; null = not asked since the page was opened. */
  promised: boolean | null = $state(null);
  /** Whether the sample is on its way, so that a second click does nothing. */
  sampleBusy = $state(false);

  readonly hasSample: boolean = $derived.by(() => this.datasets.list.some(isSample));
  /** Seconds that the sample's run is guessed to take; null where nothing is known of the device. */
  readonly sampleSeconds: number | null = $derived.by(() => {
    const rate = this.rateFor(defaultConfig);
    const { steps, tokensPerSentence } = sampleWork;
    return rate === null ? null : steps * secondsPerStep(defaultConfig, tokensPerSentence, rate);
  });

  /** The run of another tab, as long as that tab is there. */
  readonly watched: Job | null = $derived.by(() => {
    const { job } = this.watching;
    return job !== null && this.runs.elsewhere.includes(job.runId) ? job : null;
  });

  /** For parts that only some places need, and that load with them. */
  readonly services: Services;
  readonly #requests: TrainRequests;
  #opened: readonly OpenedRun[] = [];

  constructor(services: Services) {
    this.services = services;
    this.checkpoint = new CheckpointState(services);
    this.offline = new OfflineState(services);
    this.datasets = new DatasetsState(services);
    this.importing = new ImportingState(services);
    this.edits = new EditsState(this.datasets);
    this.sets = new SetsState(this.datasets, this.edits, this.notices);
    addEventListener('beforeunload', (event) => {
      if (this.edits.saving !== 'saved') event.preventDefault(); // the browser asks before edits are lost
    });
    this.draft = new DraftState(() => this.datasets.sourceCounts);
    this.runs = new RunsState(services, (error) => this.notices.error(error));
    this.configIn = new ConfigIn(this.router, this.draft);
    this.#requests = createTrainRequests(services, this.datasets, this.device);
    this.repeat = new RepeatState(services, this.datasets, this.device, (run, datasets) =>
      this.#train(this.#requests.repeat(run, datasets)),
    );
    this.project = new ProjectState(services, () => this.notices.guard(() => this.#read()));
    // Where there are locks, they tell which runs go on elsewhere.
    this.watching = new WatchingState(services.tabs, () => void (services.locks ?? this.look()));
    this.comparison = new ComparisonState(services);
    const { runs, notices } = this;
    const onEnd = () => this.#measureRoom();
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
    await this.#measureRoom();
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

  /** Puts the sample's datasets on the shelf, once. */
  async addSample(): Promise<void> {
    if (this.hasSample) return;
    await this.datasets.add(await loadSample((path) => this.services.fetchText(path)));
    if (this.projectName === '') await this.rename(sampleName);
    await this.#measureRoom();
  }

  /** Files that came: a bundle opens the project's panel, settings the Train page; others are looked at before they are added. */
  async bring(files: readonly Incoming[]): Promise<void> {
    const others: Incoming[] = [];
    for (const incoming of files) {
      const isBundle = incoming.name.toLowerCase().endsWith('.zip') && (await this.project.open(incoming));
      if (isBundle) this.project.shown = true;
      else if (await this.configIn.open(incoming)) this.router.go('train');
      else others.push(incoming);
    }
    if (others.length > 0) await this.importing.take(others);
  }

  /** One click: the sample's data, the default run on them, the live page. */
  async trySample(): Promise<void> {
    if (this.sampleBusy) return;
    this.sampleBusy = true;
    await this.notices.guard(async () => {
      await this.addSample();
      // The first of each: a copy out of a bundle would be trained on a second time.
      const ids = (role: string) =>
        this.datasets.list.flatMap((d) => (isSample(d) && d.role === role ? d.id : [])).slice(0, 1);
      const datasets = { silver: ids('silver'), gold: ids('gold'), dev: ids('dev'), test: ids('test') };
      await this.#train(this.#requests.of(defaultConfig, datasets));
    });
    this.sampleBusy = false;
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

  /** Asks the browser not to clear what is kept when the disk runs full. */
  async keepForGood(): Promise<void> {
    await this.notices.guard(async () => {
      this.promised = await askToPersist(this.services.storage);
      await this.#measureRoom();
    });
  }

  /** What is looked at of a finished run; the last few are kept, so that coming back shows what was found. */
  openedOf(run: StoredRun): OpenedRun {
    const known = this.#opened.find(({ run: { id, modelKept } }) => id === run.id && modelKept === run.modelKept);
    if (known !== undefined) return known;
    const { test } = this.datasets.dataOf(run.datasets);
    const opened = new OpenedRun(this.services, run, test, () => this.runs.inMemory.includes(run.id));
    void opened.look();
    this.#opened = [...this.#opened.slice(-7), opened];
    return opened;
  }

  async #train(request: TrainRequest): Promise<void> {
    await this.#whenReady(() => this.queue.add(request.name, 'free', [request]));
  }

  /** Does something with the queue once there is a model to start from, and shows the live page. */
  async #whenReady(task: () => Promise<void>): Promise<void> {
    await this.notices.guard(async () => {
      if (!(await this.checkpoint.ready())) return;
      await task();
      this.router.go('train');
    });
  }

  async #measureRoom(): Promise<void> {
    this.usage = await storageUsage(this.services.storage);
  }
}
