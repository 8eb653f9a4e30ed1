import { labelsByFrequency, pooledLabels } from '../experiment/devLabels.ts';
import type { RunGroup } from '../experiment/table.ts';
import { pooledWhy, shareOf, type PooledPoint } from '../experiment/why.ts';
import { mostLabels } from './devLabels.ts';
import type { Figure } from './figure.ts';
import type { Kinds } from './kinds.ts';
import type { LineChart, Point, Series } from './lineChart.ts';

type Panel = Pick<LineChart, 'title' | 'yLabel' | 'series'>;

/** What else runs log of their course: the loss against either label, what is undone of silver, dev F1 by label; seeds together. */
export function whyPartsFigure(groups: readonly RunGroup[], kinds: Kinds): Figure | null {
  const lines = (pointsOf: (group: RunGroup) => readonly Point[]) =>
    groups.flatMap((group): Series[] => {
      const points = pointsOf(group);
      return points.length === 0 ? [] : [{ name: group.name, kind: kinds.get(group.key) ?? 'mix', points }];
    });
  const logged = (of: (point: PooledPoint) => number | null) =>
    lines((group) =>
      (pooledWhy(group)?.points ?? []).flatMap((point): Point[] => {
        const value = of(point);
        return value === null ? [] : [[100 * point.progress, value]];
      }),
    );
  const share = (part: 'right' | 'wrong') =>
    logged(({ undone }) => {
      const value = undone === null ? null : shareOf(undone[part]);
      return value === null ? null : 100 * value;
    });
  const ofLabel = (label: string) =>
    lines((group) =>
      (pooledLabels(group).find((one) => one.label === label)?.points ?? []).map(([at, f1]): Point => [100 * at, f1]),
    );
  const labels = labelsByFrequency(groups.flatMap(({ runs }) => runs.map(({ record }) => record)));
  const panels: readonly Panel[] = [
    { title: 'Loss on trusted labels', yLabel: 'nats a word', series: logged(({ loss }) => loss.gold) },
    { title: 'Loss on the teacher’s labels', yLabel: 'nats a word', series: logged(({ loss }) => loss.silver) },
    { title: 'Wrong entities of silver that were undone', yLabel: '% undone', series: share('wrong') },
    { title: 'Right entities of silver that were undone', yLabel: '% undone', series: share('right') },
    ...labels.map((label) => ({ title: `F1 on dev: ${label}`, yLabel: 'F1', series: ofLabel(label) })),
  ].filter(({ series }) => series.some(({ points }) => points.length > 1));
  if (panels.length === 0) return null;
  const title = 'What else changes over a run: losses, what gold undoes, and F1 of each label';
  const left = labels.slice(mostLabels).map((label) => `F1 on dev: ${label}`);
  const drawn = panels.filter((panel) => !left.includes(panel.title));
  return {
    id: 'why-parts',
    title,
    chart: {
      ...{ kind: 'panels', title },
      panels: drawn.map((panel) => ({ ...panel, xLabel: '% of the run’s steps', marks: [], height: 190 })),
    },
    head: ['what', 'regimen', '% of steps', 'value'],
    rows: panels.flatMap((panel) =>
      panel.series.flatMap(({ name, points }) =>
        points.map(([x, y]) => [panel.title, name, String(Number(x.toFixed(2))), y.toFixed(4)]),
      ),
    ),
  };
}
