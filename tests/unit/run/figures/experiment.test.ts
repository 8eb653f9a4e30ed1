import { expect, test } from 'vitest';
import { compareRuns } from '../../../../src/run/experiment/compareRuns.ts';
import { groupRuns, rowOf } from '../../../../src/run/experiment/table.ts';
import { figuresOf } from '../../../../src/run/figures/experiment.ts';
import { drawFigure } from '../../../../src/run/figures/figure.ts';
import { finishedRun } from '../../../support/finishedRuns.ts';

const point = (step: number, silverShare: number) => ({ step, loss: 1, learningRate: 1e-3, gradNorm: 1, silverShare });

test('the figures of an experiment show each seed, and their tables hold the same numbers', () => {
  const curves = (shares: readonly number[]) => ({
    curve: shares.map((share, i) => point(i + 1, share)),
    dev: [
      { step: 2, f1: 0.25, best: false },
      { step: 4, f1: 0.5, best: true },
    ],
  });
  const runs = [0, 1].flatMap((seed) => [
    finishedRun({ regimen: 'gold-only', seed }, 30 + seed, 60, curves([0, 0, 0, 0])),
    finishedRun({ seed }, 45, 60, curves([1, 1, 0.5, 0])),
  ]);
  const figures = figuresOf(compareRuns(runs, { rounds: 10 }).rows, groupRuns(runs));
  expect(figures.map(({ id }) => id)).toEqual(['f1', 'dev', 'share']);
  const [f1, dev, share] = figures;
  expect(f1?.head).toEqual(['regimen', 'mean', 'sd', 'seed 0', 'seed 1']);
  expect(f1?.rows).toEqual([
    ['Gold only', '0.508', '0.012', '0.500', '0.517'],
    ['Simple mix', '0.750', '0.000', '0.750', '0.750'],
  ]);
  expect(dev?.rows).toHaveLength(8);
  expect(dev?.rows[3]).toEqual(['Gold only', '1', '4', '0.5000']);
  expect(share?.rows.filter(([name]) => name === 'Simple mix')).toEqual([
    ['Simple mix', '0', '12.5', '100.00'],
    ['Simple mix', '0', '37.5', '100.00'],
    ['Simple mix', '0', '62.5', '50.00'],
    ['Simple mix', '0', '87.5', '0.00'],
  ]);
  const kinds = drawFigure(dev!).marks.flatMap((mark) => (mark.shape === 'path' ? [mark.kind] : []));
  expect(kinds.sort()).toEqual(['curve gold', 'curve gold faint', 'curve mix', 'curve mix faint']);
});

test('a way has one colour on all amounts of gold', () => {
  const runs = [25, 50].flatMap((goldSize) => [
    finishedRun({ regimen: 'gold-only', goldSize }, 10),
    finishedRun({ goldSize }, 20),
    finishedRun({ regimen: 'pooled', goldSize }, 30),
    finishedRun({ regimen: 'gold-for-silver', goldSize }, 15),
  ]);
  const [f1] = figuresOf(groupRuns(runs).map(rowOf), groupRuns(runs));
  if (f1?.chart.kind !== 'dots') throw new Error('no dots');
  const kinds = ['gold', 'mix', 'mix v1', 'gold v1'];
  expect(f1.chart.rows.map(({ kind }) => kind)).toEqual([...kinds, ...kinds]);
});

test('a learning curve has its spread around it', () => {
  const runs = [25, 50].flatMap((goldSize) =>
    [0, 1].map((seed) => finishedRun({ regimen: 'gold-only', goldSize, seed }, goldSize - 6 * seed)),
  );
  const figure = figuresOf([], groupRuns(runs)).find(({ id }) => id === 'learning-curve')!;
  expect(figure.rows).toEqual([
    ['Gold only', '25', '2', '0.367', '0.071'],
    ['Gold only', '50', '2', '0.783', '0.071'],
  ]);
  if (figure.chart.kind !== 'lines') throw new Error(figure.chart.kind);
  const deviation = 0.1 / Math.SQRT2;
  expect(figure.chart.series[0]?.band).toEqual([
    [25, expect.closeTo(22 / 60 - deviation, 9), expect.closeTo(22 / 60 + deviation, 9)],
    [50, expect.closeTo(47 / 60 - deviation, 9), expect.closeTo(47 / 60 + deviation, 9)],
  ]);
});
