import { drawLines, type LineChart } from './lineChart.ts';
import { shifted, textMark, type Drawing, type Mark } from './marks.ts';

/** Charts of the same runs, each with a title of its own. */
export interface PanelChart {
  readonly title: string;
  readonly panels: readonly LineChart[];
}

/** Width from which two stand beside each other. */
const twoFrom = 760;
const gap = 24;
const titleHeight = 22;

/** The panels in rows. `width` in pixels. */
export function drawPanels({ panels }: PanelChart, width = 640): Drawing {
  const columns = width < twoFrom ? 1 : 2;
  const each = (width - gap * (columns - 1)) / columns;
  const marks: Mark[] = [];
  let top = 0;
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns).map((panel) => ({ panel, drawing: drawLines(panel, each) }));
    row.forEach(({ panel, drawing }, column) => {
      const left = column * (each + gap);
      marks.push(textMark(panel.title, left + 2, top + 14, 'start', 'panel'));
      marks.push(...drawing.marks.map((mark) => shifted(mark, left, top + titleHeight)));
    });
    top += titleHeight + Math.max(...row.map(({ drawing }) => drawing.height)) + gap / 2;
  }
  return { width, height: Math.max(1, top - gap / 2), marks };
}
