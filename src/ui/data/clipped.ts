import { insidePair } from '../../data/formats/units.ts';
import type { Span } from '../../data/types.ts';
import { count } from '../format.ts';

/** Characters of a sentence that a list shows: whole books come as one “sentence” too, and would stop the page. */
const most = 4000;

interface Lane {
  readonly name: string;
  readonly spans: readonly Span[] | null;
}

/** The beginning of a long text with the spans that lie in it, and how much is left out; a short one as it is. */
export function clipped(text: string, lanes: readonly Lane[]): { text: string; lanes: readonly Lane[]; more: string } {
  if (text.length <= most) return { text, lanes, more: '' };
  const end = insidePair(text, most) ? most - 1 : most;
  const inside = ({ name, spans }: Lane) => ({ name, spans: spans?.filter((span) => span.end <= end) ?? null });
  return {
    text: text.slice(0, end),
    lanes: lanes.map(inside),
    more: `… and ${count(text.length - end)} more characters`,
  };
}
