import type { Finding, Role, Sentence, Span } from '../types.ts';

export type CheckId =
  | 'offset-outside'
  | 'offset-in-character'
  | 'span-without-word'
  | 'span-edges'
  | 'span-cuts-word'
  | 'span-overlap'
  | 'label-case'
  | 'empty-sentence'
  | 'duplicate'
  | 'labels-differ'
  | 'leak'
  | 'too-long'
  | 'label-missing'
  | 'label-everywhere';

/** One of the datasets that are looked at together, for leaks and missing labels lie between them. */
export interface Part {
  readonly name: string;
  readonly role: Role;
  readonly sentences: readonly Sentence[];
}

export interface Surroundings {
  /** Pieces of a sentence, where a tokenizer is known. */
  readonly pieces?: (sentence: Sentence) => number;
  /** Pieces that a model takes at once, `[CLS]` and `[SEP]` not counted. */
  readonly mostPieces?: number;
}

/** What mending does to one sentence. */
export type Fix = { readonly kind: 'spans'; readonly spans: readonly Span[] } | { readonly kind: 'remove' };

/** One thing found. `part` and `sentence` are places, from 0; `sentence` is null for what concerns a whole part. */
export interface Found {
  readonly check: CheckId;
  readonly part: number;
  readonly sentence: number | null;
  readonly message: string;
  /** Null where no rule says what is right. */
  readonly fix: Fix | null;
}

/** One check. Adding one is a file of this shape, an entry in `checks.ts`, and a test case. */
export interface Check {
  readonly id: CheckId;
  readonly title: string;
  /** What mending does, as a sentence; null where there is no rule. */
  readonly rule: string | null;
  readonly severity: Finding['severity'];
  find(parts: readonly Part[], surroundings: Surroundings): Found[];
}

/** What a check of single sentences finds; a fix of `undefined` is none. */
export interface SentenceFound {
  readonly message: string;
  readonly fix?: Fix;
}

/** A check that looks at one sentence at a time. */
export function sentenceCheck(
  check: Omit<Check, 'find'> & { see(sentence: Sentence, surroundings: Surroundings): SentenceFound | null },
): Check {
  const { see, ...rest } = check;
  const find: Check['find'] = (parts, surroundings) =>
    parts.flatMap(({ sentences }, part) =>
      sentences.flatMap((sentence, i): Found[] => {
        const found = see(sentence, surroundings);
        return found === null
          ? []
          : [{ check: check.id, part, sentence: i, message: found.message, fix: found.fix ?? null }];
      }),
    );
  return { ...rest, find };
}

/** What makes two sentences the same: their words. Spacing does not count. */
export function sameAs({ text, words }: Sentence): string {
  return words.map(({ start, end }) => text.slice(start, end)).join(' ');
}

/** A span in a few words. */
export function named(text: string, { start, end, label }: Span): string {
  return `“${text.slice(start, end)}” (${label}, ${String(start)}–${String(end)})`;
}

/** Several spans in a few words, the first three by name. */
export function allNamed(text: string, spans: readonly Span[]): string {
  const shown = spans.slice(0, 3).map((span) => named(text, span));
  const more = spans.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
}
