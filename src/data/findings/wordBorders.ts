import { tagsOfSpans, type TagLoss } from '../bio.ts';
import type { Range, Sentence, Span } from '../types.ts';
import { allNamed, sentenceCheck, type SentenceFound } from './check.ts';

/** Spans of one kind of loss, each looked at alone: what overlaps is a check of its own. */
function lossy({ words, spans }: Sentence, kind: TagLoss['kind']): Span[] {
  return (spans ?? []).filter((span) => tagsOfSpans(words, [span]).losses.some((loss) => loss.kind === kind));
}

function mended(sentence: Sentence, kind: TagLoss['kind'], says: string): SentenceFound | null {
  const wrong = lossy(sentence, kind);
  if (wrong.length === 0) return null;
  const spans = (sentence.spans ?? []).flatMap((span) =>
    wrong.includes(span) ? onWords(span, sentence.words) : [span],
  );
  return { message: `${allNamed(sentence.text, wrong)} ${says}.`, fix: { kind: 'spans', spans } };
}

/** The span over all words that it touches; none where it touches none. */
function onWords(span: Span, words: readonly Range[]): Span[] {
  const touched = words.filter(({ start, end }) => start < span.end && end > span.start);
  const [first, last] = [touched[0], touched.at(-1)];
  return first === undefined || last === undefined ? [] : [{ ...span, start: first.start, end: last.end }];
}

export const spanWithoutWord = sentenceCheck({
  id: 'span-without-word',
  title: 'Spans that cover no word',
  rule: 'They are removed.',
  severity: 'warning',
  see: (sentence) => mended(sentence, 'no-word', 'covers no word'),
});

export const spanEdges = sentenceCheck({
  id: 'span-edges',
  title: 'Spans that begin or end between words',
  rule: 'They are narrowed to their words.',
  severity: 'note',
  see: (sentence) => mended(sentence, 'trimmed', 'begins or ends between words'),
});

export const spanCutsWord = sentenceCheck({
  id: 'span-cuts-word',
  title: 'Spans that cut words',
  rule: 'They are widened to whole words, as training tags them.',
  severity: 'warning',
  see: (sentence) => mended(sentence, 'cuts-word', 'begins or ends inside a word'),
});
