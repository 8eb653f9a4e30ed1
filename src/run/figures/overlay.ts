import type { RunConfig } from '../config.ts';
import type { DevPoint, TrainPoint } from '../events.ts';
import type { Figure } from './figure.ts';
import { lossUnit } from '../losses.ts';
import { kindsOf } from './kinds.ts';
import type { Point, Series } from './lineChart.ts';

/** A run as far as its curves go; it need not have finished. */
export interface Overlaid {
  readonly id: string;
  readonly name: string;
  readonly config: RunConfig;
  readonly curve: readonly TrainPoint[];
  readonly dev: readonly DevPoint[];
}

/** Parts of a run that its loss is averaged over: single batches jump too much to be compared. */
const parts = 40;

/** The curves of some runs, each with its name; a picture without any point is left out. */
export function overlayFigures(runs: readonly Overlaid[]): Figure[] {
  const kinds = kindsOf(runs.map(({ id, config }) => ({ key: id, config })));
  const figureOf = (id: string, title: string, yLabel: string, digits: number, of: (run: Overlaid) => Point[]) => {
    const series = runs.flatMap((run): Series[] => {
      const points = of(run);
      return points.length === 0 ? [] : [{ name: run.name, kind: kinds.get(run.id) ?? 'mix', points }];
    });
    const chart = { kind: 'lines', title, xLabel: 'optimizer steps', yLabel, series, marks: [] } as const;
    const rows = series.flatMap(({ name, points }) =>
      points.map(([x, y]) => [name, String(Number(x.toFixed(1))), y.toFixed(digits)]),
    );
    return series.length === 0 ? [] : [{ id, title, chart, head: ['run', 'step', yLabel], rows }];
  };
  const unit = lossUnit(runs.map(({ config }) => config));
  return [
    ...figureOf('runs-dev', 'F1 on dev by step', 'F1', 4, ({ dev }) => dev.map(({ step, f1 }): Point => [step, f1])),
    ...figureOf('runs-loss', 'Loss by step, a mean over a fortieth of each run', unit, 4, lossPoints),
  ];
}

function lossPoints({ curve }: Overlaid): Point[] {
  const size = Math.max(1, Math.ceil(curve.length / parts));
  return Array.from({ length: Math.ceil(curve.length / size) }, (_, part): Point => {
    const points = curve.slice(part * size, (part + 1) * size);
    const mean = (of: (point: TrainPoint) => number) => points.reduce((sum, p) => sum + of(p), 0) / points.length;
    return [mean(({ step }) => step), mean(({ loss }) => loss)];
  });
}
