import { escape } from './escape.ts';

export interface Series {
  readonly name: string;
  /** Class that gives the colour: `gold`, `silver` or `mix`. */
  readonly kind: string;
  readonly points: readonly (readonly [number, number])[];
  /** x, and the low and high end of what lies around the line. */
  readonly band?: readonly (readonly [number, number, number])[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Vertical marks with a word each. */
  readonly marks: readonly { readonly x: number; readonly text: string }[];
}

const [width, height] = [640, 260];
const frame = { left: 46, top: 26, bottom: 38 };
/** Least room for names at the right, in pixels. */
const leastRight = 110;
/** Least distance of two names at the right, in pixels. */
const lineHeight = 16;
/** Width of a letter of a name, about. */
const letterWidth = 7;

/** A line chart as a figure with its title above. */
export function lineChart(chart: Chart): string {
  return `<figure><figcaption>${escape(chart.title)}</figcaption>\n${lineSvg(chart)}</figure>`;
}

/** An SVG line chart: axes with units, names at the ends of the lines, no legend and no script. */
export function lineSvg({ title, xLabel, yLabel, series, marks }: Chart): string {
  const all = series.flatMap(({ points, band = [] }) => [...points, ...band.map(([x, , high]) => [x, high] as const)]);
  const right = Math.max(leastRight, ...series.map(({ name }) => 12 + name.length * letterWidth));
  const xEnd = Math.max(1, ...all.map(([x]) => x));
  const yTicks = ticks(Math.max(1e-6, ...all.map(([, y]) => y)), 4);
  const yEnd = Math.max(...yTicks);
  const px = (x: number) => frame.left + (x / xEnd) * (width - frame.left - right);
  const py = (y: number) => height - frame.bottom - (y / yEnd) * (height - frame.top - frame.bottom);
  const grid = yTicks.map((y) => {
    const at = fixed(py(y));
    return `<line class="grid" x1="${String(frame.left)}" x2="${fixed(px(xEnd))}" y1="${at}" y2="${at}"/><text x="${String(frame.left - 6)}" y="${fixed(py(y) + 4)}" text-anchor="end">${String(y)}</text>`;
  });
  const bottom = height - frame.bottom;
  const under = ticks(xEnd, 5)
    .filter((x) => x <= xEnd)
    .map((x) => `<text x="${fixed(px(x))}" y="${String(bottom + 16)}" text-anchor="middle">${String(x)}</text>`);
  const marked = marks.map(
    ({ x, text }) =>
      `<line class="mark" x1="${fixed(px(x))}" x2="${fixed(px(x))}" y1="${String(frame.top)}" y2="${String(bottom)}"/><text x="${fixed(px(x) + 4)}" y="${String(frame.top + 10)}">${escape(text)}</text>`,
  );
  const lines = series.map(({ kind, points }) => {
    const path = points.map(([x, y]) => `${fixed(px(x))},${fixed(py(y))}`).join(' ');
    const dots =
      points.length > 24
        ? ''
        : points
            .map(([x, y]) => `<circle class="${kind}" cx="${fixed(px(x))}" cy="${fixed(py(y))}" r="2.5"/>`)
            .join('');
    return `<polyline class="${kind}" points="${path}"/>${dots}`;
  });
  const bands = series.flatMap(({ kind, band = [] }) => {
    const there = band.map(([x, , high]) => `${fixed(px(x))},${fixed(py(high))}`);
    const back = band.map(([x, low]) => `${fixed(px(x))},${fixed(py(low))}`).reverse();
    return band.length < 2 ? [] : [`<polygon class="${kind}" points="${[...there, ...back].join(' ')}"/>`];
  });
  return `<svg viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="${escape(title)}">
${[...grid, ...under, ...marked, ...bands, ...lines, ...namesOf(series, px, py, width - right - 1)].join('\n')}
<text x="${fixed(px(xEnd / 2))}" y="${String(height - 4)}" text-anchor="middle">${escape(xLabel)}</text>
<text x="${String(frame.left)}" y="12" text-anchor="end">${escape(yLabel)}</text>
</svg>`;
}

/**
 * The names at the ends of the lines. A line that goes to the right edge has its name beside it, these pushed apart; one
 * that ends before has it above its end, or below where another line runs close above.
 */
function namesOf(
  series: readonly Series[],
  px: (x: number) => number,
  py: (y: number) => number,
  edge: number,
): string[] {
  const names: string[] = [];
  /** Names beside the edge, from above. */
  const beside: { y: number; readonly draw: (at: number) => string }[] = [];
  /** Where names stand that do not lie beside the edge: their right end and base line. */
  const placed: Place[] = [];
  const ends = series.flatMap(({ name, kind, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ name, kind, x: last[0], right: px(last[0]), y: py(last[1]) }];
  });
  ends.sort((a, b) => a.y - b.y);
  for (const { name, kind, x, right, y } of ends) {
    const text = (at: string, below: number) =>
      `<text class="name ${kind}" ${at} y="${fixed(below)}">${escape(name)}</text>`;
    if (right >= edge) {
      beside.push({ y, draw: (at) => text(`x="${fixed(right + 8)}"`, at + 4) });
      continue;
    }
    const above = series.some((other) => other.name !== name && isCloseAbove(y, valueAt(other.points, x), py));
    const below = above && y < height - frame.bottom - 2 * lineHeight;
    const place = { right, at: below ? y + lineHeight : y - 8, width: name.length * letterWidth };
    while (placed.some((other) => overlap(other, place))) place.at -= lineHeight;
    placed.push(place);
    names.push(text(`x="${fixed(right)}" text-anchor="end"`, place.at));
  }
  pushApart(beside, height - lineHeight / 2);
  return [...names, ...beside.map(({ y, draw }) => draw(y))];
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

interface Place {
  readonly right: number;
  readonly at: number;
  readonly width: number;
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

/** Round numbers from 0 to at least `end`, about `count` of them after 0. */
export function ticks(end: number, count: number): number[] {
  const rough = end / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((s) => s >= rough * 0.999) ?? rough;
  const steps = Math.ceil(end / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

function fixed(value: number): string {
  return value.toFixed(1);
}
