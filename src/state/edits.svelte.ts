import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import { AppError } from '../core/errors.ts';
import type { Clash, SentenceChange } from '../storage/datasetEdits.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import { EditHistory } from './editHistory.svelte.ts';

/** Whether what is shown is what is kept. */
export type Saving = 'saved' | 'saving' | 'failed';

/** Changes by place; of several at one place, the first `before` and the last `after`. */
type Pending = ReadonlyMap<number, SentenceChange>;

/** A clash with another tab in a dataset; what is shown is this tab's. */
export interface HeldClash extends Clash {
  readonly datasetId: string;
}

/**
 * Edits of sentences: shown at once, stored one after another, undone and done again. What could not be stored stays in
 * memory and is tried again with the next edit, or when asked. Where another tab has changed the same sentence, the person
 * says which of the two stays; where it has moved the sentences about, this tab's become a dataset of their own.
 */
export class EditsState {
  saving: Saving = $state('saved');
  problem: ErrorText | null = $state.raw(null);
  /** Edits that another tab's stand against; all others are stored meanwhile. */
  clashes: readonly HeldClash[] = $state.raw([]);
  /** A dataset whose sentences another tab has moved, so that no edit finds its place; '' for none. */
  moved = $state('');
  readonly #history = new EditHistory();
  readonly canUndo: boolean = $derived.by(() => this.#history.canUndo);
  readonly canRedo: boolean = $derived.by(() => this.#history.canRedo);
  readonly #datasets: DatasetsState;
  readonly #pending = new Map<string, Pending>();
  #datasetId = '';
  #storing: Promise<void> | null = null;
  #failure: Error | null = null;

  constructor(datasets: DatasetsState) {
    this.#datasets = datasets;
  }

  /** The dataset that is edited from now on. */
  begin(datasetId: string): void {
    if (datasetId === this.#datasetId) return;
    this.#datasetId = datasetId;
    this.#history.forget();
  }

  change(change: SentenceChange): void {
    if (change.after === change.before) return;
    this.#history.add(change);
    this.#apply(change);
  }

  /** Takes the last edit back; gives the place of its sentence, null where there is nothing to undo. */
  undo(): number | null {
    return this.#applied(this.#history.undo(this.#stands));
  }

  /** Does the last undone edit again; gives the place of its sentence. */
  redo(): number | null {
    return this.#applied(this.#history.redo(this.#stands));
  }

  /** Stores what is not stored yet; `saving` and `problem` tell how it went. */
  async store(): Promise<void> {
    this.#storing ??= this.#storeAll();
    await this.#storing;
  }

  /** Stores what is not stored yet, and throws why where that cannot be: nothing is to be built on what may be lost. */
  async settle(): Promise<void> {
    await this.store();
    if (this.#failure !== null) throw this.#failure;
  }

  /** This tab's edits stay, in place of what another tab has stored. */
  async keepMine(): Promise<void> {
    for (const { datasetId, change, stored } of this.#takeClashes()) {
      this.#pend(datasetId, [{ ...change, before: stored }]);
    }
    await this.store();
  }

  /** What another tab has stored stays, and is shown; undo brings this tab's edits back. */
  async takeTheirs(): Promise<void> {
    for (const { datasetId, change, stored } of this.#takeClashes()) {
      const taken = { at: change.at, before: change.after, after: stored };
      this.#datasets.show(datasetId, [taken]);
      if (datasetId === this.#datasetId) this.#history.add(taken);
    }
    await this.store();
  }

  /** Keeps this tab's sentences of the moved dataset as a new one, set aside, and shows what another tab has stored. */
  async keepAsCopy(): Promise<void> {
    const held = this.#datasets.find(this.moved);
    if (held === undefined) return;
    try {
      const { name, sentences, findings, source, notice } = held;
      await this.#datasets.add([{ name: `${name}, edited here`, role: 'aside', sentences, findings, source, notice }]);
      await this.#datasets.reread(held.id);
      this.#pending.delete(held.id);
      this.clashes = this.clashes.filter(({ datasetId }) => datasetId !== held.id);
      this.#history.forget();
    } catch (error) {
      this.problem = sentenceOf(error);
      return;
    }
    await this.store();
  }

  #apply(change: SentenceChange): void {
    this.#datasets.show(this.#datasetId, [change]);
    this.#pend(this.#datasetId, [change]);
    void this.store();
  }

  /** Edits of a sentence that clashes wait with the clash: the last of them is what this tab holds. */
  #pend(datasetId: string, changes: readonly SentenceChange[]): void {
    const free: SentenceChange[] = [];
    for (const change of changes) {
      const clash = this.clashes.find((one) => one.datasetId === datasetId && one.change.at === change.at);
      if (clash === undefined) free.push(change);
      else {
        const held = { ...clash, change: { ...clash.change, after: change.after } };
        this.clashes = this.clashes.map((one) => (one === clash ? held : one));
      }
    }
    if (free.length > 0) this.#pending.set(datasetId, merged(this.#pending.get(datasetId) ?? new Map(), free));
  }

  async #storeAll(): Promise<void> {
    this.saving = 'saving';
    this.moved = '';
    await Promise.resolve(); // so that `#storing` is set before it is cleared
    let failure: Error | null = null;
    const failed = new Set<string>();
    for (let next = this.#next(failed); next !== null; next = this.#next(failed)) {
      const [id, changes] = next;
      this.#pending.delete(id);
      if (this.#datasets.find(id) === undefined) continue; // removed meanwhile; putting it back stores what is shown
      try {
        const clashes = await this.#datasets.storeChanges(id, [...changes.values()]);
        this.#meet(clashes.map((clash) => ({ ...clash, datasetId: id })));
      } catch (error) {
        this.#pending.set(id, merged(changes, [...(this.#pending.get(id)?.values() ?? [])]));
        failed.add(id);
        failure ??= error instanceof Error ? error : new Error(String(error));
        if (error instanceof AppError && error.code === 'sentence-changed') this.moved = id;
      }
    }
    if (this.clashes.length > 0) failure ??= new AppError('sentence-changed', 'edited in another tab too');
    this.#failure = failure;
    this.problem = failure === null ? null : sentenceOf(failure);
    this.saving = failure === null ? 'saved' : 'failed';
    this.#storing = null;
  }

  /** Takes clashes in; what was edited while they were found out belongs to them. */
  #meet(clashes: readonly HeldClash[]): void {
    this.clashes = [...this.clashes, ...clashes];
    for (const { datasetId, change } of clashes) {
      const later = this.#pending.get(datasetId);
      const meant = later?.get(change.at);
      if (later === undefined || meant === undefined) continue;
      const others = [...later].filter(([at]) => at !== change.at);
      if (others.length === 0) this.#pending.delete(datasetId);
      else this.#pending.set(datasetId, new Map(others));
      this.#pend(datasetId, [meant]);
    }
  }

  #takeClashes(): readonly HeldClash[] {
    const { clashes } = this;
    this.clashes = [];
    return clashes;
  }

  #next(but: ReadonlySet<string>): [string, Pending] | null {
    return [...this.#pending].find(([id]) => !but.has(id)) ?? null;
  }

  #applied(change: SentenceChange | null): number | null {
    if (change === null) return null;
    this.#apply(change);
    return change.at;
  }

  /** Whether a sentence is still what an edit left: other work on the dataset ends its history. */
  readonly #stands = (at: number, sentence: SentenceChange['after']): boolean =>
    this.#datasets.find(this.#datasetId)?.sentences[at] === sentence;
}

function merged(first: Pending, later: readonly SentenceChange[]): Pending {
  const all = new Map(first);
  for (const change of later) all.set(change.at, { ...change, before: all.get(change.at)?.before ?? change.before });
  return all;
}
