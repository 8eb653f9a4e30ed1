import type { Series } from './lineChart.ts';
import { fitted, lineHeight, nameWidth, textMark, type Mark } from './marks.ts';

/** Where the lines were drawn. */
export interface Frame {
  readonly px: (x: number) => number;
  readonly py: (y: number) => number;
  /** Lines that reach it have their names beside them. */
  readonly edge: number;
  readonly bottom: number;
  /** Pixels for a name beside the edge. */
  readonly room: number;
}

/** A name that stands left of the edge: its right end, base line and width. */
interface Place {
  readonly right: number;
  at: number;
  readonly width: number;
}

/**
 * The names at the ends of the lines. A line that goes to the right edge has its name beside it, these pushed apart; one
 * that ends before has it above its end, or below where another line runs close above.
 */
export function namesAtEnds(series: readonly Series[], frame: Frame): Mark[] {
  const { px, py, edge, bottom, room } = frame;
  const inside: Mark[] = [];
  /** Names beside the edge, from above. */
  const beside: { y: number; readonly draw: (at: number) => Mark }[] = [];
  const placed: Place[] = [];
  const ends = series.flatMap(({ name, kind, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ name, kind: `name ${kind}`, x: last[0], right: px(last[0]), y: py(last[1]) }];
  });
  ends.sort((a, b) => a.y - b.y);
  for (const { name, kind, x, right, y } of ends) {
    if (right >= edge) {
      beside.push({ y, draw: (at) => textMark(fitted(name, room, nameWidth), right + 8, at + 4, 'start', kind) });
      continue;
    }
    const above = series.some((other) => other.name !== name && isCloseAbove(y, valueAt(other.points, x), py));
    const below = above && y < bottom - 2 * lineHeight;
    // A line that is short of the edge by its length alone may end too far left for its whole name.
    const text = fitted(name, right, nameWidth);
    const place: Place = { right, at: below ? y + lineHeight : y - 8, width: text.length * nameWidth };
    while (placed.some((other) => overlap(other, place))) place.at -= lineHeight;
    placed.push(place);
    inside.push(textMark(text, right, place.at, 'end', kind));
  }
  pushApart(beside, bottom);
  return [...inside, ...beside.map(({ y, draw }) => draw(y))];
}

/** Moves what is too close down, and what then lies below `lowest` up again. */
function pushApart(items: { y: number }[], lowest: number): void {
  items.forEach((item, i) => {
    if (i > 0) item.y = Math.max(item.y, items[i - 1]!.y + lineHeight);
  });
  items.forEach((item, i) => {
    item.y = Math.min(item.y, lowest - (items.length - 1 - i) * lineHeight);
  });
}

function overlap(a: Place, b: Place): boolean {
  const apart = a.right < b.right - b.width || b.right < a.right - a.width;
  return !apart && Math.abs(a.at - b.at) < lineHeight;
}

function isCloseAbove(y: number, value: number | null, py: (y: number) => number): boolean {
  return value !== null && py(value) < y && y - py(value) < 2 * lineHeight;
}

/** The value of a line at x, straight between its points; null where the line does not reach. */
function valueAt(points: Series['points'], x: number): number | null {
  const next = points.findIndex(([at]) => at >= x);
  const [a, b] = [points[next - 1], points[next]];
  if (b === undefined || (a === undefined && b[0] > x)) return null;
  return a === undefined ? b[1] : a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0]);
}
