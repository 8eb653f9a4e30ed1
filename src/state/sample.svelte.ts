import { defaultConfig } from '../run/config.ts';
import type { RunDatasets } from '../worker/protocol.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import { secondsPerStep, type Rate } from './estimate.ts';
import { isSample, loadSample, sampleWork } from './sample.ts';
import type { Services } from './services.ts';

/** What the sample needs of the app. */
interface Surroundings {
  /** How fast the default run will go; null where nothing is known of the device. */
  rate(): Rate | null;
  onAdded(): Promise<void>;
  train(datasets: RunDatasets): Promise<void>;
}

/** The corpus that comes with the app, and the one click that trains on it. */
export class SampleState {
  /** Whether it is on its way, so that a second click does nothing. */
  busy = $state(false);

  /** Seconds that its run is guessed to take; null where nothing is known of the device. */
  readonly seconds: number | null = $derived.by(() => {
    const rate = this.#surroundings.rate();
    const { steps, tokensPerSentence } = sampleWork;
    return rate === null ? null : steps * secondsPerStep(defaultConfig, tokensPerSentence, rate);
  });

  readonly #services: Pick<Services, 'fetchText'>;
  readonly #datasets: DatasetsState;
  readonly #surroundings: Surroundings;

  constructor(services: Pick<Services, 'fetchText'>, datasets: DatasetsState, surroundings: Surroundings) {
    this.#services = services;
    this.#datasets = datasets;
    this.#surroundings = surroundings;
  }

  /** Puts its datasets on the shelf, once. */
  async add(): Promise<void> {
    if (this.#datasets.list.some(isSample)) return;
    await this.#datasets.add(await loadSample((path) => this.#services.fetchText(path)));
    await this.#surroundings.onAdded();
  }

  /** One click: its data, the default run on them, the live page. */
  async try(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.add();
      // The first of each: a copy out of a bundle would be trained on a second time.
      const ids = (role: string) =>
        this.#datasets.list.flatMap((d) => (isSample(d) && d.role === role ? d.id : [])).slice(0, 1);
      await this.#surroundings.train({
        silver: ids('silver'),
        gold: ids('gold'),
        dev: ids('dev'),
        test: ids('test'),
      });
    } finally {
      this.busy = false;
    }
  }
}
