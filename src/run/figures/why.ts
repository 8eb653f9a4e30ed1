import { pooledWhy, repeatedOf, shareOf } from '../experiment/why.ts';
import type { RunGroup } from '../experiment/table.ts';
import type { Figure } from './figure.ts';
import type { Kinds } from './kinds.ts';
import type { Point, Series } from './lineChart.ts';

/** The share of the teacher's own mistakes that each way repeats over its course, seeds taken together; its table has all that was logged. */
export function whyFigure(groups: readonly RunGroup[], kinds: Kinds): Figure | null {
  const logged = groups.flatMap((group) => {
    const why = pooledWhy(group);
    return why === null ? [] : [{ key: group.key, name: group.name, why }];
  });
  const series = logged.flatMap(({ key, name, why }): Series[] => {
    const points = why.points.flatMap((point): Point[] => {
      const share = shareOf(repeatedOf(point));
      return share === null ? [] : [[100 * point.progress, 100 * share]];
    });
    return points.length === 0 ? [] : [{ name, kind: kinds.get(key) ?? 'mix', points }];
  });
  if (series.length === 0) return null;
  const title = 'The teacher’s own mistakes that the student repeats';
  const part = (of: { readonly n: number; readonly of: number } | undefined) =>
    of === undefined ? '–' : `${String(of.n)} of ${String(of.of)}`;
  return {
    id: 'why',
    title,
    chart: { kind: 'lines', title, xLabel: '% of the run’s steps', yLabel: '% repeated', series, marks: [] },
    head: [
      ...['regimen', '% of steps', '% repeated', 'made up', 'missed', 'loss on gold', 'loss on silver'],
      ...['right undone', 'wrong undone'],
    ],
    rows: logged.flatMap(({ name, why }) =>
      why.points.map((point) => [
        name,
        String(Number((100 * point.progress).toFixed(2))),
        percent(shareOf(repeatedOf(point))),
        part(point.repeated.invented),
        part(point.repeated.missed),
        point.loss.gold.toFixed(4),
        point.loss.silver.toFixed(4),
        part(point.undone?.right),
        part(point.undone?.wrong),
      ]),
    ),
  };
}

const percent = (share: number | null) => (share === null ? '–' : (100 * share).toFixed(1));
