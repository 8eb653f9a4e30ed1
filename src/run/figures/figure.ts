import { drawDots, type DotChart } from './dotChart.ts';
import { drawLines, type LineChart } from './lineChart.ts';
import type { Drawing } from './marks.ts';
import { drawPanels, type PanelChart } from './panels.ts';

/** A picture, and the table of the numbers that it shows. */
export interface Figure {
  /** Name of its files. */
  readonly id: string;
  readonly title: string;
  readonly chart:
    | ({ readonly kind: 'lines' } & LineChart)
    | ({ readonly kind: 'dots' } & DotChart)
    | ({ readonly kind: 'panels' } & PanelChart);
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Draws a figure in so many pixels. */
export function drawFigure({ chart }: Figure, width = 640): Drawing {
  switch (chart.kind) {
    case 'lines':
      return drawLines(chart, width);
    case 'dots':
      return drawDots(chart, width);
    case 'panels':
      return drawPanels(chart, width);
  }
}
