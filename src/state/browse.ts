import { spanKey } from '../data/authors.ts';
import { hasLabel, isLabelled, madeByKind, matches } from '../data/sets/select.ts';
import type { AuthorKind, Sentence } from '../data/types.ts';
import type { FaultId } from './faults.ts';

export const sorts = ['file', 'length', 'entities', 'difference'] as const;
export type Sort = (typeof sorts)[number];

/** What of a dataset is shown, and in which order; '' = any. */
export interface Filter {
  readonly search: string;
  readonly label: string;
  readonly author: AuthorKind | '';
  /** Only sentences with this fault. */
  readonly check: FaultId | '';
  readonly labelled: 'yes' | 'no' | '';
  /** Only sentences whose two sources differ. */
  readonly differing: boolean;
  /** Only sentences whose prediction is unsure. */
  readonly unsure: boolean;
  readonly sort: Sort;
}

export const noFilter: Filter = {
  search: '',
  label: '',
  author: '',
  check: '',
  labelled: '',
  differing: false,
  unsure: false,
  sort: 'file',
};

/** What is known beside the sentences themselves. */
export interface Beside {
  /** The same text in the other source; null where it lacks it. */
  readonly other: (sentence: Sentence) => Sentence | null;
  /** By place, the sentences that have the chosen fault. */
  readonly named: Pick<ReadonlySet<number>, 'has'>;
  /** Ids of sentences whose prediction is unsure; null where nobody knows. */
  readonly unsure: ReadonlySet<string> | null;
}

export interface Found {
  /** Places of the sentences in the dataset, in the order asked for. */
  readonly places: readonly number[];
  /** Of all sentences, how many the other source labels otherwise. */
  readonly differing: number;
}

/** Spans that only one of two sources has, when both have labelled the text. */
export function differenceOf(sentence: Sentence, other: Sentence | null): number {
  const [spans, otherSpans] = [sentence.spans, other?.spans ?? null];
  if (spans === null || otherSpans === null) return 0;
  const [own, others] = [new Set(spans.map(spanKey)), new Set(otherSpans.map(spanKey))];
  return [...own].filter((key) => !others.has(key)).length + [...others].filter((key) => !own.has(key)).length;
}

/** The sentences that fit a filter. */
export function find(sentences: readonly Sentence[], filter: Filter, { other, named, unsure }: Beside): Found {
  const sought = filter.search.trim() === '' ? null : matches(filter.search);
  const wantsLabel = filter.label === '' ? null : hasLabel(filter.label);
  const wantsAuthor = filter.author === '' ? null : madeByKind(filter.author);
  const wantsLabelled = filter.labelled === '' ? null : isLabelled(filter.labelled === 'yes');
  const places: number[] = [];
  const differences = new Map<number, number>();
  sentences.forEach((sentence, i) => {
    const beside = other(sentence);
    const difference = differenceOf(sentence, beside);
    if (difference > 0) differences.set(i, difference);
    if (filter.differing && difference === 0) return;
    if (filter.check !== '' && !named.has(i)) return;
    if (filter.unsure && unsure?.has(sentence.id) !== true) return;
    if (wantsLabelled?.(sentence) === false || wantsAuthor?.(sentence) === false) return;
    if (wantsLabel !== null && !wantsLabel(sentence) && (beside === null || !wantsLabel(beside))) return;
    if (sought?.(sentence) === false) return;
    places.push(i);
  });
  const weight: Readonly<Record<Sort, ((place: number) => number) | null>> = {
    file: null,
    length: (place) => sentences[place]!.text.length,
    entities: (place) => sentences[place]!.spans?.length ?? -1,
    difference: (place) => differences.get(place) ?? 0,
  };
  const by = weight[filter.sort];
  if (by !== null) places.sort((a, b) => by(b) - by(a) || a - b);
  return { places, differing: differences.size };
}

export function isFiltered(filter: Filter): boolean {
  return Object.entries(noFilter).some(([name, none]) => name !== 'sort' && filter[name as keyof Filter] !== none);
}

const texts = new WeakMap<readonly Sentence[], ReadonlyMap<string, Sentence>>();

/** The sentences of a dataset by their text; made once for one list. */
export function byText(sentences: readonly Sentence[]): ReadonlyMap<string, Sentence> {
  let known = texts.get(sentences);
  if (known === undefined) texts.set(sentences, (known = new Map(sentences.map((one) => [one.text, one]))));
  return known;
}
