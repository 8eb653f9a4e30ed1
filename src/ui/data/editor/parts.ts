import type { Range, Sentence, Span } from '../../../data/types.ts';

/** A stretch of a sentence within which nothing changes: one word or gap, one entity or none, chosen or not. */
export interface Part {
  readonly start: number;
  readonly text: string;
  /** The entity it belongs to; of overlapping ones that which begins first, then the longer one. */
  readonly span: Span | null;
  /** Whether the entity ends here, so that its label follows. */
  readonly closes: boolean;
  readonly chosen: boolean;
}

/** A word (its place in the sentence) or a gap between words (null), with its parts. */
export interface Group {
  readonly word: number | null;
  readonly parts: readonly Part[];
}

/** Cuts a sentence for the editor. The parts' texts, one after another, are the sentence's. */
export function groupsOf({ text, words, spans }: Sentence, chosen: Range | null): readonly Group[] {
  const ordered = [...(spans ?? [])].sort((a, b) => a.start - b.start || b.end - a.end);
  const edges = [...words, ...ordered, ...(chosen === null ? [] : [chosen])].flatMap(({ start, end }) => [start, end]);
  const cuts = [...new Set([0, ...edges, text.length])].sort((a, b) => a - b);
  const spanAt = (at: number) => ordered.find(({ start, end }) => start <= at && at < end) ?? null;
  const groups: { word: number | null; parts: Part[] }[] = [];
  let word = 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [start, end] = [cuts[i]!, cuts[i + 1]!];
    while (word < words.length && words[word]!.end <= start) word++;
    const inWord = word < words.length && words[word]!.start <= start ? word : null;
    const span = spanAt(start);
    const part: Part = {
      start,
      text: text.slice(start, end),
      span,
      closes: span !== null && (end === text.length || spanAt(end) !== span),
      chosen: chosen !== null && chosen.start <= start && end <= chosen.end,
    };
    if (groups.length === 0 || groups.at(-1)?.word !== inWord) groups.push({ word: inWord, parts: [] });
    groups.at(-1)!.parts.push(part);
  }
  return groups;
}
