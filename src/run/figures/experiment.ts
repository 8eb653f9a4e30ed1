import { scoreText, spreadText } from '../experiment/cells.ts';
import { learningCurves } from '../experiment/learningCurve.ts';
import type { FinishedRun, RunGroup, TableRow } from '../experiment/table.ts';
import { groupKey } from '../experiment/variant.ts';
import type { Figure } from './figure.ts';
import { kindsOf, type Kinds } from './kinds.ts';
import type { Point, Series } from './lineChart.ts';
import { whyFigure } from './why.ts';
import { whyPartsFigure } from './whyParts.ts';

/** The pictures of an experiment, of its table and its groups; those without anything to show are left out. */
export function figuresOf(rows: readonly TableRow[], groups: readonly RunGroup[]): Figure[] {
  // The same way on other amounts of gold has the same colour.
  const kinds = kindsOf(groups, ({ config }) => groupKey({ ...config, goldSize: null }));
  return [
    f1Figure(rows, kinds),
    devFigure(groups, kinds),
    shareFigure(groups, kinds),
    curveFigure(groups, kinds),
    whyFigure(groups, kinds),
    whyPartsFigure(groups, kinds),
  ].filter((figure) => figure !== null);
}

function f1Figure(rows: readonly TableRow[], kinds: Kinds): Figure | null {
  const scored = rows.flatMap(({ name, key, f1, kind }) => (f1 === null ? [] : [{ name, key, f1, kind }]));
  if (scored.length === 0) return null;
  const seeds = [...new Set(scored.flatMap(({ f1 }) => f1.values.map(({ seed }) => seed)))].sort((a, b) => a - b);
  const dots = scored.map(({ name, key, f1, kind }) => ({
    name,
    kind: kind === 'teacher' ? 'silver' : (kinds.get(key) ?? 'mix'),
    values: f1.values.map(({ value }) => value),
    mean: f1.mean,
    label: spreadText(f1),
  }));
  const title = 'F1 by regimen: a dot a seed, the stroke is their mean';
  return {
    id: 'f1',
    title,
    chart: { kind: 'dots', title, xLabel: 'micro F1', rows: dots },
    head: ['regimen', 'mean', 'sd', ...seeds.map((seed) => `seed ${String(seed)}`)],
    rows: scored.map(({ name, f1 }) => [
      name,
      scoreText(f1.mean),
      scoreText(f1.sd),
      ...seeds.map((seed) => scoreText(f1.values.find((one) => one.seed === seed)?.value)),
    ]),
  };
}

interface SeedSeries extends Series {
  readonly seed: number;
}

/** A line a run; of each group the first seed has the name, the others are faint. */
function seriesOf(groups: readonly RunGroup[], kinds: Kinds, pointsOf: (run: FinishedRun) => readonly Point[]) {
  return groups.flatMap(({ key, name, runs }) => {
    const drawn = runs.flatMap((run): Omit<SeedSeries, 'faint'>[] => {
      const points = pointsOf(run);
      const kind = kinds.get(key) ?? 'mix';
      return points.length === 0 ? [] : [{ name, kind, points, seed: run.record.config.seed }];
    });
    return drawn.map((series, i): SeedSeries => ({ ...series, faint: i > 0 }));
  });
}

function rowsOfSeries(series: readonly SeedSeries[], digits: number): string[][] {
  return series.flatMap(({ name, seed, points }) =>
    points.map(([x, y]) => [name, String(seed), String(Number(x.toFixed(2))), y.toFixed(digits)]),
  );
}

function devFigure(groups: readonly RunGroup[], kinds: Kinds): Figure | null {
  const series = seriesOf(groups, kinds, ({ record }) => record.dev.map(({ step, f1 }): Point => [step, f1]));
  if (series.length === 0) return null;
  const title = 'F1 on dev by step: the first seed named, the others faint';
  return {
    id: 'dev',
    title,
    chart: { kind: 'lines', title, xLabel: 'optimizer steps', yLabel: 'F1', series, marks: [] },
    head: ['regimen', 'seed', 'step', 'F1'],
    rows: rowsOfSeries(series, 4),
  };
}

/** Parts of a run that its steps are averaged over, to show the share of silver that was really drawn. */
const parts = 40;

function shareFigure(groups: readonly RunGroup[], kinds: Kinds): Figure | null {
  const all = seriesOf(groups, kinds, ({ record: { curve } }) => {
    const size = Math.max(1, Math.ceil(curve.length / parts));
    return Array.from({ length: Math.ceil(curve.length / size) }, (_, part): Point => {
      const steps = curve.slice(part * size, (part + 1) * size);
      const mean = steps.reduce((sum, { silverShare }) => sum + silverShare, 0) / steps.length;
      return [(100 * Math.min(curve.length, (part + 0.5) * size)) / curve.length, 100 * mean];
    });
  });
  // All seeds of a group draw by the same schedule.
  const series = all.filter(({ faint }) => faint !== true);
  if (series.length === 0) return null;
  const title = 'Share of silver really drawn, first seed';
  return {
    id: 'share',
    title,
    chart: {
      ...{ kind: 'lines', title, xLabel: '% of the run’s steps', yLabel: '% silver', marks: [] },
      ...{ series, to: 100 },
    },
    head: ['regimen', 'seed', '% of steps', '% silver'],
    rows: rowsOfSeries(series, 2),
  };
}

function curveFigure(groups: readonly RunGroup[], kinds: Kinds): Figure | null {
  const curves = learningCurves(groups);
  if (curves.length === 0) return null;
  const title = 'What more gold buys: mean F1, and one sd around it';
  const series = curves.map(({ name, key, points }): Series => ({
    name,
    kind: kinds.get(key) ?? 'mix',
    points: points.map(({ gold, f1 }): Point => [gold, f1.mean]),
    band: points.map(
      ({ gold, f1 }) => [gold, Math.max(0, f1.mean - (f1.sd ?? 0)), Math.min(1, f1.mean + (f1.sd ?? 0))] as const,
    ),
  }));
  return {
    id: 'learning-curve',
    title,
    chart: { kind: 'lines', title, xLabel: 'gold sentences', yLabel: 'F1', series, marks: [], from: 'values' },
    head: ['regimen', 'gold', 'n', 'mean', 'sd'],
    rows: curves.flatMap(({ name, points }) =>
      points.map(({ gold, f1 }) => [
        name,
        String(gold),
        String(f1.values.length),
        scoreText(f1.mean),
        scoreText(f1.sd),
      ]),
    ),
  };
}
