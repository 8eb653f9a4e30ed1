import { join } from 'node:path';
import { csvOf } from '../../core/csv.ts';
import type { ExperimentResult } from '../../run/experiment/compareRuns.ts';
import { groupRuns, type FinishedRun } from '../../run/experiment/table.ts';
import { figuresOf } from '../../run/figures/experiment.ts';
import { drawFigure } from '../../run/figures/figure.ts';
import { pictureOf, svgOf } from '../../run/figures/svg.ts';
import { writeWhole } from '../files/files.ts';
import { experimentHtml } from './experimentHtml.ts';

/** Writes `report.html`, `comparison.json`, `table.csv`, and each picture as `plots/….svg` with its numbers as `….csv`. */
export async function writeReport(
  folder: string,
  result: ExperimentResult,
  runs: readonly FinishedRun[],
  title: string,
): Promise<void> {
  const groups = groupRuns(runs);
  const figures = figuresOf(result.rows, groups);
  await writeWhole(join(folder, 'report.html'), experimentHtml(title, result, groups, figures));
  await writeWhole(join(folder, 'comparison.json'), `${JSON.stringify(result, null, 1)}\n`);
  await writeWhole(join(folder, 'table.csv'), csvOf(...tableCells(result)));
  for (const figure of figures) {
    const { id, title: name, head, rows } = figure;
    await writeWhole(join(folder, 'plots', `${id}.svg`), pictureOf(svgOf(name, drawFigure(figure))));
    await writeWhole(join(folder, 'plots', `${id}.csv`), csvOf(head, rows));
  }
}

function tableCells({ rows }: ExperimentResult): [string[], string[][]] {
  const labels = [...new Set(rows.flatMap((row) => Object.keys(row.labels)))].sort();
  const number = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(value));
  const head = ['name', 'n', 'f1', 'f1 sd', 'f1 strict', 'f1 strict sd', 'steps from', 'steps to'];
  const seen = ['silver drawn', 'silver repeats', 'gold drawn', 'gold repeats', 'seconds'];
  const cells = rows.map((row) => [
    row.name,
    String(row.n),
    ...[row.f1?.mean, row.f1?.sd, row.strict?.mean, row.strict?.sd, row.steps?.least, row.steps?.most].map(number),
    ...[row.silver?.drawn.most, row.silver?.repeats, row.gold?.drawn.most, row.gold?.repeats, row.seconds?.mean].map(
      number,
    ),
    ...labels.map((label) => number(row.labels[label]?.mean)),
  ]);
  return [[...head, ...seen, ...labels.map((label) => `f1 ${label}`)], cells];
}
