import { mapLabels, type LabelMap } from '../data/sets/mapLabels.ts';
import type { Sentence } from '../data/types.ts';
import type { DatasetsState, HeldDataset, NewDataset } from './datasets.svelte.ts';
import type { EditsState } from './edits.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { refuseChanged } from './refuseChanged.ts';

export type ToolId = 'split' | 'draw' | 'combine' | 'compare' | 'labels' | 'download' | 'rename';

/** What can be done with chosen datasets; `least` and `most` are how many it takes. */
export interface Tool {
  readonly id: ToolId;
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

export const tools: readonly Tool[] = [
  { id: 'split', name: 'Split', least: 1, most: 1 },
  { id: 'draw', name: 'Draw a subset', least: 1, most: 1 },
  { id: 'labels', name: 'Change labels', least: 1, most: 1 },
  { id: 'rename', name: 'Rename', least: 1, most: 1 },
  { id: 'compare', name: 'Compare', least: 2, most: 2 },
  { id: 'combine', name: 'Join or subtract', least: 2, most: Infinity },
  { id: 'download', name: 'Download', least: 1, most: Infinity },
];

/** Work with whole datasets: which are chosen, which tool is open. Everything done can be taken back from its notice. */
export class SetsState {
  /** Ids in the order of choosing. */
  ids: readonly string[] = $state.raw([]);
  asked: ToolId | null = $state(null);

  readonly chosen: readonly HeldDataset[] = $derived.by(() =>
    this.ids.flatMap((id) => this.#datasets.list.find((dataset) => dataset.id === id) ?? []),
  );
  /** The tools that fit the choice. */
  readonly tools: readonly Tool[] = $derived(
    tools.filter(({ least, most }) => this.chosen.length >= least && this.chosen.length <= most),
  );
  readonly tool: ToolId | null = $derived(this.tools.find(({ id }) => id === this.asked)?.id ?? null);

  readonly #datasets: DatasetsState;
  readonly #edits: Pick<EditsState, 'settle'>;
  readonly #notices: Notices;

  constructor(datasets: DatasetsState, edits: Pick<EditsState, 'settle'>, notices: Notices) {
    this.#datasets = datasets;
    this.#edits = edits;
    this.#notices = notices;
  }

  choose(id: string, on: boolean): void {
    this.ids = on ? [...this.ids.filter((other) => other !== id), id] : this.ids.filter((other) => other !== id);
  }

  chooseNone(): void {
    this.ids = [];
    this.asked = null;
  }

  /** Adds what was made of datasets, and sets aside those whose sentences it holds. */
  async make(what: string, made: readonly NewDataset[], aside: readonly HeldDataset[]): Promise<void> {
    await this.#notices.guard(async () => {
      const ids = await this.#datasets.add(made);
      const added = ids.flatMap((id) => this.#datasets.find(id) ?? []);
      for (const { id } of aside) await this.#datasets.setRole(id, 'aside');
      this.chooseNone();
      this.#done(what, async () => {
        refuseChanged(this.#datasets, added);
        await this.#datasets.remove(...ids);
        for (const { id, role } of aside) await this.#datasets.setRole(id, role);
      });
    });
  }

  /** Renames, merges or drops labels of a dataset, with what was edited in it here or in another tab just before. */
  async changeLabels({ id }: HeldDataset, map: LabelMap): Promise<void> {
    await this.#notices.guard(async () => {
      await this.#edits.settle();
      await this.#datasets.reread(id);
      const dataset = this.#datasets.find(id);
      if (dataset === undefined) return;
      const { sentences, renamed, dropped } = mapLabels(dataset.sentences, map);
      await this.#datasets.replace(dataset.id, sentences);
      this.asked = null;
      this.#done(`“${dataset.name}”: ${String(renamed)} labels changed, ${String(dropped)} left out.`, async () => {
        refuseChanged(this.#datasets, [{ ...dataset, sentences }]);
        await this.#datasets.replace(dataset.id, dataset.sentences);
      });
    });
  }

  /**
   * Takes the sentences of a dev or test set out of all that is trained on, with what was edited there just before: until then
   * scores on it say nothing. After a failure half-way, what was taken out can be put back.
   */
  async takeOutOfTraining({ sentences: judged, name }: HeldDataset): Promise<void> {
    await this.#notices.guard(async () => {
      await this.#edits.settle();
      const texts = new Set(judged.map(({ text }) => text));
      const isJudged = ({ text }: Sentence) => texts.has(text);
      const trained = this.#datasets.list.filter(({ role }) => role === 'gold' || role === 'silver');
      const taken: Replaced[] = [];
      try {
        for (const { id } of trained.filter(({ sentences }) => sentences.some(isJudged))) {
          await this.#datasets.reread(id);
          const before = this.#datasets.find(id)!;
          const left = before.sentences.filter((sentence) => !isJudged(sentence));
          await this.#datasets.replace(id, left);
          taken.push({ before, after: { ...before, sentences: left } }); // without what was edited meanwhile
        }
      } finally {
        if (taken.length > 0) this.#tookOut(name, taken);
      }
    });
  }

  #tookOut(name: string, taken: readonly Replaced[]): void {
    const from = taken.map(({ before }) => `“${before.name}”`).join(' and ');
    this.#done(`The sentences of “${name}” were taken out of ${from}.`, async () => {
      refuseChanged(
        this.#datasets,
        taken.map(({ after }) => after),
      );
      for (const { before } of taken) await this.#datasets.replace(before.id, before.sentences);
    });
  }

  /** Keeps a dataset without using it, to be compared for example. */
  async setAside({ id, name, role }: HeldDataset): Promise<void> {
    await this.#notices.guard(async () => {
      await this.#datasets.setRole(id, 'aside');
      this.#done(`“${name}” is set aside.`, () => this.#datasets.setRole(id, role));
    });
  }

  async rename(dataset: HeldDataset, name: string): Promise<void> {
    await this.#notices.guard(async () => {
      await this.#datasets.rename(dataset.id, name);
      this.asked = null;
      this.#done(`“${dataset.name}” is now “${name}”.`, () => this.#datasets.rename(dataset.id, dataset.name));
    });
  }

  async remove({ id, name }: HeldDataset): Promise<void> {
    await this.#notices.guard(async () => {
      const putBack = await this.#datasets.remove(id);
      this.#done(`“${name}” was removed.`, putBack);
    });
  }

  #done(what: string, undo: () => Promise<void>): void {
    this.#notices.done(what, { name: 'Undo', run: () => void this.#notices.guard(undo) });
  }
}

/** A dataset before and after its sentences were replaced. */
interface Replaced {
  readonly before: HeldDataset;
  readonly after: HeldDataset;
}
