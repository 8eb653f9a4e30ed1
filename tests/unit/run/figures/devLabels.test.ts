import { expect, test } from 'vitest';
import { labelHue } from '../../../../src/data/labelHue.ts';
import type { DevPoint, RunRecord } from '../../../../src/run/events.ts';
import { labelsByFrequency, pooledLabels } from '../../../../src/run/experiment/devLabels.ts';
import { groupRuns } from '../../../../src/run/experiment/table.ts';
import { drawFigure } from '../../../../src/run/figures/figure.ts';
import { svgOf } from '../../../../src/run/figures/svg.ts';
import { runLabelsFigure } from '../../../../src/run/figures/devLabels.ts';
import { figuresOf } from '../../../../src/run/figures/experiment.ts';
import { finishedRun } from '../../../support/finishedRuns.ts';

const scored = (step: number, labels: Readonly<Record<string, number>>): DevPoint => ({
  step,
  f1: 0,
  best: false,
  labels,
});
const score = (support: number) => ({ precision: 0, recall: 0, f1: 0, support });

/** Dev scores of labels with so many entities each. */
function scoresOf(supports: Readonly<Record<string, number>>): RunRecord['scores'] {
  const labels = Object.fromEntries(Object.entries(supports).map(([label, n]) => [label, score(n)]));
  const report = { micro: score(0), macro: score(0), labels };
  return { dev: { default: report, strict: report } };
}
const scores = scoresOf({ LOC: 9, ORG: 30, PER: 4 });
const run = (seed: number, dev: readonly DevPoint[], steps = 10) =>
  finishedRun({ seed }, 30, 60, { dev, steps, scores });

const seeds = [
  run(0, [scored(5, { PER: 0.2, LOC: 0.4, ORG: 0.1 }), scored(10, { PER: 0.5, LOC: 0.6, ORG: 0.3 })]),
  run(1, [scored(5, { PER: 0.4, LOC: 0.4, ORG: 0.3 }), scored(10, { PER: 0.7, LOC: 0.8, ORG: 0.5 })]),
];

test('F1 of each label is a mean over seeds, at the scorings that all have', () => {
  const close = (value: number) => expect.closeTo(value, 12) as number;
  const [group] = groupRuns(seeds);
  expect(pooledLabels(group!)).toEqual([
    {
      label: 'PER',
      points: [
        [0.5, close(0.3)],
        [1, close(0.6)],
      ],
    },
    {
      label: 'LOC',
      points: [
        [0.5, close(0.4)],
        [1, close(0.7)],
      ],
    },
    {
      label: 'ORG',
      points: [
        [0.5, close(0.2)],
        [1, close(0.4)],
      ],
    },
  ]);
  const [early] = groupRuns([seeds[0]!, run(1, [scored(4, { PER: 0.4, LOC: 0, ORG: 0 })], 8)]);
  expect(pooledLabels(early!)[0]).toEqual({ label: 'PER', points: [[0.5, close(0.3)]] });
  const [old] = groupRuns([run(0, [{ step: 5, f1: 0.5, best: true }])]);
  expect(pooledLabels(old!)).toEqual([]);
});

test('labels go by how often dev has them, and by name where that is not known', () => {
  expect(labelsByFrequency(seeds.map(({ record }) => record))).toEqual(['ORG', 'LOC', 'PER']);
  expect(labelsByFrequency([{ dev: seeds[0]!.record.dev, scores: {} }])).toEqual(['LOC', 'ORG', 'PER']);
});

test('a run shows a line a label, and draws the most frequent where there are many', () => {
  const figure = runLabelsFigure(seeds[0]!.record.dev, seeds[0]!.record)!;
  if (figure.chart.kind !== 'lines') throw new Error(figure.chart.kind);
  expect(figure.title).toBe('F1 on dev by label');
  expect(figure.chart.series.map(({ name, kind, points }) => [name, kind, points])).toEqual([
    [
      'ORG',
      'hue hue-255',
      [
        [5, 0.1],
        [10, 0.3],
      ],
    ],
    [
      'LOC',
      'hue hue-150',
      [
        [5, 0.4],
        [10, 0.6],
      ],
    ],
    [
      'PER',
      'hue hue-300',
      [
        [5, 0.2],
        [10, 0.5],
      ],
    ],
  ]);
  expect(figure.rows.at(-1)).toEqual(['PER', '10', '0.5000']);

  const names = Array.from({ length: 9 }, (_, i) => `L${String(i)}`);
  const dev = [1, 2].map((step) => scored(step, Object.fromEntries(names.map((name) => [name, 0.5]))));
  const supports = Object.fromEntries(names.map((name, i) => [name, i]));
  const many = runLabelsFigure(dev, { ...seeds[0]!.record, scores: scoresOf(supports) })!;
  if (many.chart.kind !== 'lines') throw new Error(many.chart.kind);
  expect(many.title).toBe('F1 on dev by label, the 6 most frequent');
  expect(many.chart.series.map(({ name }) => name)).toEqual(['L8', 'L7', 'L6', 'L5', 'L4', 'L3']);
  expect(many.rows).toHaveLength(18);
  expect(runLabelsFigure([scored(1, { PER: 1 })], null)).toBeNull();
});

test('an experiment has a panel a label over progress, and its table all numbers', () => {
  const gold = finishedRun({ regimen: 'gold-only' }, 20, 60, {
    dev: [scored(10, { PER: 0.1, LOC: 0.1, ORG: 0.1 }), scored(20, { PER: 0.2, LOC: 0.3, ORG: 0.4 })],
    ...{ steps: 20, scores },
  });
  const figure = figuresOf([], groupRuns([gold, ...seeds])).find(({ id }) => id === 'why-parts')!;
  if (figure.chart.kind !== 'panels') throw new Error(figure.chart.kind);
  expect(figure.chart.panels.map(({ title }) => title)).toEqual(
    ['ORG', 'LOC', 'PER'].map((label) => `F1 on dev: ${label}`),
  );
  expect(figure.chart.panels[2]?.series.map(({ name, kind }) => [name, kind])).toEqual([
    ['Gold only', 'gold'],
    ['Simple mix', 'mix'],
  ]);
  expect(figure.rows.filter(([what]) => what === 'F1 on dev: PER')).toEqual([
    ['F1 on dev: PER', 'Gold only', '50', '0.1000'],
    ['F1 on dev: PER', 'Gold only', '100', '0.2000'],
    ['F1 on dev: PER', 'Simple mix', '50', '0.3000'],
    ['F1 on dev: PER', 'Simple mix', '100', '0.6000'],
  ]);
});

test('a line has the hue that its label has everywhere else, in pictures as files too', () => {
  const svg = svgOf('', drawFigure(runLabelsFigure(seeds[0]!.record.dev, seeds[0]!.record)!));
  for (const label of ['ORG', 'LOC', 'PER'])
    expect(svg).toMatch(
      new RegExp(`class="name hue hue-\\d+" style="--hue:${String(labelHue(label))}"[^>]*>${label}<`),
    );
  expect(svg.match(/class="curve hue hue-300" style="--hue:300"/g)).toHaveLength(1);
});
