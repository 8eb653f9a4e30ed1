import type { Found as FoundByCheck } from '../data/findings/check.ts';
import { checks } from '../data/findings/checks.ts';
import type { Role, Sentence } from '../data/types.ts';
import { byText, find, noFilter, type Filter, type Found } from './browse.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import { faultFound, faultsTogether, faultsTold, type Fault } from './faults.ts';

const otherRole: Readonly<Partial<Record<Role, Role>>> = { gold: 'silver', silver: 'gold' };

/** The browser of one dataset. What was found stays while sentences are edited, so that no row jumps away under the hand. */
export class BrowseState {
  filter: Filter = $state.raw(noFilter);
  #found: Found = $state.raw({ places: [], differing: 0 });
  /** What the checks say; null until they were asked. */
  checked: readonly Fault[] | null = $state.raw(null);
  checking = $state(false);
  /** Ids of sentences whose prediction is unsure, by the model of `askedRun`; null until it has said. */
  unsure: ReadonlySet<string> | null = $state.raw(null);
  /** The run whose model was asked what it is unsure of; '' for none. */
  askedRun = $state('');
  /** How far that model has read, 0 … 1; null while none does. */
  asking: number | null = $state(null);
  /** The dataset beside this one as chosen: its id, '' for none, null for the usual one. */
  #besideId: string | null = $state(null);

  readonly dataset: HeldDataset = $derived.by(() => this.#datasets.find(this.#id)!);
  /** What fits the filter, but for places that are gone: a promotion may be taken back while its dataset is open. */
  readonly found: Found = $derived.by(() => {
    const { length } = this.dataset.sentences;
    const isThere = (place: number) => place < length;
    const { places } = this.#found;
    return places.every(isThere) ? this.#found : { ...this.#found, places: places.filter(isThere) };
  });
  readonly others: readonly HeldDataset[] = $derived.by(() => this.#datasets.list.filter(({ id }) => id !== this.#id));
  /** Gold for silver and silver for gold, the first that shares a text; or what was chosen. */
  readonly beside: HeldDataset | null = $derived.by(() => this.#beside());

  /** What is wrong with sentences: as the reader of their file said, and as the checks say once they were asked. */
  readonly faults: readonly Fault[] = $derived.by(() => {
    const { findings, sentences } = this.dataset;
    return faultsTogether(faultsTold(findings, sentences), this.checked ?? []);
  });

  /** What the lane of the other dataset is called: its role, or its name where the role is the same. */
  readonly besideName: string = $derived.by(() => {
    if (this.beside === null) return '';
    return this.beside.role === this.dataset.role ? this.beside.name : this.beside.role;
  });

  readonly #datasets: DatasetsState;
  readonly #id: string;
  /** The datasets as the checks have seen them. */
  #checkedParts: readonly HeldDataset[] = [];

  constructor(datasets: DatasetsState, id: string, filter: Filter) {
    this.#datasets = datasets;
    this.#id = id;
    this.set(filter);
  }

  set(filter: Filter): void {
    this.filter = filter;
    if (filter.check in checks && !this.#isChecked()) void this.check();
    const named = this.faults.find(({ id }) => id === filter.check)?.says ?? new Map();
    // An address may ask for what no model has said yet: everything is shown rather than nothing.
    const asked = this.unsure === null ? { ...filter, unsure: false } : filter;
    this.#found = find(this.dataset.sentences, asked, { other: this.otherOf, named, unsure: this.unsure });
  }

  /** Puts another dataset beside this one; '' for none. */
  compareWith(id: string): void {
    this.#besideId = id;
    this.set(this.filter);
  }

  /** Asks the model of a run what it is unsure of; '' for none. Rejects with AppErrors. */
  async askModel(runId: string): Promise<void> {
    if (this.asking !== null) return;
    [this.unsure, this.askedRun] = [null, runId];
    if (runId !== '') {
      this.asking = 0;
      const onProgress = (share: number) => (this.asking = share);
      try {
        this.unsure = await this.#datasets.unsureBy(runId, this.dataset.sentences, onProgress);
      } catch (error) {
        this.askedRun = '';
        throw error;
      } finally {
        this.asking = null;
      }
    }
    this.set(this.filter);
  }

  readonly otherOf = (sentence: Sentence): Sentence | null =>
    this.beside === null ? null : (byText(this.beside.sentences).get(sentence.text) ?? null);

  /**
   * Asks all checks about the dataset among the others, one after another so that the page stays alive; not again while nothing
   * has changed.
   */
  async check(): Promise<void> {
    if (this.checking || this.#isChecked()) return;
    this.checking = true;
    const parts = this.#datasets.list;
    const part = parts.findIndex(({ id }) => id === this.#id);
    const faults: Fault[] = [];
    for (const { id, find: findIn } of Object.values(checks)) {
      await new Promise((resolve) => setTimeout(resolve));
      const found = id === 'too-long' ? await this.#tooLong(parts, part) : findIn(parts, {});
      const fault = faultFound(id, found, part);
      if (fault !== null) faults.push(fault);
    }
    this.checked = faults;
    this.#checkedParts = parts;
    this.checking = false;
    if (this.filter.check !== '') this.set(this.filter);
  }

  /** What is wrong with the sentence at a place. */
  faultsAt(place: number): readonly (Pick<Fault, 'id' | 'severity'> & { readonly says: string })[] {
    return this.faults.flatMap(({ id, severity, says }) => {
      const said = says.get(place);
      return said === undefined ? [] : [{ id, severity, says: said }];
    });
  }

  /** Asked of the worker, which has the tokenizer; only sentences that may be too long go there. */
  async #tooLong(parts: readonly HeldDataset[], part: number): Promise<readonly FoundByCheck[]> {
    const long = parts[part]!.sentences.flatMap((sentence, at) => (sentence.text.length > 100 ? { sentence, at } : []));
    const sentences = long.map(({ sentence }) => sentence);
    const found = await this.#datasets.look('too-long', sentences);
    return found.map((one) => ({ ...one, part, sentence: one.sentence === null ? null : long[one.sentence]!.at }));
  }

  /** Whether the checks have seen what there is: not where sentences or roles have changed since, here or in other datasets. */
  #isChecked(): boolean {
    const { list } = this.#datasets;
    const isAsSeen = ({ sentences, role }: HeldDataset, i: number) => {
      const seen = this.#checkedParts[i];
      return seen?.sentences === sentences && seen.role === role;
    };
    return this.checked !== null && this.#checkedParts.length === list.length && list.every(isAsSeen);
  }

  #beside(): HeldDataset | null {
    if (this.#besideId !== null) return this.others.find(({ id }) => id === this.#besideId) ?? null;
    const role = otherRole[this.dataset.role];
    const sharing = ({ sentences }: HeldDataset) =>
      this.dataset.sentences.some(({ text }) => byText(sentences).has(text));
    return this.others.find((other) => other.role === role && sharing(other)) ?? null;
  }
}
