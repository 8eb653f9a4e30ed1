import { escape } from './escape.ts';
import { ticks } from './lineChart.ts';

/** One row of dots: a value a seed, and their mean as a stroke. */
export interface DotRow {
  readonly name: string;
  readonly kind: string;
  readonly values: readonly number[];
  readonly mean: number;
}

const [width, rowHeight, letterWidth] = [640, 26, 7];
const bottom = 38;

/** An SVG chart of rows of dots over one axis that begins where the values do, with the mean as a stroke. */
export function dotSvg(title: string, xLabel: string, rows: readonly DotRow[]): string {
  const all = rows.flatMap(({ values, mean }) => [...values, mean]);
  const [least, most] = [Math.min(...all, 1), Math.max(...all, 0)];
  const marks = ticks(Math.max(1e-6, most), 10).filter(
    (at, i, list) => (i + 1 < list.length ? list[i + 1]! : at) >= least,
  );
  const [from, to] = [marks[0] ?? 0, marks[marks.length - 1] ?? 1];
  const left = 16 + letterWidth * Math.max(4, ...rows.map(({ name }) => name.length));
  const px = (value: number) => (left + ((value - from) / Math.max(1e-9, to - from)) * (width - left - 24)).toFixed(1);
  const height = rows.length * rowHeight + bottom + 8;
  const grid = marks.map(
    (at) =>
      `<line class="grid" x1="${px(at)}" x2="${px(at)}" y1="4" y2="${String(height - bottom)}"/><text x="${px(at)}" y="${String(height - bottom + 16)}" text-anchor="middle">${String(at)}</text>`,
  );
  const drawn = rows.map(({ name, kind, values, mean }, i) => {
    const y = 4 + (i + 0.5) * rowHeight;
    const dots = values.map(
      (value) => `<circle class="${kind}" cx="${px(value)}" cy="${String(y)}" r="4" fill-opacity=".75"/>`,
    );
    return `<text x="${String(left - 10)}" y="${String(y + 4)}" text-anchor="end">${escape(name)}</text><line class="mean" x1="${px(mean)}" x2="${px(mean)}" y1="${String(y - 9)}" y2="${String(y + 9)}"/>${dots.join('')}`;
  });
  return `<svg viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="${escape(title)}">
${[...grid, ...drawn].join('\n')}
<text x="${px((from + to) / 2)}" y="${String(height - 4)}" text-anchor="middle">${escape(xLabel)}</text>
</svg>`;
}
