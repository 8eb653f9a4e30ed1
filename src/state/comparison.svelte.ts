import { sentenceOf } from '../core/errorTexts.ts';
import type { ExperimentResult } from '../run/experiment/compareRuns.ts';
import type { Services } from './services.ts';

/** What is to be compared: the runs of a scope, against a baseline. */
export interface Asked {
  readonly scope: string;
  readonly runIds: readonly string[];
  /** Key of a group, or its beginning; null for the usual one. */
  readonly baseline: string | null;
}

/** A comparison with all its tests, made beside the page; while it is made the last one stays. */
export class ComparisonState {
  answered: { readonly asked: Asked; readonly result: ExperimentResult } | null = $state.raw(null);
  busy = $state(false);
  problem: { readonly what: string; readonly next: string } | null = $state.raw(null);

  readonly #compare: Services['compare'];
  #asked: Asked | null = null;

  constructor({ compare }: Pick<Services, 'compare'>) {
    this.#compare = compare;
  }

  /** Asks for a comparison, unless it is what was asked for last; of several asked while one is made, the last is made next. */
  async ask(asked: Asked): Promise<void> {
    if (JSON.stringify(asked) === JSON.stringify(this.#asked)) return;
    this.#asked = asked;
    await this.#work();
  }

  /** Asks once more for what failed. */
  async again(): Promise<void> {
    await this.#work();
  }

  async #work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let made: Asked | null = null; made !== this.#asked;) {
      made = this.#asked;
      if (made !== null) await this.#make(made);
    }
    this.busy = false;
  }

  async #make(asked: Asked): Promise<void> {
    this.problem = null;
    try {
      const { runIds, baseline } = asked;
      this.answered = { asked, result: await this.#compare({ runIds, baseline }) };
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}
