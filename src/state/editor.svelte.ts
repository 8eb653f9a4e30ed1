import type { Range, Sentence } from '../data/types.ts';
import type { HeldDataset } from './datasets.svelte.ts';
import {
  nextEntity,
  only,
  rangeOf,
  stepped,
  toEdge,
  unitsOf,
  until,
  type Choice,
  type UnitKind,
} from './editChoice.ts';
import { labelFrom, labelled, labelledAs, markedEmpty, unlabelled, type Edited } from './editSpans.ts';
import type { EditsState } from './edits.svelte.ts';
import { unique } from './unique.ts';

/** Labels that a digit chooses. */
export const digits = 9;

/** The editor of one sentence after another, opened from a list. */
export class EditorState {
  /** Place of the sentence in the dataset. */
  at = $state(0);
  choice: Choice | null = $state.raw(null);
  /** What a screen reader is told of the last thing done. */
  said = $state('');
  /** In an order that stays while the editor is open, so that a digit means one label. */
  labels: readonly string[] = $state.raw([]);
  readonly edits: EditsState;
  readonly #dataset: () => HeldDataset;
  /** Places of the sentences that the list shows. */
  readonly #order: readonly number[];

  readonly sentence: Sentence = $derived.by(() => this.#dataset().sentences[this.at]!);
  readonly chosen: Range | null = $derived(this.choice === null ? null : rangeOf(this.choice));
  /** Labels of what is chosen. */
  readonly chosenLabels: readonly string[] = $derived.by(() => labelsOf(this.sentence, this.chosen));
  /** Place in the list, from 0; -1 for a sentence that is not in it, where an undo may lead. */
  readonly place: number = $derived.by(() => this.#order.indexOf(this.at));

  constructor(
    edits: EditsState,
    dataset: () => HeldDataset,
    labels: readonly string[],
    order: readonly number[],
    at: number,
  ) {
    this.edits = edits;
    this.#dataset = dataset;
    this.#order = order;
    const own = Object.entries(dataset().counts.labels).sort((a, b) => b[1] - a[1]);
    this.labels = unique([...own.map(([label]) => label), ...labels]);
    this.at = at;
    edits.begin(dataset().id);
  }

  get total(): number {
    return this.#order.length;
  }

  choose(choice: Choice | null): void {
    this.choice = choice;
  }

  /** Chooses a unit, or with `extend` all from the anchor to it. */
  chooseUnit(unit: Range, extend: boolean): void {
    this.choice = extend && this.choice !== null ? until(this.choice, unit) : only(unit);
  }

  /** Moves by a word or a character. */
  step(direction: 1 | -1, extend: boolean, kind: UnitKind = 'word'): void {
    this.#move(stepped(unitsOf(this.sentence, kind), this.choice, direction, extend));
  }

  edge(direction: 1 | -1, extend: boolean): void {
    this.#move(toEdge(unitsOf(this.sentence, 'word'), this.choice, direction, extend));
  }

  /** To the next entity; false past the last one. */
  entity(direction: 1 | -1): boolean {
    const next = nextEntity(this.sentence.spans ?? [], this.choice, direction);
    if (next === null) return false;
    this.#move(next);
    return true;
  }

  /** Gives what is chosen a label, one of `labels` or a new one. */
  label(typed: string): void {
    const label = labelFrom(typed);
    const { chosen } = this;
    if (label === '') return;
    if (chosen === null) {
      this.said = 'Choose words first.';
      return;
    }
    this.labels = unique([...this.labels, label]);
    this.#edit(labelled(this.sentence, chosen, label), `${this.#words(chosen)}: ${label}`);
  }

  /** Takes the label off what is chosen. */
  remove(): void {
    const { chosen } = this;
    if (chosen !== null) this.#edit(unlabelled(this.sentence, chosen), `${this.#words(chosen)}: no label`);
  }

  markEmpty(): void {
    this.#edit(markedEmpty(this.sentence), 'No entities in this sentence');
  }

  takeFrom(other: Sentence, name: string): void {
    this.choice = null;
    this.#edit(labelledAs(this.sentence, other), `Labels of ${name}`);
  }

  undo(): void {
    this.#show(this.edits.undo(), 'Undone');
  }

  redo(): void {
    this.#show(this.edits.redo(), 'Done again');
  }

  /** To the next (1) or previous (-1) sentence of the list. */
  go(direction: 1 | -1): void {
    const next = this.#order[this.place + direction];
    if (next === undefined) return;
    this.at = next;
    this.choice = null;
    this.said = `Sentence ${String(this.place + 1)} of ${String(this.total)}. ${this.sentence.text}`;
  }

  #move(choice: Choice | null): void {
    this.choice = choice;
    if (choice === null) return;
    const range = rangeOf(choice);
    this.said = [this.#words(range), ...labelsOf(this.sentence, range)].join(', ');
  }

  #edit({ sentence: after, gone }: Edited, said: string): void {
    const { at, sentence: before } = this;
    if (after === before) return;
    this.edits.change({ at, before, after });
    const replaced = gone.map((span) => `${this.#words(span)} ${span.label}`).join(', ');
    this.said = replaced === '' ? said : `${said}. Gone: ${replaced}`;
  }

  #show(at: number | null, said: string): void {
    if (at === null) return;
    if (at !== this.at) this.choice = null;
    this.at = at;
    this.said = said;
  }

  #words({ start, end }: Range): string {
    return this.sentence.text.slice(start, end);
  }
}

function labelsOf(sentence: Sentence, range: Range | null): readonly string[] {
  if (range === null) return [];
  return (sentence.spans ?? []).filter((s) => s.start < range.end && range.start < s.end).map(({ label }) => label);
}
