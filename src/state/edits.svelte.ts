import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import type { SentenceChange } from '../storage/datasets.ts';
import type { DatasetsState } from './datasets.svelte.ts';

/** Whether what is shown is what is kept. */
export type Saving = 'saved' | 'saving' | 'failed';

/** Changes by place; of several at one place, the first `before` and the last `after`. */
type Pending = ReadonlyMap<number, SentenceChange>;

/**
 * Edits of sentences: shown at once, stored one after another, undone and done again. What could not be stored stays in
 * memory and is tried again with the next edit, or when asked.
 */
export class EditsState {
  saving: Saving = $state('saved');
  problem: ErrorText | null = $state.raw(null);
  /** Edits of one dataset that can be undone, and those that were; another dataset begins anew. */
  #done: readonly SentenceChange[] = $state.raw([]);
  #undone: readonly SentenceChange[] = $state.raw([]);
  readonly canUndo: boolean = $derived(this.#done.length > 0);
  readonly canRedo: boolean = $derived(this.#undone.length > 0);

  readonly #datasets: DatasetsState;
  readonly #pending = new Map<string, Pending>();
  #datasetId = '';
  #storing: Promise<void> | null = null;

  constructor(datasets: DatasetsState) {
    this.#datasets = datasets;
  }

  /** The dataset that is edited from now on. */
  begin(datasetId: string): void {
    if (datasetId === this.#datasetId) return;
    this.#datasetId = datasetId;
    this.#done = [];
    this.#undone = [];
  }

  change(change: SentenceChange): void {
    if (change.after === change.before) return;
    this.#done = [...this.#done, change];
    this.#undone = [];
    this.#apply(change);
  }

  /** Takes the last edit back; gives the place of its sentence, null where there is nothing to undo. */
  undo(): number | null {
    const last = this.#done.at(-1);
    if (last === undefined || !this.#stands(last.at, last.after)) return this.#forget();
    this.#done = this.#done.slice(0, -1);
    this.#undone = [...this.#undone, last];
    this.#apply({ at: last.at, before: last.after, after: last.before });
    return last.at;
  }

  /** Does the last undone edit again; gives the place of its sentence. */
  redo(): number | null {
    const last = this.#undone.at(-1);
    if (last === undefined || !this.#stands(last.at, last.before)) return this.#forget();
    this.#undone = this.#undone.slice(0, -1);
    this.#done = [...this.#done, last];
    this.#apply(last);
    return last.at;
  }

  /** Stores what is not stored yet; `saving` and `problem` tell how it went. */
  async store(): Promise<void> {
    this.#storing ??= this.#storeAll().finally(() => (this.#storing = null));
    await this.#storing;
  }

  #apply(change: SentenceChange): void {
    this.#datasets.show(this.#datasetId, [change]);
    this.#pending.set(this.#datasetId, merged(this.#pending.get(this.#datasetId) ?? new Map(), [change]));
    void this.store();
  }

  async #storeAll(): Promise<void> {
    this.saving = 'saving';
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const [id, changes] = next;
      this.#pending.delete(id);
      if (this.#datasets.find(id) === undefined) continue; // removed meanwhile; putting it back stores what is shown
      try {
        await this.#datasets.storeChanges(id, [...changes.values()]);
      } catch (error) {
        this.#pending.set(id, merged(changes, [...(this.#pending.get(id)?.values() ?? [])]));
        this.problem = sentenceOf(error);
        this.saving = 'failed';
        return;
      }
    }
    this.problem = null;
    this.saving = 'saved';
  }

  #next(): [string, Pending] | null {
    return this.#pending.entries().next().value ?? null;
  }

  /** Whether a sentence is still what an edit left: other work on the dataset ends its history. */
  #stands(at: number, sentence: SentenceChange['after']): boolean {
    return this.#datasets.find(this.#datasetId)?.sentences[at] === sentence;
  }

  #forget(): null {
    this.#done = [];
    this.#undone = [];
    return null;
  }
}

function merged(first: Pending, later: readonly SentenceChange[]): Pending {
  const all = new Map(first);
  for (const change of later) all.set(change.at, { ...change, before: all.get(change.at)?.before ?? change.before });
  return all;
}
