import type { SentenceChange } from '../storage/datasetEdits.ts';

/** Tells whether the sentence at a place is still the one that an edit left. */
type Stands = (at: number, sentence: SentenceChange['after']) => boolean;

/** Edits of one dataset that can be undone, and those that were. */
export class EditHistory {
  #done: readonly SentenceChange[] = $state.raw([]);
  #undone: readonly SentenceChange[] = $state.raw([]);
  readonly canUndo: boolean = $derived(this.#done.length > 0);
  readonly canRedo: boolean = $derived(this.#undone.length > 0);

  add(change: SentenceChange): void {
    this.#done = [...this.#done, change];
    this.#undone = [];
  }

  /** What takes the last edit back; null where there is none, or where it no longer stands, which ends the history. */
  undo(stands: Stands): SentenceChange | null {
    const last = this.#done.at(-1);
    if (last === undefined || !stands(last.at, last.after)) return this.forget();
    this.#done = this.#done.slice(0, -1);
    this.#undone = [...this.#undone, last];
    return { at: last.at, before: last.after, after: last.before };
  }

  /** What does the last undone edit again. */
  redo(stands: Stands): SentenceChange | null {
    const last = this.#undone.at(-1);
    if (last === undefined || !stands(last.at, last.before)) return this.forget();
    this.#undone = this.#undone.slice(0, -1);
    this.#done = [...this.#done, last];
    return last;
  }

  forget(): null {
    this.#done = [];
    this.#undone = [];
    return null;
  }
}
