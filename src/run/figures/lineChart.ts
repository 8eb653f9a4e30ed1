import { namesAtEnds } from './lineNames.ts';
import { dotMark, lineHeight, lineMark, nameWidth, pathMark, textMark, type Drawing, type Mark } from './marks.ts';
import { ticks } from './ticks.ts';

export type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  /** Class that gives the colour: `gold`, `silver` or `mix`. */
  readonly kind: string;
  readonly points: readonly Point[];
  /** x, and the low and high end of what lies around the line. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  /** Another seed of the line with the name: drawn thin, without name and dots. */
  readonly faint?: boolean;
}

export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Vertical marks with a word each. */
  readonly marks: readonly { readonly x: number; readonly text: string }[];
  /** Where the vertical axis begins: at 0, or near the least value. */
  readonly from?: 'zero' | 'values';
  /** Where the horizontal axis ends at least; else with the last point. */
  readonly to?: number;
  /** Least height in pixels. */
  readonly height?: number;
}

const frame = { left: 46, top: 26, bottom: 38 };
const usualHeight = 260;
/** Least room for names at the right, in pixels, and the largest part of the width that they may take. */
const names = { least: 110, part: 0.4 };
/** Points above which a line has no dots. */
const mostDots = 24;

/** Axes with units, names at the ends of the lines, no legend. `width` in pixels; the height grows with the names. */
export function drawLines(chart: LineChart, width = 640): Drawing {
  const { xLabel, yLabel, series, marks, from = 'zero' } = chart;
  const named = series.filter(({ faint }) => faint !== true);
  const height = Math.max(chart.height ?? usualHeight, frame.top + frame.bottom + lineHeight * named.length);
  const wanted = Math.max(names.least, ...named.map(({ name }) => 12 + name.length * nameWidth));
  const right = Math.min(wanted, width * names.part);
  const all = series.flatMap(({ points, band = [] }) => [
    ...points,
    ...band.flatMap(([x, low, high]): Point[] => [
      [x, low],
      [x, high],
    ]),
  ]);
  const xEnd = Math.max(1, chart.to ?? 0, ...all.map(([x]) => x));
  const ys = all.map(([, y]) => y);
  const most = Math.max(1e-6, ...ys);
  const yTicks = ticks(most, 4, from === 'zero' ? 0 : Math.min(most * 0.9, ...ys));
  const [yStart, yEnd] = [yTicks[0]!, yTicks.at(-1)!];
  const bottom = height - frame.bottom;
  const px = (x: number) => frame.left + (x / xEnd) * (width - frame.left - right);
  const py = (y: number) => bottom - ((y - yStart) / (yEnd - yStart)) * (bottom - frame.top);
  const at = ([x, y]: Point): Point => [px(x), py(y)];
  const grid = yTicks.flatMap((y): Mark[] => [
    lineMark('grid', frame.left, py(y), px(xEnd), py(y)),
    textMark(String(y), frame.left - 6, py(y) + 4, 'end'),
  ]);
  const under = ticks(xEnd, Math.min(5, (width - frame.left - right) / 60))
    .filter((x) => x <= xEnd)
    .map((x) => textMark(String(x), px(x), bottom + 16, 'middle'));
  const marked = marks.flatMap(({ x, text }): Mark[] => [
    lineMark('mark', px(x), frame.top, px(x), bottom),
    textMark(text, px(x) + 4, frame.top + 10),
  ]);
  const bands = series.flatMap(({ kind, band = [] }): Mark[] => {
    const there = band.map(([x, , high]): Point => [px(x), py(high)]);
    const back = band.map(([x, low]): Point => [px(x), py(low)]).reverse();
    return band.length < 2 ? [] : [pathMark(`area ${kind}`, [...there, ...back], true)];
  });
  const drawn = [...series].sort((a, b) => Number(b.faint === true) - Number(a.faint === true));
  const lines = drawn.flatMap(({ kind, points, faint = false }): Mark[] => [
    pathMark(`curve ${kind}${faint ? ' faint' : ''}`, points.map(at)),
    ...(faint || points.length > mostDots ? [] : points.map(([x, y]) => dotMark(kind, px(x), py(y), 2.5))),
  ]);
  const ends = namesAtEnds(named, { px, py, edge: px(0.98 * xEnd), bottom, room: right - 10 });
  return {
    width,
    height,
    marks: [
      ...[...grid, ...under, ...marked, ...bands, ...lines, ...ends],
      textMark(xLabel, px(xEnd / 2), height - 4, 'middle'),
      // Beside the axis where it is short, else above the plot.
      yLabel.length > 5 ? textMark(yLabel, 2, 12) : textMark(yLabel, frame.left, 12, 'end'),
    ],
  };
}
