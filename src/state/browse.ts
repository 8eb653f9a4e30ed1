import type { Sentence, Span } from '../data/types.ts';

export interface Filter {
  readonly search: string;
  /** '' = any label. */
  readonly label: string;
  /** Only sentences whose two lanes differ. */
  readonly differing: boolean;
}

/** One sentence of the browser; `other` is what the dataset beside it says, null where it says nothing. */
export interface Row {
  readonly sentence: Sentence;
  readonly other: readonly Span[] | null;
}

/** The sentences of a dataset, each with the labels that another dataset gives to the same text. */
export function rowsOf(sentences: readonly Sentence[], beside: readonly Sentence[]): readonly Row[] {
  const others = new Map(beside.map((sentence) => [sentence.text, sentence.spans]));
  return sentences.map((sentence) => ({ sentence, other: others.get(sentence.text) ?? null }));
}

/** Whether both lanes are labelled and do not say the same. */
export function differs({ sentence: { spans }, other }: Row): boolean {
  if (spans === null || other === null) return false;
  const keys = new Set(spans.map(keyOf));
  return spans.length !== other.length || other.some((span) => !keys.has(keyOf(span)));
}

export function filtered(rows: readonly Row[], { search, label, differing }: Filter): readonly Row[] {
  const wanted = search.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (wanted === '' || row.sentence.text.toLowerCase().includes(wanted)) &&
      (label === '' || [...(row.sentence.spans ?? []), ...(row.other ?? [])].some((span) => span.label === label)) &&
      (!differing || differs(row)),
  );
}

function keyOf({ start, end, label }: Span): string {
  return `${String(start)} ${String(end)} ${label}`;
}
