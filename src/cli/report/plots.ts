import type { ExperimentResult } from '../../run/experiment/compareRuns.ts';
import { learningCurves } from '../../run/experiment/learningCurve.ts';
import { groupRuns, type FinishedRun, type RunGroup, type TableRow } from '../../run/experiment/table.ts';
import { score } from '../terminal/text.ts';
import { dotSvg } from './dotChart.ts';
import { lineSvg, type Series } from './lineChart.ts';

/** A picture and the table of the numbers that it shows. */
export interface Plot {
  /** Name of its files. */
  readonly id: string;
  readonly title: string;
  readonly svg: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The pictures of an experiment; those without anything to show are left out. */
export function plotsOf(result: ExperimentResult, runs: readonly FinishedRun[]): Plot[] {
  const groups = groupRuns(runs);
  return [f1Plot(result.rows), devPlot(groups), sharePlot(groups), curvePlot(groups)].filter((plot) => plot !== null);
}

/** Silver and gold are the colours of their sources; ways that mix both have one each, and a dash. */
export function kindsOf(groups: readonly RunGroup[]): ReadonlyMap<string, string> {
  let mixes = 0;
  return new Map(
    groups.map(({ key, config }) => {
      if (config.regimen === 'gold-only') return [key, 'gold'];
      if (config.regimen === 'silver-only') return [key, 'silver'];
      const at = mixes++ % 5;
      return [key, at === 0 ? 'mix' : `mix v${String(at)}`];
    }),
  );
}

function f1Plot(rows: readonly TableRow[]): Plot | null {
  const scored = rows.flatMap(({ name, key, f1, kind }) => (f1 === null ? [] : [{ name, key, f1, kind }]));
  if (scored.length === 0) return null;
  const seeds = [...new Set(scored.flatMap(({ f1 }) => f1.values.map(({ seed }) => seed)))].sort((a, b) => a - b);
  const title = 'F1 by regimen: a dot a seed, the stroke is their mean';
  const kindOf = (name: string) =>
    name.startsWith('Gold only') ? 'gold' : name.startsWith('Silver only') ? 'silver' : 'mix';
  const dots = scored.map(({ name, f1, kind }) => ({
    name,
    kind: kind === 'teacher' ? 'silver' : kindOf(name),
    values: f1.values.map(({ value }) => value),
    mean: f1.mean,
  }));
  return {
    id: 'f1',
    title,
    svg: dotSvg(title, 'micro F1', dots),
    head: ['regimen', 'mean', 'sd', ...seeds.map((seed) => `seed ${String(seed)}`)],
    rows: scored.map(({ name, f1 }) => [
      name,
      score(f1.mean),
      score(f1.sd),
      ...seeds.map((seed) => score(f1.values.find((one) => one.seed === seed)?.value)),
    ]),
  };
}

/** Dev F1 and the share of silver are shown of the first seed of each group: means of different steps would mislead. */
function firstSeeds(groups: readonly RunGroup[], points: (run: FinishedRun) => Series['points']) {
  const kinds = kindsOf(groups);
  return groups.flatMap((group): (Series & { readonly seed: number })[] => {
    const [first] = group.runs;
    const drawn = first === undefined ? [] : points(first);
    if (first === undefined || drawn.length === 0) return [];
    return [{ name: group.name, kind: kinds.get(group.key) ?? 'mix', points: drawn, seed: first.record.config.seed }];
  });
}

function stepPlot(id: string, title: string, yLabel: string, series: ReturnType<typeof firstSeeds>): Plot | null {
  if (series.length === 0) return null;
  return {
    id,
    title,
    svg: lineSvg({ title, xLabel: 'optimizer steps', yLabel, series, marks: [] }),
    head: ['regimen', 'seed', 'step', yLabel],
    rows: series.flatMap(({ name, seed, points }) =>
      points.map(([x, y]) => [name, String(seed), String(x), y.toFixed(4)]),
    ),
  };
}

function devPlot(groups: readonly RunGroup[]): Plot | null {
  const series = firstSeeds(groups, ({ record }) => record.dev.map(({ step, f1 }) => [step, f1] as const));
  return stepPlot('dev', 'F1 on dev by step, first seed', 'F1', series);
}

/** Parts that the steps of a run are averaged over, to show the share of silver that was really drawn. */
const parts = 40;

function sharePlot(groups: readonly RunGroup[]): Plot | null {
  const series = firstSeeds(groups, ({ record: { curve } }) => {
    const size = Math.max(1, Math.ceil(curve.length / parts));
    return Array.from({ length: Math.ceil(curve.length / size) }, (_, part) => {
      const steps = curve.slice(part * size, (part + 1) * size);
      return [steps.at(-1).step, steps.reduce((sum, { silverShare }) => sum + silverShare, 0) / steps.length] as const;
    });
  });
  return stepPlot('share', 'Realised share of silver by step, first seed', 'share', series);
}

function curvePlot(groups: readonly RunGroup[]): Plot | null {
  const curves = learningCurves(groups);
  if (curves.length === 0) return null;
  const kinds = kindsOf(groups);
  const title = 'F1 over the number of gold sentences: mean, and one sd around it';
  const series = curves.map(({ name, key, points }): Series => ({
    name,
    kind: kinds.get(key) ?? 'mix',
    points: points.map(({ gold, f1 }) => [gold, f1.mean] as const),
    band: points.map(
      ({ gold, f1 }) => [gold, Math.max(0, f1.mean - (f1.sd ?? 0)), Math.min(1, f1.mean + (f1.sd ?? 0))] as const,
    ),
  }));
  return {
    id: 'learning-curve',
    title,
    svg: lineSvg({ title, xLabel: 'gold sentences', yLabel: 'F1', series, marks: [] }),
    head: ['regimen', 'gold', 'n', 'mean', 'sd'],
    rows: curves.flatMap(({ name, points }) =>
      points.map(({ gold, f1 }) => [name, String(gold), String(f1.values.length), score(f1.mean), score(f1.sd)]),
    ),
  };
}
