import type { Finding, Sentence } from '../types.ts';

export type FormatId = 'conll' | 'jsonl';

/** Sentences of a file with a finding for everything that is not as it should be. */
export interface ReadResult {
  readonly sentences: readonly Sentence[];
  readonly findings: readonly Finding[];
}

/** One file format. Adding one is a file of this shape and an entry in `formats.ts`. */
export interface Format {
  readonly id: FormatId;
  readonly name: string;
  /** What such a file looks like, in a few words for a person. */
  readonly what: string;
  /** Usual endings of file names, the first for writing; never used to tell a format. */
  readonly extensions: readonly [string, ...string[]];
  /** Share, 0 … 1, of these non-blank lines that could stand in a file of this format. */
  detect(lines: readonly string[]): number;
  /** Reads decoded text; `stem` begins the ids of sentences that have none. Never throws. */
  read(text: string, stem: string): ReadResult;
  /** Throws `data-invalid` where the format cannot say what a sentence says. */
  write?(sentences: readonly Sentence[]): string;
  /** What writing these sentences would lose; `line` counts sentences. */
  losses?(sentences: readonly Sentence[]): readonly Finding[];
}
