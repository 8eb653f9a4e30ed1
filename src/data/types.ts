/** A half-open range `[start, end)` of UTF-16 code units of a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range with an entity label such as `PER` (never a tag such as `B-PER`). */
export interface Span extends Range {
  readonly label: string;
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
}

/** What the labels of a dataset are for. Silver comes from a teacher, gold from people. */
export type Role = 'gold' | 'silver' | 'unlabelled' | 'dev' | 'test';

export interface Dataset {
  readonly name: string;
  readonly role: Role;
  readonly sentences: readonly Sentence[];
}

export type FindingCode =
  | 'malformed-line'
  | 'missing-field'
  | 'offset-outside'
  | 'span-overlap'
  | 'span-cuts-word'
  | 'span-trimmed'
  | 'span-without-word'
  | 'illegal-opening'
  | 'scheme-converted'
  | 'not-labelled'
  | 'empty-sentence'
  | 'decoding-replaced'
  | 'duplicate-id'
  | 'answer-malformed'
  | 'answer-repaired'
  | 'answer-missing'
  | 'answer-unknown'
  | 'entity-folded'
  | 'entity-not-found';

/** One thing a reader noticed. `line` is 1-based; `severity: 'error'` means that the item was left out. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning' | 'note';
  readonly line: number;
  readonly message: string;
}

/** What reading a file gave: everything importable, and a finding for everything else. */
export interface Imported {
  readonly format: string;
  readonly sentences: readonly Sentence[];
  readonly findings: readonly Finding[];
}
