import { dotMark, fitted, letterWidth, lineHeight, lineMark, textMark, type Drawing, type Mark } from './marks.ts';
import { ticks } from './ticks.ts';

/** One row of dots: a value a seed, and their mean as a stroke with its number behind the row. */
export interface DotRow {
  readonly name: string;
  /** Class that gives the colour. */
  readonly kind: string;
  readonly values: readonly number[];
  readonly mean: number;
  readonly label: string;
}

export interface DotChart {
  readonly title: string;
  readonly xLabel: string;
  readonly rows: readonly DotRow[];
}

const bottom = 38;
/** Width below which names stand above their dots instead of beside them. */
const narrow = 480;
/** Least distance of two numbers of the axis. */
const tickWidth = 46;

/** Rows of dots over one axis that begins where the values do. `width` in pixels. */
export function drawDots({ xLabel, rows }: DotChart, width = 640): Drawing {
  const stacked = width < narrow;
  const rowHeight = stacked ? 26 + lineHeight : 26;
  const { all, least, most } = rangeOf(rows);
  const widest = (texts: readonly string[]) => letterWidth * Math.max(4, ...texts.map((text) => text.length));
  const nameRoom = Math.min(widest(rows.map(({ name }) => name)), width * 0.4);
  const left = stacked ? 12 : 16 + nameRoom;
  const right = 16 + widest(rows.map(({ label }) => label));
  const room = width - left - right;
  // A little room around the values, but none where no score can be.
  const [low, high] = [Math.max(0, least - 0.005), Math.min(Math.max(1, most), most + 0.005)];
  const marks = all.length === 0 ? [0, 1] : ticks(high, Math.max(2, Math.min(8, room / tickWidth)), low);
  const [from, to] = [marks[0]!, marks.at(-1)!];
  const px = (value: number) => left + ((value - from) / Math.max(1e-9, to - from)) * room;
  const height = rows.length * rowHeight + bottom + 8;
  const grid = marks.flatMap((at): Mark[] => [
    lineMark('grid', px(at), 4, px(at), height - bottom),
    textMark(String(at), px(at), height - bottom + 16, 'middle'),
  ]);
  const drawn = rows.flatMap(({ name, kind, values, mean, label }, i): Mark[] => {
    const y = 4 + (i + 1) * rowHeight - 13;
    return [
      stacked
        ? textMark(fitted(name, width - left), left, y - 14)
        : textMark(fitted(name, left - 16), left - 10, y + 4, 'end'),
      mean <= to ? lineMark('mean', px(mean), y - 9, px(mean), y + 9) : textMark('→', px(to), y + 4, 'end', 'value'),
      ...values.map((value) => dotMark(`${kind} seed`, px(value), y, 4)),
      textMark(label, width - right + 12, y + 4, 'start', 'value'),
    ];
  });
  return { width, height, marks: [...grid, ...drawn, textMark(xLabel, px((from + to) / 2), height - 4, 'middle')] };
}

/** How many times as wide a row without dots may make the axis; one that lies farther out only points there. */
const mostSpans = 3;

/** The values that the axis holds. */
function rangeOf(rows: readonly DotRow[]): {
  readonly all: readonly number[];
  readonly least: number;
  readonly most: number;
} {
  const spanned = (some: readonly DotRow[]) => {
    const all = some.flatMap(({ values, mean }) => [...values, mean]);
    return { all, least: Math.min(...all), most: Math.max(...all) };
  };
  const [whole, dotted] = [spanned(rows), spanned(rows.filter(({ values }) => values.length > 0))];
  const span = Math.max(0.02, dotted.most - dotted.least);
  return dotted.all.length > 0 && whole.most - dotted.least > mostSpans * span
    ? { ...dotted, least: whole.least }
    : whole;
}
