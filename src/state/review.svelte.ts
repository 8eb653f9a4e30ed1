import { sentenceOf, type ErrorText } from '../core/errorTexts.ts';
import { nextByPerson, withSpans } from '../data/authors.ts';
import type { Sentence } from '../data/types.ts';
import type { DatasetsState, HeldDataset } from './datasets.svelte.ts';
import { EditorState } from './editor.svelte.ts';
import type { EditsState } from './edits.svelte.ts';
import { accepted, decisionOf, rejected, reviewItems, type Answered, type ReviewItem } from './review.ts';

/** What the review needs to know of where answers are kept. */
export interface AnswerSource {
  /** Whether the answers behind a dataset are kept. */
  has(dataset: HeldDataset): boolean;
  /** Changes when more answers have come. */
  version(dataset: HeldDataset): number;
  /** Reads and grounds them. Throws what storage throws, and `file-missing`. */
  read(dataset: HeldDataset): Promise<Answered>;
}

/** The queue of sentences whose answers need a person's look, one after another. */
export class ReviewState {
  /** The dataset that the person chose; '' = the newest that can be reviewed. */
  datasetId = $state('');
  /** Whether exact sentences come too. */
  all = $state(false);
  editor: EditorState | null = $state.raw(null);
  problem: ErrorText | null = $state.raw(null);
  #answered: { readonly datasetId: string; readonly version: number; readonly answers: Answered } | null =
    $state.raw(null);

  readonly reviewable: readonly HeldDataset[] = $derived.by(() =>
    this.#datasets.list.filter((dataset) => this.#source.has(dataset)).toReversed(),
  );
  readonly dataset: HeldDataset | null = $derived(
    this.reviewable.find(({ id }) => id === this.datasetId) ?? this.reviewable[0] ?? null,
  );
  readonly sentences: readonly Sentence[] = $derived(this.dataset?.sentences ?? []);
  /** Made anew only when the ids change, and not with each edit. */
  readonly #ids: string = $derived(JSON.stringify(this.sentences.map(({ id }) => id)));
  /** All answered sentences, those that need a look first; null until the answers are read. */
  readonly items: readonly ReviewItem[] | null = $derived.by(() => {
    const answered = this.#answered;
    if (answered === null || answered.datasetId !== this.dataset?.id) return null;
    const ids = JSON.parse(this.#ids) as string[];
    return reviewItems(
      ids.map((id): Sentence => ({ id, text: '', words: [], spans: null })),
      answered.answers,
    );
  });
  readonly queue: readonly ReviewItem[] = $derived(
    (this.items ?? []).filter(({ reasons }) => this.all || reasons.length > 0),
  );
  readonly open: readonly ReviewItem[] = $derived(this.queue.filter((item) => this.decision(item) === null));
  readonly current: ReviewItem | null = $derived(this.queue.find(({ place }) => place === this.editor?.at) ?? null);

  readonly #datasets: DatasetsState;
  readonly #edits: EditsState;
  readonly #source: AnswerSource;

  constructor(datasets: DatasetsState, edits: EditsState, source: AnswerSource) {
    this.#datasets = datasets;
    this.#edits = edits;
    this.#source = source;
  }

  /** Reads the answers behind the dataset, where that is still to be done or more of them have come. */
  async look(): Promise<void> {
    const { dataset } = this;
    if (dataset === null) return;
    const version = this.#source.version(dataset);
    if (this.#answered?.datasetId === dataset.id && this.#answered.version === version) return;
    this.problem = null;
    try {
      const answers = await this.#source.read(dataset);
      if (this.dataset?.id === dataset.id) this.#answered = { datasetId: dataset.id, version, answers };
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }

  decision({ place }: Pick<ReviewItem, 'place'>) {
    const sentence = this.sentences[place];
    return sentence === undefined ? null : decisionOf(sentence);
  }

  /** Opens the queue at a sentence, or at the first that is not decided. */
  begin(id = ''): void {
    const { dataset } = this;
    const isExact = this.items?.some((one) => one.id === id && one.reasons.length === 0) === true;
    if (isExact) this.all = true;
    const item = this.queue.find((one) => one.id === id) ?? this.open[0] ?? this.queue[0];
    if (dataset === null || item === undefined) return;
    const places = this.queue.map(({ place }) => place);
    const now = () => this.#datasets.find(dataset.id) ?? dataset;
    this.editor = new EditorState(this.#edits, now, this.#datasets.labels, places, item.place);
  }

  end(): void {
    this.editor = null;
  }

  choose(datasetId: string): void {
    this.end();
    this.datasetId = datasetId;
  }

  /** The labels stand as they are; on to the next. Nothing for a sentence without labels. */
  accept(): void {
    if (this.editor?.sentence.spans !== null) this.#decide(accepted, 'Accepted');
  }

  /** The sentence loses its labels; on to the next. */
  reject(): void {
    this.#decide(rejected, 'Rejected');
  }

  /** Takes what an answer wrote before it was cut off. */
  takeOffered({ offered }: ReviewItem): void {
    const { editor } = this;
    if (editor === null) return;
    const before = editor.sentence;
    this.#edits.change({ at: editor.at, before, after: withSpans(before, offered, nextByPerson(before)) });
  }

  #decide(make: (sentence: Sentence) => Sentence, said: string): void {
    const { editor, current } = this;
    if (editor === null) return;
    const before = editor.sentence;
    this.#edits.change({ at: editor.at, before, after: make(before) });
    const from = current === null ? 0 : this.queue.indexOf(current) + 1;
    const onward = [...this.queue.slice(from), ...this.queue.slice(0, from)];
    const next = onward.find((item) => this.decision(item) === null);
    if (next === undefined) {
      editor.said = `${said}. All are looked at.`;
      return;
    }
    editor.at = next.place;
    editor.choice = null;
    editor.said = `${said}. ${editor.sentence.text}`;
  }
}
