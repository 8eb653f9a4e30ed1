import type { CheckId, Found } from '../data/findings/check.ts';
import type { Finding, Role, Sentence } from '../data/types.ts';
import {
  changeSentences,
  countsAfter,
  rewriteSentences,
  type Clash,
  type SentenceChange,
} from '../storage/datasetEdits.ts';
import {
  countsOf,
  deleteDatasets,
  listDatasets,
  saveDatasets,
  sentencesOf,
  updateDataset,
  type StoredDataset,
  type UnstoredDataset,
} from '../storage/datasets.ts';
import type { RunData, RunDatasets } from '../worker/protocol.ts';
import { dataSizesOf } from './dataSizes.ts';
import { overlapsOf, sameTexts } from './overlap.ts';
import { sameObjects, withEdits } from './sameSentences.ts';
import type { Services } from './services.ts';
import { summed, unique } from './unique.ts';
import { unsureOf } from './unsure.ts';

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
  /** Mean of WordPieces a sentence, [CLS] and [SEP] among them: English has about 1.1 a word, the sample 1.04. */
  readonly piecesPerSentence: number = $derived(
    2 + (1.1 * this.list.reduce((sum, d) => sum + d.counts.words, 0)) / Math.max(1, this.sentenceCount),
  );

  /** What decides time and memory of the next runs. */
  readonly sizes = $derived(dataSizesOf(this.runData, this.piecesPerSentence));

  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Reads what is stored and not here yet; what is here stays as it is shown, with edits that are still to be stored. */
  async load(): Promise<void> {
    const { database } = this.#services;
    const stored = await listDatasets(database);
    const missing = stored.filter(({ id }) => this.find(id) === undefined);
    const read = await Promise.all(
      missing.map(async (dataset) => ({ ...dataset, sentences: await sentencesOf(database, dataset.id) })),
    );
    this.list = stored.flatMap(({ id }) => this.find(id) ?? read.find((dataset) => dataset.id === id) ?? []);
    this.loaded = true;
  }

  /** Adds datasets in their order, all or none; gives their ids. */
  async add(datasets: readonly NewDataset[]): Promise<readonly string[]> {
    // One millisecond apart, since storage lists them by age.
    const firstMs = this.nextMs;
    const added = datasets.map(({ sentences, ...dataset }, i) => ({
      dataset: { ...dataset, id: this.#services.newId(), createdMs: firstMs + i },
      sentences,
    }));
    await this.#keep(added);
    return added.map(({ dataset }) => dataset.id);
  }

  /** A time for the next dataset: now, and after all that are here. */
  get nextMs(): number {
    return Math.max(this.#services.now(), (this.list.at(-1)?.createdMs ?? 0) + 1);
  }

  /** Lists datasets that the worker has stored. */
  async adopt(stored: readonly StoredDataset[]): Promise<void> {
    for (const dataset of stored) {
      const sentences = await sentencesOf(this.#services.database, dataset.id);
      this.list = [...this.list, { ...dataset, sentences }].sort((a, b) => a.createdMs - b.createdMs);
    }
  }

  /** What one check finds in sentences, by the worker; nothing where it cannot say. */
  async look(check: CheckId, sentences: readonly Sentence[]): Promise<readonly Found[]> {
    if (sentences.length === 0) return [];
    return this.#services.imports.look(check, [{ name: '', role: 'unlabelled', sentences }]).catch(() => []);
  }

  /** Ids of sentences of which the model of a run is unsure; see `unsureOf`. */
  unsureBy(runId: string, sentences: readonly Sentence[], onProgress: (share: number) => void) {
    return unsureOf(this.#services.client, runId, sentences, onProgress);
  }

  find(id: string): HeldDataset | undefined {
    return this.list.find((dataset) => dataset.id === id);
  }

  async setRole(id: string, role: Role): Promise<void> {
    await this.#change(id, { role });
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#change(id, { name });
  }

  async setFindings(id: string, findings: readonly Finding[]): Promise<void> {
    await this.#change(id, { findings });
  }

  /**
   * Puts other sentences in place of a dataset's own; what is the same object stays as it is. They are shown before they are
   * stored, so that an edit made meanwhile is one of what will stand there, and is stored after them. Throws `sentence-changed`
   * where another tab has changed what would be replaced, and what storage throws; then the old ones are shown again.
   */
  async replace(id: string, by: readonly Sentence[]): Promise<void> {
    const found = this.find(id);
    if (found === undefined) return;
    this.#showAll(id, by);
    try {
      await rewriteSentences(this.#services.database, id, found.sentences, by);
    } catch (error) {
      const now = this.find(id)?.sentences ?? by;
      this.#showAll(id, now === by ? found.sentences : withEdits(found.sentences, by, now));
      throw error;
    }
  }

  /**
   * Reads a dataset again, which another tab may have changed; sentences that are the same stay the same objects. What is shown
   * of it and not stored goes. One that is gone stays as it is.
   */
  async reread(id: string): Promise<void> {
    const { database } = this.#services;
    const [stored, held] = [(await listDatasets(database)).find((one) => one.id === id), this.find(id)];
    if (stored === undefined || held === undefined) return;
    const known = held.sentences;
    const sentences = sameObjects(await sentencesOf(database, id), known);
    const isAsHeld = sentences.length === known.length && sentences.every((one, i) => one === known[i]);
    const now = { ...stored, sentences: isAsHeld ? known : sentences };
    this.list = this.list.map((other) => (other.id === id ? now : other));
  }

  /** Changes sentences in memory, where they are seen at once; `storeChanges` is to follow. */
  show(id: string, changes: readonly SentenceChange[]): void {
    this.list = this.list.map((dataset) => {
      if (dataset.id !== id) return dataset;
      const sentences = [...dataset.sentences];
      for (const { at, after } of changes) sentences[at] = after;
      if (changes.every(({ before, after }) => before.text === after.text)) sameTexts(dataset.sentences, sentences);
      return { ...dataset, sentences, counts: countsAfter(dataset.counts, changes) };
    });
  }

  /** Stores changes that are shown already; gives those that clash with another tab's. Throws as `changeSentences`. */
  storeChanges(id: string, changes: readonly SentenceChange[]): Promise<readonly Clash[]> {
    return changeSentences(this.#services.database, id, changes);
  }

  /** Removes datasets; gives what puts them back. */
  async remove(...ids: readonly string[]): Promise<() => Promise<void>> {
    const removed = this.list.filter(({ id }) => ids.includes(id));
    await deleteDatasets(this.#services.database, ids);
    this.list = this.list.filter(({ id }) => !ids.includes(id));
    return () => this.#keep(removed.map(({ sentences, ...dataset }) => ({ dataset, sentences })));
  }

  /** The data that a stored run was begun with. */
  dataOf(datasets: RunDatasets): RunData {
    return byRole((role) => datasets[role].flatMap((id) => sentencesToUse(this.list.find((d) => d.id === id))));
  }

  #showAll(id: string, sentences: readonly Sentence[]): void {
    const counts = countsOf(sentences);
    this.list = this.list.map((dataset) => (dataset.id === id ? { ...dataset, sentences, counts } : dataset));
  }

  async #change(id: string, change: Partial<Pick<StoredDataset, 'name' | 'role' | 'findings'>>): Promise<void> {
    await updateDataset(this.#services.database, id, change);
    this.list = this.list.map((dataset) => (dataset.id === id ? { ...dataset, ...change } : dataset));
  }

  async #keep(datasets: readonly UnstoredDataset[]): Promise<void> {
    const stored = await saveDatasets(this.#services.database, datasets);
    const held = stored.map((dataset, i) => ({ ...dataset, sentences: datasets[i]!.sentences }));
    this.list = [...this.list, ...held].sort((a, b) => a.createdMs - b.createdMs);
  }
}

/** How many entities a dataset holds. */
export function entitiesIn({ counts }: Pick<HeldDataset, 'counts'>): number {
  return Object.values(counts.labels).reduce((sum, n) => sum + n, 0);
}

/** How many entities of each label sentences hold. */
export function labelTotals(sentences: readonly Sentence[]): Readonly<Record<string, number>> {
  return countsOf(sentences).labels;
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
