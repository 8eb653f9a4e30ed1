import { labelOfTag } from './labels.ts';
import type { Range, Sentence, Span } from './types.ts';

/** A span that could not be kept as it stood when words were tagged. */
export interface TagLoss {
  readonly span: Span;
  /**
   * It covers no word, it begins or ends inside a word (tagged whole), it begins or ends in a gap between words (tagged
   * without), or a span before it holds one of its words.
   */
  readonly kind: 'no-word' | 'cuts-word' | 'trimmed' | 'overlap';
}

/**
 * IOB2 tags of the words under spans: a word belongs to a span that it overlaps, the first such word opens it. Where spans
 * overlap, the later one in the list wins, as in the reference's `bio`; every loss is reported.
 */
export function tagsOfSpans(words: readonly Range[], spans: readonly Span[]): { tags: string[]; losses: TagLoss[] } {
  const tags = words.map(() => 'O');
  const losses: TagLoss[] = [];
  for (const span of spans) {
    const inside = words.flatMap((word, i) => (word.start < span.end && word.end > span.start ? [i] : []));
    const [first, last] = [inside[0], inside.at(-1)];
    if (first === undefined || last === undefined) {
      losses.push({ span, kind: 'no-word' });
      continue;
    }
    if (words[first]!.start < span.start || words[last]!.end > span.end) losses.push({ span, kind: 'cuts-word' });
    else if (words[first]!.start > span.start || words[last]!.end < span.end) losses.push({ span, kind: 'trimmed' });
    if (inside.some((i) => tags[i] !== 'O')) losses.push({ span, kind: 'overlap' });
    for (const i of inside) tags[i] = `${i === first ? 'B' : 'I'}-${span.label}`;
  }
  return { tags, losses };
}

/** Spans of IOB tags over words, read as conlleval does: an `I-` that continues nothing opens an entity. */
export function spansOfTags(tags: readonly string[], words: readonly Range[]): Span[] {
  const spans: Span[] = [];
  let open: { start: number; end: number; label: string } | null = null;
  for (const [i, tag] of tags.entries()) {
    const label = labelOfTag(tag);
    const { start, end } = words[i]!;
    if (open !== null && tag.startsWith('I-') && label === open.label) {
      open.end = end;
      continue;
    }
    if (open !== null) spans.push(open);
    open = label === null ? null : { start, end, label };
  }
  if (open !== null) spans.push(open);
  return spans;
}

/** Tag numbers of a sentence's words; a label that `tags` lacks counts as `O`. An unlabelled sentence is all `O`. */
export function tagIdsOf(sentence: Sentence, tags: readonly string[]): Int32Array {
  const numbers = new Map(tags.map((tag, id) => [tag, id]));
  const named = tagsOfSpans(sentence.words, sentence.spans ?? []).tags;
  return Int32Array.from(named, (tag) => numbers.get(tag) ?? 0);
}

/**
 * IOB1 tags as IOB2: an `I-` after `O` or after another label opens an entity and becomes `B-`. IOB2 without illegal
 * openings comes out unchanged.
 */
export function iob2(tags: readonly string[]): string[] {
  return tags.map((tag, i) => {
    const before = tags[i - 1] ?? 'O';
    const opens = tag.startsWith('I-') && (before === 'O' || labelOfTag(before) !== labelOfTag(tag));
    return opens ? `B-${tag.slice(2)}` : tag;
  });
}
