/** A token that is matched in the text before anything is split, such as `[SEP]`; the fields are those of tokenizer.json. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Matched in the normalised text, its own content normalised too; otherwise in the text as it stands. */
  readonly normalized: boolean;
  /** No match with a word character next to it. */
  readonly singleWord: boolean;
  /** Take the blanks before or after it with it. */
  readonly stripLeft: boolean;
  readonly stripRight: boolean;
}

/** Finds added tokens in text; `find` gives matches in order, without overlap. */
export interface AddedTokenMatcher {
  find(text: string): { id: number; start: number; end: number }[];
}

const wordAtEnd = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const wordAtStart = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const blanksAtEnd = /\p{White_Space}*$/u;
const blanksAtStart = /^\p{White_Space}*/u;

/**
 * A matcher as in `tokenizers`: leftmost and longest first; a match that fails on `singleWord` is passed over whole.
 * Null where there is nothing to find.
 */
export function createMatcher(tokens: readonly AddedToken[]): AddedTokenMatcher | null {
  const byContent = new Map(tokens.filter(({ content }) => content !== '').map((token) => [token.content, token]));
  if (byContent.size === 0) return null;
  const longestFirst = [...byContent.keys()].sort((a, b) => b.length - a.length);
  const escaped = longestFirst.map((content) => content.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`));
  const pattern = new RegExp(escaped.join('|'), 'gu');
  return {
    find: (text) => {
      const found: { id: number; start: number; end: number }[] = [];
      for (const { 0: content, index } of text.matchAll(pattern)) {
        const token = byContent.get(content)!;
        const before = text.slice(0, index);
        const after = text.slice(index + content.length);
        if (token.singleWord && (wordAtEnd.test(before) || wordAtStart.test(after))) continue;
        const left = token.stripLeft ? blanksAtEnd.exec(before)![0].length : 0;
        const right = token.stripRight ? blanksAtStart.exec(after)![0].length : 0;
        const start = Math.max(index - left, found.at(-1)?.end ?? 0);
        found.push({ id: token.id, start, end: index + content.length + right });
      }
      return found;
    },
  };
}
