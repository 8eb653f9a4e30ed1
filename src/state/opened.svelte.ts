import { sentenceOf } from '../core/errorTexts.ts';
import type { Sentence, Span } from '../data/types.ts';
import { loadPredictions } from '../storage/predictions.ts';
import type { StoredRun } from '../storage/runs.ts';
import { spansOfPredictions } from './mistakes.ts';
import type { Services } from './services.ts';

/** A sentence that the person typed, with what the model found in it. */
export interface Tried {
  readonly key: number;
  readonly sentence: Sentence;
  readonly spans: readonly Span[];
}

/** Work that is asked of the worker for one run: how it stands. */
export type Asked = 'no' | 'busy' | 'done';

/** What is looked at of one finished run: its predictions on test, sentences tried, its files. */
export class OpenedRun {
  readonly run: StoredRun;
  readonly test: readonly Sentence[];
  predictions: readonly (readonly Span[])[] | null = $state.raw(null);
  predicting: Asked = $state('no');
  /** Whether it was looked for predictions that are kept. */
  looked = $state(false);
  progress: { readonly done: number; readonly total: number } = $state.raw({ done: 0, total: 0 });
  tried: readonly Tried[] = $state.raw([]);
  trying: Asked = $state('no');
  exporting: Asked = $state('no');
  problem: { readonly what: string; readonly next: string } | null = $state.raw(null);

  /** Whether the model can be used: it is stored, or at least in memory. */
  readonly hasModel: boolean = $derived.by(() => this.run.modelKept || this.#isInMemory());

  readonly #services: Services;
  readonly #isInMemory: () => boolean;
  #next = 1;

  constructor(services: Services, run: StoredRun, test: readonly Sentence[], isInMemory: () => boolean) {
    this.#services = services;
    this.#isInMemory = isInMemory;
    this.run = run;
    this.test = test;
  }

  /** Takes what the run predicted on test when it ended, where it is kept and test is the same as then. */
  async look(): Promise<void> {
    // Nothing is changed before the first await: this is asked for while a page is being derived.
    try {
      const stored = await loadPredictions(this.#services.database, this.run.id);
      if (stored !== null) this.predictions ??= spansOfPredictions(stored, this.test);
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.looked = true;
  }

  /** Labels the test sentences with the run's model, where what it predicted is not kept. */
  async predictTest(): Promise<void> {
    if (this.predicting !== 'no' || this.predictions !== null) return;
    this.predicting = 'busy';
    const told = await this.#try(async () => {
      this.predictions = await this.#services.client.predictSentences(this.run.id, this.test, (done, total) => {
        this.progress = { done, total };
      });
    });
    this.predicting = told ? 'done' : 'no';
  }

  async tryText(text: string): Promise<void> {
    this.trying = 'busy';
    await this.#try(async () => {
      const found = await this.#services.client.predict(this.run.id, [text]);
      const added = found.map(({ sentence, spans }) => ({ key: this.#next++, sentence, spans }));
      this.tried = [...added, ...this.tried].slice(0, 8);
    });
    this.trying = 'done';
  }

  /** The model as a zipped Hugging Face folder; null where it failed, which `problem` tells. */
  async exportModel(): Promise<{ readonly fileName: string; readonly zip: Uint8Array<ArrayBuffer> } | null> {
    this.exporting = 'busy';
    let file = null;
    await this.#try(async () => {
      file = await this.#services.client.exportModel(this.run.id);
    });
    this.exporting = 'done';
    return file;
  }

  async #try(task: () => Promise<void>): Promise<boolean> {
    this.problem = null;
    try {
      await task();
      return true;
    } catch (error) {
      this.problem = sentenceOf(error);
      return false;
    }
  }
}
