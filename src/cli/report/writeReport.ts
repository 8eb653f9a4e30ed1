import { join } from 'node:path';
import { csvOf } from '../../core/csv.ts';
import { tableCells } from '../../run/experiment/cells.ts';
import type { ExperimentResult } from '../../run/experiment/compareRuns.ts';
import { groupRuns, type FinishedRun } from '../../run/experiment/table.ts';
import { figuresOf } from '../../run/figures/experiment.ts';
import { experimentHtml } from '../../run/report/experimentHtml.ts';
import { drawFigure } from '../../run/figures/figure.ts';
import { pictureOf, svgOf } from '../../run/figures/svg.ts';
import { writeWhole } from '../files/files.ts';

/** Writes `report.html`, `comparison.json`, `table.csv`, and each picture as `plots/….svg` with its numbers as `….csv`. */
export async function writeReport(
  folder: string,
  result: ExperimentResult,
  runs: readonly FinishedRun[],
  title: string,
): Promise<void> {
  const groups = groupRuns(runs);
  const table = tableCells(result.rows);
  const figures = figuresOf(result.rows, groups);
  await writeWhole(join(folder, 'report.html'), experimentHtml(title, result, groups, figures));
  await writeWhole(join(folder, 'comparison.json'), `${JSON.stringify(result, null, 1)}\n`);
  await writeWhole(join(folder, 'table.csv'), csvOf(table.head, table.rows));
  for (const figure of figures) {
    const { id, title: name, head, rows } = figure;
    await writeWhole(join(folder, 'plots', `${id}.svg`), pictureOf(svgOf(name, drawFigure(figure))));
    await writeWhole(join(folder, 'plots', `${id}.csv`), csvOf(head, rows));
  }
}
