import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import { loadCheckpointFile } from '../storage/checkpoints.ts';
import type { BroughtFile } from '../worker/protocol.ts';
import type { Services } from './services.ts';

/** The model that runs start from, where the app has to be given one: asked for when it is first needed, then kept. */
export class CheckpointState {
  /** Whether the person is asked for the model's files. */
  asking = $state(false);
  /** Whether files that were brought are being read. */
  reading = $state(false);
  problem: ErrorText | null = $state.raw(null);

  /** Whether it is a model of the person's own, whose sizes may be others than those of the shipped one. */
  readonly isBrought: boolean;

  readonly #services: Services;
  #answer: (isThere: boolean) => void = () => undefined;

  constructor(services: Services) {
    this.#services = services;
    this.isBrought = services.checkpoint.from === 'person';
  }

  /** Whether there is a model to start from, after the person was asked for one if need be. Rejects with AppErrors. */
  async ready(): Promise<boolean> {
    const { checkpoint, client } = this.#services;
    if (checkpoint.from === 'beside' || (await this.#isKept())) return true; // a run fetches what lies beside
    if (checkpoint.from === 'inside') {
      await client.keepCheckpoint(checkpoint.url, checkpoint.files());
      return true;
    }
    this.problem = null;
    this.asking = true;
    return new Promise((resolve) => {
      this.#answer(false);
      this.#answer = resolve;
    });
  }

  /** Takes files of a model; what is no sound model is told, and others can be brought. */
  async bring(files: readonly File[]): Promise<void> {
    if (files.length === 0 || this.reading) return;
    this.reading = true;
    this.problem = null;
    try {
      const brought = files.map((file): BroughtFile => ({ path: file.webkitRelativePath || file.name, blob: file }));
      await this.#services.client.keepCheckpoint(this.#services.checkpoint.url, brought);
      this.#end(true);
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.reading = false;
  }

  /** The person brings none: what asked for it is not started. */
  cancel(): void {
    this.#end(false);
  }

  #end(isThere: boolean): void {
    this.asking = false;
    this.#answer(isThere);
    this.#answer = () => undefined;
  }

  async #isKept(): Promise<boolean> {
    const { database, checkpoint, appVersion } = this.#services;
    const version = checkpoint.from === 'person' ? '' : appVersion;
    return (
      (await loadCheckpointFile(database, { url: checkpoint.url, file: 'config.json', appVersion: version })) !== null
    );
  }
}
