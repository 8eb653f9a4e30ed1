import { overlaps } from '../authors.ts';
import type { Span } from '../types.ts';
import { allNamed, sentenceCheck } from './check.ts';

/** Spans without overlap: the longest are kept, of equals the one that begins first, then the one that is listed first. */
function withoutOverlap(spans: readonly Span[]): Span[] {
  const byLength = [...spans].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  const kept: Span[] = [];
  for (const span of byLength) if (!kept.some((other) => overlaps(other, span))) kept.push(span);
  return spans.filter((span) => kept.includes(span));
}

export const spanOverlap = sentenceCheck({
  id: 'span-overlap',
  title: 'Spans that overlap or lie in one another',
  rule: 'The longest is kept, of equals the one that begins first. Left as they are, training takes the later of the list where they overlap.',
  severity: 'warning',
  see({ text, spans }) {
    if (spans === null || spans.length < 2) return null;
    const kept = withoutOverlap(spans);
    const gone = spans.filter((span) => !kept.includes(span));
    if (gone.length === 0) return null;
    return {
      message: `${allNamed(text, gone)} overlaps a longer or earlier span.`,
      fix: { kind: 'spans', spans: kept },
    };
  },
});
