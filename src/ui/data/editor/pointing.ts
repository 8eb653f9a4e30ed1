/** The offset in the sentence of the part under a point of the window: its begin. Null beside the text. */
export function partAt(x: number, y: number): number | null {
  const start = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-start]')?.dataset['start'];
  return start === undefined ? null : Number(start);
}

/** What browsers have of this, one or the other. */
interface CaretLookup {
  caretPositionFromPoint?(x: number, y: number): { readonly offsetNode: Node; readonly offset: number } | null;
  caretRangeFromPoint?(x: number, y: number): { readonly startContainer: Node; readonly startOffset: number } | null;
}

/**
 * The offset in the sentence between two characters nearest to a point; null beside the text. Safari and Chromium before 128
 * have `caretRangeFromPoint` only, Firefox has `caretPositionFromPoint` only.
 */
export function caretAt(x: number, y: number): number | null {
  const here: CaretLookup = document;
  const position = here.caretPositionFromPoint?.(x, y);
  const range = position === undefined ? here.caretRangeFromPoint?.(x, y) : undefined;
  const node = position?.offsetNode ?? range?.startContainer;
  const within = position?.offset ?? range?.startOffset ?? 0;
  const start = node?.parentElement?.closest<HTMLElement>('[data-start]')?.dataset['start'];
  return start === undefined ? null : Number(start) + within;
}
