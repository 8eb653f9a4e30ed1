import { labelHue } from '../../data/labelHue.ts';
import { labelsByFrequency } from '../experiment/devLabels.ts';
import type { DevPoint, RunRecord } from '../events.ts';
import type { Figure } from './figure.ts';
import type { Point, Series } from './lineChart.ts';
import { hueKind } from './marks.ts';

/** Labels that are drawn, the most frequent ones; the numbers have all. */
export const mostLabels = 6;

/** F1 on dev by label over the steps of one run, as far as it came; null where dev was scored less than twice. */
export function runLabelsFigure(dev: readonly DevPoint[], record: RunRecord | null): Figure | null {
  const labels = labelsByFrequency([{ dev, scores: record?.scores ?? {} }]);
  const pointsOf = (label: string) =>
    dev.flatMap(({ step, labels = {} }): Point[] => (labels[label] === undefined ? [] : [[step, labels[label]]]));
  const all = labels.map((name) => ({ name, points: pointsOf(name) })).filter(({ points }) => points.length > 1);
  if (all.length === 0) return null;
  const series = all.slice(0, mostLabels).map((one): Series => ({ ...one, kind: hueKind(labelHue(one.name)) }));
  const title = `F1 on dev by label${all.length > mostLabels ? `, the ${String(mostLabels)} most frequent` : ''}`;
  return {
    id: 'dev-labels',
    title,
    chart: { kind: 'lines', title, xLabel: 'optimizer steps', yLabel: 'F1', series, marks: [] },
    head: ['label', 'step', 'F1'],
    rows: all.flatMap(({ name, points }) => points.map(([step, f1]) => [name, String(step), f1.toFixed(4)])),
  };
}
