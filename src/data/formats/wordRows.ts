import { spansOfTags } from '../bio.ts';
import type { Range, Sentence } from '../types.ts';
import type { FileFacts, Opening, Sink } from './format.ts';
import { watchScheme, type LinedTag } from './scheme.ts';

/** A word of a file with its tag, its line, and that line's text. */
export interface WordRow extends LinedTag {
  readonly word: string;
}

interface Closing {
  readonly id?: string | null;
  readonly meta?: Sentence['meta'];
  /** Where the line being read is not the sentence's own. */
  readonly lastLine?: number;
}

/** Puts words that stand one a line together to sentences. */
export interface WordRows {
  add(row: WordRow): void;
  /** Gives the sentence that has been gathered; those without an id are numbered. False where there is none. */
  close(sink: Sink, also?: Closing): boolean;
  /** Says what the tags of the file were. */
  end(sink: Sink): void;
  facts(): FileFacts;
}

export function gatherWords({ stem, options }: Pick<Opening, 'stem' | 'options'>): WordRows {
  const scheme = watchScheme(options.strayOpenings);
  let rows: WordRow[] = [];
  let sentences = 0;
  return {
    add: (row) => void rows.push(row),
    close(sink, { id = null, meta, lastLine } = {}) {
      const [first] = rows;
      if (first === undefined) return false;
      const { text, words } = joinWords(rows.map(({ word }) => word));
      const spans = spansOfTags(scheme.take(rows), words);
      const name = id ?? `${stem}-${String(++sentences)}`;
      sink.sentence({ id: name, text, words, spans, ...(meta && { meta }) }, first.line, lastLine);
      rows = [];
      return true;
    },
    end(sink) {
      for (const found of scheme.end()) sink.find(found.code, found.severity, found.line, found.message, found.excerpt);
    },
    facts() {
      const told = scheme.scheme();
      return told === null ? {} : { scheme: told };
    },
  };
}

/** A text made of words with one space between them, and where each stands in it. */
export function joinWords(words: readonly string[]): { text: string; words: Range[] } {
  let at = 0;
  const ranges = words.map((word) => {
    const range = { start: at, end: at + word.length };
    at = range.end + 1;
    return range;
  });
  return { text: words.join(' '), words: ranges };
}
