import { defaultConfig, type RunConfig } from '../run/config.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import { storageUsage, type StorageUsage } from '../storage/usage.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { TrainRequest } from '../worker/protocol.ts';
import { DatasetsState } from './datasets.svelte.ts';
import { DeviceState } from './device.svelte.ts';
import { DraftState, runNameOf } from './draft.svelte.ts';
import { secondsOf, shippedModel, type Rate } from './estimate.ts';
import { ImportingState } from './importing.svelte.ts';
import type { Job } from './job.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { OpenedRun } from './opened.svelte.ts';
import { QueueState } from './queue.svelte.ts';
import { Router } from './router.svelte.ts';
import { RunsState } from './runs.svelte.ts';
import { isSample, loadSample, sampleName, sampleWork } from './sample.ts';
import type { Services } from './services.ts';
import { TeacherState } from './teacher.svelte.ts';
import { ThemeState } from './theme.svelte.ts';

/** Folder of the checkpoint that comes with the app. */
const checkpoint = 'models/all-MiniLM-L6-v2/';

/** The whole state of the app: one part a concern, wired here. */
export class App {
  readonly router = new Router();
  readonly theme = new ThemeState();
  readonly notices = new Notices();
  readonly device = new DeviceState();
  readonly importing = new ImportingState();
  readonly datasets: DatasetsState;
  readonly draft: DraftState;
  readonly runs: RunsState;
  readonly queue: QueueState;
  readonly teacher: TeacherState;

  projectName = $state('');
  usage: StorageUsage | null = $state.raw(null);
  /** Whether the sample is on its way, so that a second click does nothing. */
  sampleBusy = $state(false);

  readonly hasSample: boolean = $derived.by(() => this.datasets.list.some(isSample));
  /** How fast a run will go: measured where a run has been, guessed from the self-test before. */
  readonly rate: Rate | null = $derived.by(() => {
    const { measured } = this.runs;
    const device = this.device.used;
    if (measured !== null && measured.device === device?.name) return measured;
    return device === null || device.gflops === 0 ? null : { kind: 'guessed', gflops: device.gflops };
  });

  /** Seconds that the sample's run is guessed to take; null where nothing is known of the device. */
  readonly sampleSeconds: number | null = $derived(
    this.rate === null ? null : secondsOf(sampleWork, shippedModel, this.rate),
  );

  readonly #services: Services;
  #opened: readonly OpenedRun[] = [];

  constructor(services: Services) {
    this.#services = services;
    this.datasets = new DatasetsState(services);
    this.draft = new DraftState(() => this.datasets.sourceCounts);
    this.runs = new RunsState(services);
    this.teacher = new TeacherState(services);
    this.queue = new QueueState(services.client, (job) => this.#jobEnded(job));
  }

  /** Reads what is kept and tests the devices. */
  async start(): Promise<void> {
    await this.notices.guard(async () => {
      const name = await loadSetting(this.#services.database, 'project-name');
      if (typeof name === 'string') this.projectName = name;
      await this.datasets.load();
      await this.runs.load();
      await this.#measureRoom();
    });
    await this.device.check(this.#services.client);
  }

  now(): number {
    return this.#services.now();
  }

  async rename(name: string): Promise<void> {
    this.projectName = name;
    await this.notices.guard(() => saveSetting(this.#services.database, 'project-name', name));
  }

  /** Puts the sample's datasets on the shelf, once. */
  async addSample(): Promise<void> {
    if (this.hasSample) return;
    await this.datasets.add(await loadSample((path) => this.#services.fetchText(path)));
    if (this.projectName === '') await this.rename(sampleName);
    await this.#measureRoom();
  }

  /** One click: the sample's data, the default run on them, the live page. */
  async trySample(): Promise<void> {
    if (this.sampleBusy) return;
    this.sampleBusy = true;
    await this.notices.guard(async () => {
      await this.addSample();
      const ids = (role: string) =>
        this.datasets.list.filter((d) => isSample(d) && d.role === role).map(({ id }) => id);
      const datasets = { silver: ids('silver'), gold: ids('gold'), dev: ids('dev'), test: ids('test') };
      this.#enqueue([this.#request(defaultConfig, datasets)]);
      this.router.go('train');
    });
    this.sampleBusy = false;
  }

  /** Starts the runs that the Train page asks for. */
  train(configs: readonly RunConfig[]): void {
    this.#enqueue(configs.map((config) => this.#request(config, this.datasets.runDatasets)));
    this.router.go('train');
  }

  /** Goes on with a run that was cut short, from its last snapshot. */
  goOn(run: StoredRun): void {
    const { id: runId, name, config, checkpointUrl, datasets, notice, device } = run;
    const data = this.datasets.dataOf(datasets);
    const used = this.device.reports.find((report) => report.usable && report.name === device?.name)?.name ?? null;
    this.#enqueue([{ runId, name, config, checkpointUrl, data, datasets, notice, device: used, resume: true }]);
    this.router.go('train');
  }

  /** What is looked at of a finished run; the last few are kept, so that coming back shows what was found. */
  openedOf(run: StoredRun): OpenedRun {
    const known = this.#opened.find((opened) => opened.run.id === run.id);
    if (known !== undefined) return known;
    const opened = new OpenedRun(this.#services, run, this.datasets.dataOf(run.datasets).test);
    this.#opened = [...this.#opened.slice(-7), opened];
    return opened;
  }

  #request(config: RunConfig, datasets: TrainRequest['datasets']): TrainRequest {
    const used = Object.values(datasets).flat();
    const notice = this.datasets.list.find((d) => used.includes(d.id) && d.notice !== '')?.notice ?? '';
    return {
      runId: this.#services.newId(),
      name: runNameOf(config),
      config,
      checkpointUrl: this.#services.addressOf(checkpoint),
      data: this.datasets.dataOf(datasets),
      datasets,
      notice,
      device: this.device.asked,
      resume: false,
    };
  }

  #enqueue(requests: readonly TrainRequest[]): void {
    for (const { runId } of requests) this.runs.follow(runId);
    this.queue.add(requests);
  }

  async #jobEnded(job: Job): Promise<void> {
    if (job.status !== 'finished') this.runs.letGo(job.runId);
    await this.notices.guard(async () => {
      await this.runs.load();
      await this.#measureRoom();
    });
  }

  async #measureRoom(): Promise<void> {
    this.usage = await storageUsage(this.#services.storage);
  }
}
