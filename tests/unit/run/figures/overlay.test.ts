import { expect, test } from 'vitest';
import { defaultConfig, type RunConfig } from '../../../../src/run/config.ts';
import type { TrainPoint } from '../../../../src/run/events.ts';
import { overlayFigures, type Overlaid } from '../../../../src/run/figures/overlay.ts';

const curveOf = (losses: readonly number[]): TrainPoint[] =>
  losses.map((loss, i) => ({ step: i + 1, loss, learningRate: 0, gradNorm: 0, silverShare: 1 }));
const run = (id: string, change: Partial<Overlaid>): Overlaid => ({
  ...{ id, name: `Run ${id}`, config: defaultConfig, curve: [], dev: [] },
  ...change,
});

test('each run is a line with its name and its colour; what has no points is left out', () => {
  const runs = [
    run('a', { curve: curveOf([4, 2]), dev: [{ step: 2, f1: 0.5, best: true }] }),
    run('b', { curve: curveOf([3]), config: { ...defaultConfig, regimen: 'gold-only' } }),
  ];
  const [dev, loss, ...others] = overlayFigures(runs);
  expect(others).toEqual([]);
  expect(dev?.rows).toEqual([['Run a', '2', '0.5000']]);
  expect(loss?.rows).toEqual([
    ['Run a', '1', '4.0000'],
    ['Run a', '2', '2.0000'],
    ['Run b', '1', '3.0000'],
  ]);
  expect(loss?.chart).toMatchObject({
    series: [
      {
        name: 'Run a',
        kind: 'mix',
        points: [
          [1, 4],
          [2, 2],
        ],
      },
      { name: 'Run b', kind: 'gold' },
    ],
  });
  expect(overlayFigures([run('c', {})])).toEqual([]);
});

test('a long run is forty means of its loss, which together hold every step', () => {
  const losses = Array.from({ length: 100 }, (_, i) => i);
  const [loss] = overlayFigures([run('a', { curve: curveOf(losses) })]);
  // Three steps a mean, and the hundredth alone.
  expect(loss?.rows).toHaveLength(34);
  expect(loss?.rows.slice(0, 2)).toEqual([
    ['Run a', '2', '1.0000'],
    ['Run a', '5', '4.0000'],
  ]);
  expect(loss?.rows.at(-1)).toEqual(['Run a', '100', '99.0000']);
});

test('the loss is in nats only where no run that is drawn has the generalised cross-entropy', () => {
  const unitOf = (...configs: readonly Partial<RunConfig>[]) =>
    overlayFigures(
      configs.map((config, i) => run(String(i), { config: { ...defaultConfig, ...config }, curve: curveOf([1]) })),
    )[0]?.head[2];
  expect(unitOf({}, { lossSilver: 'label-smoothing' })).toBe('nats a word');
  expect(unitOf({}, { lossSilver: 'generalised' })).toBe('mean over words');
  expect(unitOf({ lossSilver: 'generalised', regimen: 'gold-only' })).toBe('nats a word'); // it draws no silver
});
