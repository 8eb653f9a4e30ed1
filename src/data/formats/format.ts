import type { Finding, FindingCode, Sentence } from '../types.ts';
import type { Cutter, Piece } from './cut.ts';
import type { Scheme, StrayOpenings } from './scheme.ts';

export type FormatId =
  'prodigy' | 'doccano' | 'label-studio' | 'spacy' | 'hf-tokens' | 'jsonl' | 'conll' | 'word-table' | 'csv' | 'text';

/** What a person may say about a file where its content does not. */
export interface ReadOptions {
  /** Names of tags by number, for files that give numbers only. */
  readonly labelNames?: readonly string[];
  /** Name of the column that holds the text of a table. */
  readonly textColumn?: string;
  /**
   * What is a sentence in plain text: a `line`, a `paragraph` between blank lines, or what `Intl.Segmenter` finds in
   * paragraphs (`split`). Unless told, `line`, and `split` where lines are long.
   */
  readonly textUnit?: 'line' | 'paragraph' | 'split';
  /** Language of plain text for `split`, as a BCP 47 tag. */
  readonly language?: string;
  /** Of CoNLL columns and tags by token; `mend` unless told otherwise. */
  readonly strayOpenings?: StrayOpenings;
}

/** What was told of a file besides its format; absent where it does not apply. */
export interface FileFacts {
  readonly scheme?: Scheme;
  /** The columns of a table, and which of them holds the text. */
  readonly columns?: readonly string[];
  readonly textColumn?: string;
  /** What was taken for a sentence of plain text. */
  readonly textUnit?: NonNullable<ReadOptions['textUnit']>;
}

/** The beginning of a file, by which its format and layout are told. */
export interface Sample {
  readonly text: string;
  /** Lines of it, blank ones too, without one that was cut. */
  readonly lines: readonly string[];
  /** The JSON values found in it, and how many records were no JSON. */
  readonly json: { readonly values: readonly unknown[]; readonly broken: number };
}

/** Where a reader puts what it finds. */
export interface Sink {
  /** Lines are needed only where a sentence began before the record being read, or ended before it. */
  sentence(sentence: Sentence, firstLine?: number, lastLine?: number): void;
  /** `excerpt` is needed only where the line is not the one being read. */
  find(code: FindingCode, severity: Finding['severity'], line: number, message: string, excerpt?: string): void;
}

/** A record that was left out, and why; it becomes an error. */
export interface Refusal {
  readonly code: FindingCode;
  readonly message: string;
}

/** What became of a record, see `RecordCounts`; `blank` counts as none. A refusal leaves it out, with a finding. */
export type Taken = 'kept' | 'structure' | 'blank' | Refusal;

/** Reads the records of one file in order. Neither function throws. */
export interface Reader {
  take(piece: Piece, sink: Sink): Taken;
  /** Gives what is still held: the last sentence, findings about the whole file. */
  end(sink: Sink): void;
  /** What was told of the file so far. */
  facts?(): FileFacts;
}

/** What is known of a file when reading begins; `stem` begins the ids of sentences that have none. */
export interface Opening {
  readonly stem: string;
  readonly sample: Sample;
  readonly options: ReadOptions;
}

export interface WriteOptions {
  /** Numbers in place of tag names where the format knows both. */
  readonly tagNumbers?: boolean;
}

/** Which sides of a sentence come back from a file of a format; spans on word borders always do. */
export interface Keeps {
  readonly ids: boolean;
  /** The text by the letter; else words joined by single spaces. */
  readonly text: boolean;
  /** Words as they were cut; else they are cut anew, see `wordsOf`. */
  readonly words: boolean;
  /** Spans that overlap or do not follow words. */
  readonly anySpans: boolean;
  /** The difference between a sentence without entities and one that nobody has labelled. */
  readonly unlabelled: boolean;
  readonly meta: boolean;
  readonly authors: boolean;
  /** What is masked from the loss, and weights. */
  readonly doubts: boolean;
}

/** One file format. Adding one is a file of this shape, an entry in `formats.ts`, and a fixture. */
export interface Format {
  readonly id: FormatId;
  readonly name: string;
  /** What such a file looks like, in a few words for a person. */
  readonly what: string;
  /** Usual endings of file names, the first for writing; never used to tell a format. */
  readonly extensions: readonly [string, ...string[]];
  /** What its records are called, when a person is told that one was left out. */
  readonly record: 'line' | 'row' | 'record';
  /** Share, 0 … 1, of a sample that could stand in a file of this format. */
  detect(sample: Sample): number;
  /** Cuts a text into records. */
  cutter(sample: Sample): Cutter;
  open(opening: Opening): Reader;
  /** Null for formats that are only read. */
  readonly write: Writing | null;
}

export interface Writing {
  readonly keeps: Keeps;
  /** Throws `data-invalid` where the format cannot say what a sentence says. */
  text(sentences: readonly Sentence[], options: WriteOptions): string;
}
