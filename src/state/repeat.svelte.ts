import { sentenceOf } from '../core/errorTexts.ts';
import { departuresOf, type Departure } from '../run/repeat.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { RunDatasets } from '../worker/protocol.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import type { DeviceState } from './device.svelte.ts';
import type { Services } from './services.ts';

export type { Departure };

/** What was found out about training a run again. */
export interface Checked {
  readonly runId: string;
  readonly datasets: RunDatasets;
  readonly departures: readonly Departure[];
}

/** Training a finished run again: whether data, model, version and device are still those of its record. */
export class RepeatState {
  /** Id of the run that is being looked at; '' for none. */
  checking = $state('');
  /** Of the last run that was looked at, where something is not as it was. */
  found: Checked | null = $state.raw(null);
  problem: { readonly runId: string; readonly what: string; readonly next: string } | null = $state.raw(null);

  readonly #services: Services;
  readonly #datasets: DatasetsState;
  readonly #device: DeviceState;
  readonly #train: (run: StoredRun, datasets: RunDatasets) => Promise<void>;

  constructor(
    services: Services,
    datasets: DatasetsState,
    device: DeviceState,
    train: (run: StoredRun, datasets: RunDatasets) => Promise<void>,
  ) {
    this.#services = services;
    this.#datasets = datasets;
    this.#device = device;
    this.#train = train;
  }

  /**
   * Trains a finished run again where all that counts is as it was. Else, or where that could not be found out, nothing is
   * started: `found` or `problem` says what, and the person decides.
   */
  async again(run: StoredRun): Promise<void> {
    const datasets = await this.#check(run);
    if (datasets !== null) await this.#train(run, datasets);
  }

  /** The same whatever was found, on the datasets that were looked at. */
  async anyway(run: StoredRun): Promise<void> {
    const datasets = this.found?.runId === run.id ? this.found.datasets : this.datasetsFor(run);
    this.close();
    await this.#train(run, datasets);
  }

  async #check(run: StoredRun): Promise<RunDatasets | null> {
    const { record } = run;
    if (record === null || this.checking !== '') return null;
    this.checking = run.id;
    this.found = null;
    this.problem = null;
    try {
      const datasets = this.datasetsFor(run);
      const data = this.#datasets.dataOf(datasets);
      const { client, checkpoint, appVersion } = this.#services;
      const digests = await client.digest({ config: run.config, checkpointUrl: checkpoint.url, data });
      const departures = departuresOf(record, { digests, appVersion, device: this.#deviceFor(record.device.name) });
      if (!departures.some(({ counts }) => counts)) return datasets;
      this.found = { runId: run.id, datasets, departures };
      return null;
    } catch (error) {
      this.problem = { runId: run.id, ...sentenceOf(error) };
      return null;
    } finally {
      this.checking = '';
    }
  }

  /** The datasets that the run was trained on, or where one of them is not here, those that have their roles now. */
  datasetsFor({ datasets }: Pick<StoredRun, 'datasets'>): RunDatasets {
    const all = Object.values(datasets).flat();
    return all.length > 0 && all.every((id) => this.#datasets.find(id) !== undefined)
      ? datasets
      : this.#datasets.runDatasets;
  }

  /** The run's own kind of device where it works here, else the best. */
  #deviceFor(name: string): { readonly name: string; readonly adapter: string } | null {
    const { reports, used } = this.#device;
    return reports.find((report) => report.usable && report.name === name) ?? used;
  }

  /** Nothing is asked any more. */
  close(): void {
    this.found = null;
    this.problem = null;
  }
}
