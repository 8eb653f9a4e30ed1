import type { Role, Sentence } from '../data/types.ts';
import {
  deleteDataset,
  listDatasets,
  saveDataset,
  sentencesOf,
  updateDataset,
  type StoredDataset,
} from '../storage/datasets.ts';
import type { RunData, RunDatasets } from '../worker/protocol.ts';
import { overlapsOf } from './overlap.ts';
import type { Services } from './services.ts';
import { summed, unique } from './unique.ts';

/** A dataset with its sentences in memory. */
export interface HeldDataset extends StoredDataset {
  readonly sentences: readonly Sentence[];
}

export type NewDataset = Omit<HeldDataset, 'id' | 'createdMs' | 'counts'>;

/** The datasets of the project: in memory, and kept in the browser's storage. */
export class DatasetsState {
  list: readonly HeldDataset[] = $state.raw([]);
  loaded = $state(false);

  /** Labels of all datasets, the most frequent first. */
  readonly labels: readonly string[] = $derived(
    summed(this.list.map(({ counts }) => counts.labels)).map(([label]) => label),
  );
  readonly sentenceCount: number = $derived(this.list.reduce((sum, d) => sum + d.counts.sentences, 0));
  readonly overlaps = $derived(overlapsOf(this.list));
  /** Each notice once. */
  readonly notices: readonly string[] = $derived(unique(this.list.map((d) => d.notice).filter((n) => n !== '')));
  /** Labelled sentences by role: what a run would train on and be scored with. */
  readonly runData: RunData = $derived(byRole((role) => labelled(this.list, role)));
  readonly runDatasets: RunDatasets = $derived(byRole((role) => idsOf(this.list, role)));
  /** Sentences that a run can train on. */
  readonly sourceCounts = $derived({ silver: this.runData.silver.length, gold: this.runData.gold.length });
  /** Mean of WordPieces a sentence, [CLS] and [SEP] among them: English has about 1.25 a word. */
  readonly piecesPerSentence: number = $derived(
    2 + (1.25 * this.list.reduce((sum, d) => sum + d.counts.words, 0)) / Math.max(1, this.sentenceCount),
  );

  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  async load(): Promise<void> {
    const { database } = this.#services;
    const stored = await listDatasets(database);
    const sentences = await Promise.all(stored.map(({ id }) => sentencesOf(database, id)));
    this.list = stored.map((dataset, i) => ({ ...dataset, sentences: sentences[i] ?? [] }));
    this.loaded = true;
  }

  /** Adds datasets in their order; each is stored before it is listed. */
  async add(datasets: readonly NewDataset[]): Promise<void> {
    for (const { sentences, ...dataset } of datasets) {
      const id = this.#services.newId();
      // One millisecond apart, since storage lists them by age.
      const createdMs = Math.max(this.#services.now(), (this.list.at(-1)?.createdMs ?? 0) + 1);
      await this.#keep({ ...dataset, id, createdMs }, sentences);
    }
  }

  async setRole(id: string, role: Role): Promise<void> {
    await updateDataset(this.#services.database, id, { role });
    this.list = this.list.map((dataset) => (dataset.id === id ? { ...dataset, role } : dataset));
  }

  /** Removes a dataset; gives what puts it back. */
  async remove(id: string): Promise<() => Promise<void>> {
    const removed = this.list.find((dataset) => dataset.id === id);
    await deleteDataset(this.#services.database, id);
    this.list = this.list.filter((dataset) => dataset.id !== id);
    return async () => {
      if (removed === undefined) return;
      const { sentences, ...dataset } = removed;
      await this.#keep(dataset, sentences);
    };
  }

  /** The data that a stored run was begun with. */
  dataOf(datasets: RunDatasets): RunData {
    return byRole((role) => datasets[role].flatMap((id) => sentencesToUse(this.list.find((d) => d.id === id))));
  }

  async #keep(dataset: Omit<StoredDataset, 'counts'>, sentences: readonly Sentence[]): Promise<void> {
    const stored = await saveDataset(this.#services.database, dataset, sentences);
    this.list = [...this.list, { ...stored, sentences }].sort((a, b) => a.createdMs - b.createdMs);
  }
}

/** How many entities a dataset holds. */
export function entitiesIn({ counts }: Pick<StoredDataset, 'counts'>): number {
  return Object.values(counts.labels).reduce((sum, n) => sum + n, 0);
}

type TrainRole = keyof RunData;

function byRole<T>(of: (role: TrainRole) => T): Readonly<Record<TrainRole, T>> {
  return { silver: of('silver'), gold: of('gold'), dev: of('dev'), test: of('test') };
}

function sentencesToUse(dataset: HeldDataset | undefined): readonly Sentence[] {
  return dataset?.sentences.filter((sentence) => sentence.spans !== null) ?? [];
}

function labelled(list: readonly HeldDataset[], role: Role): readonly Sentence[] {
  return list.flatMap((dataset) => (dataset.role === role ? sentencesToUse(dataset) : []));
}

function idsOf(list: readonly HeldDataset[], role: Role): readonly string[] {
  return list.flatMap((d) => (d.role === role ? [d.id] : []));
}
