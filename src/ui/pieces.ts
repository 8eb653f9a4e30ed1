import { overlaps, sameRange } from '../data/authors.ts';
import type { Span } from '../data/types.ts';

/** In which way a span is not so in the other source. */
export type Difference = 'only here' | 'other label' | 'other borders';

/** A stretch of a sentence for display: plain text (label null) or an entity. */
export interface Piece {
  readonly start: number;
  readonly text: string;
  readonly label: string | null;
  /** Null where the other source says the same, or there is none. */
  readonly difference: Difference | null;
}

/** Cuts a text along its spans. Of overlapping spans the one that begins first (then the longer one) is shown. */
export function piecesOf(text: string, spans: readonly Span[], against?: readonly Span[]): Piece[] {
  const ordered = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const pieces: Piece[] = [];
  let at = 0;
  const plain = (end: number) => pieces.push({ start: at, text: text.slice(at, end), label: null, difference: null });
  for (const span of ordered) {
    if (span.start < at) continue;
    if (span.start > at) plain(span.start);
    const { start, end, label } = span;
    const difference = against === undefined ? null : differenceFrom(span, against);
    pieces.push({ start, text: text.slice(start, end), label, difference });
    at = end;
  }
  if (at < text.length) plain(text.length);
  return pieces;
}

/** How a span differs from all those of the other source; null where one is the same. */
export function differenceFrom(span: Span, others: readonly Span[]): Difference | null {
  const here = others.filter((other) => overlaps(other, span));
  if (here.some((other) => sameRange(other, span) && other.label === span.label)) return null;
  if (here.some((other) => sameRange(other, span))) return 'other label';
  return here.length > 0 ? 'other borders' : 'only here';
}
