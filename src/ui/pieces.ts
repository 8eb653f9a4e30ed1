import type { Span } from '../data/types.ts';

/** A stretch of a sentence for display: plain text (label null) or an entity. */
export interface Piece {
  readonly start: number;
  readonly text: string;
  readonly label: string | null;
  readonly differs: boolean;
}

/** Cuts a text along its spans. Of overlapping spans the one that begins first (then the longer one) is shown. */
export function piecesOf(text: string, spans: readonly Span[], against?: readonly Span[]): Piece[] {
  const key = (span: Span) => `${String(span.start)} ${String(span.end)} ${span.label}`;
  const others = against === undefined ? null : new Set(against.map(key));
  const ordered = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const pieces: Piece[] = [];
  let at = 0;
  for (const span of ordered) {
    if (span.start < at) continue;
    if (span.start > at) pieces.push({ start: at, text: text.slice(at, span.start), label: null, differs: false });
    const differs = others !== null && !others.has(key(span));
    pieces.push({ start: span.start, text: text.slice(span.start, span.end), label: span.label, differs });
    at = span.end;
  }
  if (at < text.length) pieces.push({ start: at, text: text.slice(at), label: null, differs: false });
  return pieces;
}
