type Spot = readonly [x: number, y: number];

/** A mark of a drawing; `kind` is its classes, which give the colour; see `hueKind`. Pixels from the upper left corner. */
export type Mark =
  | {
      readonly shape: 'line';
      readonly kind: string;
      readonly x1: number;
      readonly x2: number;
      readonly y1: number;
      readonly y2: number;
    }
  /** Straight from point to point; a closed one is an area. */
  | { readonly shape: 'path'; readonly kind: string; readonly points: readonly Spot[]; readonly closed: boolean }
  | { readonly shape: 'dot'; readonly kind: string; readonly x: number; readonly y: number; readonly r: number }
  | {
      readonly shape: 'text';
      readonly kind: string;
      readonly x: number;
      readonly y: number;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly text: string;
    };

/** The kind of what has a hue of its own, in degrees of OKLCH, as labels have. */
export function hueKind(hue: number): string {
  return `hue hue-${String(hue)}`;
}

/** The hue that a kind names; undefined where its class alone gives the colour. */
export function hueOf(kind: string): number | undefined {
  const found = /\bhue-(\d+)/.exec(kind)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** A picture as plain data: the page makes elements of it, the command line and an export make text. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

/** Width of a letter of the drawings' 12 px text, about; of the bold names wider ones are assumed, since fonts differ. */
export const letterWidth = 7;
export const nameWidth = 7.6;
/** Least distance of the base lines of two texts. */
export const lineHeight = 16;

export function lineMark(kind: string, x1: number, y1: number, x2: number, y2: number): Mark {
  return { shape: 'line', kind, x1: round(x1), x2: round(x2), y1: round(y1), y2: round(y2) };
}

export function dotMark(kind: string, x: number, y: number, r: number): Mark {
  return { shape: 'dot', kind, x: round(x), y: round(y), r };
}

export function textMark(
  text: string,
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end' = 'start',
  kind = '',
): Mark {
  return { shape: 'text', kind, x: round(x), y: round(y), anchor, text };
}

export function pathMark(kind: string, points: readonly Spot[], closed = false): Mark {
  return { shape: 'path', kind, points, closed };
}

/** A path as SVG says it in `d`. */
export function pathData({ points, closed }: Extract<Mark, { shape: 'path' }>): string {
  const corners = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`);
  return `${corners.join('')}${closed ? 'Z' : ''}`;
}

/** The mark, moved. */
export function shifted(mark: Mark, dx: number, dy: number): Mark {
  switch (mark.shape) {
    case 'line':
      return lineMark(mark.kind, mark.x1 + dx, mark.y1 + dy, mark.x2 + dx, mark.y2 + dy);
    case 'path':
      return { ...mark, points: mark.points.map(([x, y]) => [x + dx, y + dy] as const) };
    case 'dot':
    case 'text':
      return { ...mark, x: round(mark.x + dx), y: round(mark.y + dy) };
  }
}

/** A text cut so that it takes at most `room` pixels, about. */
export function fitted(text: string, room: number, letter = letterWidth): string {
  const most = Math.max(3, Math.floor(room / letter));
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
