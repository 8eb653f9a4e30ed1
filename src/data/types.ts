/** A half-open range `[start, end)` of UTF-16 code units of a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range with an entity label such as `PER` (never a tag such as `B-PER`). */
export interface Span extends Range {
  readonly label: string;
}

/** Who made labels: a person, a teacher (a language model that was asked), or a trained model. */
export type AuthorKind = 'person' | 'teacher' | 'model';

/** The making of labels. `name`: a person's name, a teacher's model and prompt, a model's run; may be empty. */
export interface Authorship {
  readonly kind: AuthorKind;
  readonly name: string;
  /** Counts the changes of one author, from 1. */
  readonly version: number;
}

/**
 * Who made the spans of a sentence: `all` made those that `spans` does not name by their `spanKey`. Kept beside the spans
 * and not in them, so that a span stays a range with a label; see `authors.ts`.
 */
export interface Authors {
  readonly all: Authorship;
  readonly spans?: Readonly<Record<string, Authorship>>;
}

/**
 * One sentence. `words` are in order and do not overlap. `spans` is null where nobody has labelled the sentence:
 * an empty list says that it was labelled and holds no entity.
 */
export interface Sentence {
  readonly id: string;
  readonly text: string;
  readonly words: readonly Range[];
  readonly spans: readonly Span[] | null;
  readonly meta?: Readonly<Record<string, string>>;
  /** Absent where nobody said who made the spans. */
  readonly authors?: Authors;
  /** Ranges whose labels are in doubt: words that they touch are left out of the loss, which is not the same as `O`. */
  readonly masked?: readonly Range[];
  /** Factor of the sentence's loss, above 0; 1 where it is absent. */
  readonly weight?: number;
}

/** What the labels of a dataset are for. Silver comes from a teacher, gold from people; `aside` is kept and used for nothing. */
export type Role = 'gold' | 'silver' | 'unlabelled' | 'dev' | 'test' | 'aside';

export interface Dataset {
  readonly name: string;
  readonly role: Role;
  readonly sentences: readonly Sentence[];
}

export const findingCodes = [
  'malformed-line',
  'missing-field',
  'offset-outside',
  'offset-in-character',
  'offsets-converted',
  'span-overlap',
  'span-cuts-word',
  'span-trimmed',
  'span-without-word',
  'illegal-opening',
  'scheme-converted',
  'label-names-missing',
  'not-labelled',
  'not-kept',
  'answer-rejected',
  'answer-ignored',
  'several-annotations',
  'predictions-used',
  'empty-sentence',
  'decoded-as-latin-1',
  'nul-removed',
  'labels-mapped',
  'mended',
  'not-listed',
  'duplicate-id',
  'answer-malformed',
  'answer-repaired',
  'answer-missing',
  'answer-unknown',
  'answer-refused',
  'answer-cut-off',
  'answer-failed',
  'entity-folded',
  'entity-fuzzy',
  'entity-not-found',
  'entity-overlapping',
  'entity-unknown-label',
  'entity-copied',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** One thing a reader noticed. `line` is 1-based; `severity: 'error'` means that the item was left out. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning' | 'note';
  readonly line: number;
  readonly message: string;
  /** The beginning of that line, where the finding comes from a file. */
  readonly excerpt?: string;
  /** Id of the sentence that it is about, where it is about one. */
  readonly sentence?: string;
}

/**
 * The records of a file: lines of text, rows or items of a JSON list, blank ones aside. Each is `kept` (it is in a
 * sentence), `structure` (a header, a mark, a comment) or `leftOut` (with a finding of its own).
 */
export interface RecordCounts {
  readonly kept: number;
  readonly structure: number;
  readonly leftOut: number;
}

/** What reading a file gave: everything importable, and a finding for everything else. */
export interface Imported {
  readonly format: string;
  readonly sentences: readonly Sentence[];
  readonly findings: readonly Finding[];
  readonly records: RecordCounts;
}
