import { expect, test } from 'vitest';
import { learningCurves } from '../../../../src/run/experiment/learningCurve.ts';
import { groupRuns } from '../../../../src/run/experiment/table.ts';
import type { RunConfig } from '../../../../src/run/config.ts';
import type { RunRecord } from '../../../../src/run/events.ts';
import { finishedRun } from '../../../support/finishedRuns.ts';

const run = (config: Partial<RunConfig>, found: number, record: Partial<RunRecord> = {}) =>
  finishedRun({ seed: 0, ...config }, found, 60, record);
const curvesOf = (...runs: ReturnType<typeof run>[]) =>
  learningCurves(groupRuns(runs)).map(({ name, points }) => [name, points.map(({ gold, f1 }) => [gold, f1.mean * 60])]);
const close = (...points: readonly (readonly [number, number])[]) =>
  points.map(([gold, found]) => [gold, expect.closeTo(found, 9)]);

test('a curve goes over the sizes of gold, and begins with silver alone where its variant uses silver', () => {
  expect(
    curvesOf(
      run({ goldSize: 50 }, 40),
      run({ goldSize: 25 }, 35),
      run({ regimen: 'gold-only', goldSize: 25 }, 10),
      run({ regimen: 'gold-only', goldSize: 50 }, 20),
      run({ regimen: 'silver-only' }, 30),
      run({ regimen: 'pooled', goldSize: 50 }, 45), // one size makes no curve
    ),
  ).toEqual([
    ['Simple mix', close([0, 30], [25, 35], [50, 40])],
    ['Gold only', close([25, 10], [50, 20])],
  ]);
});

test('groups that differ in other settings are other curves, with names that say so and their own silver', () => {
  const fast = { learningRate: 1e-3 };
  expect(
    curvesOf(
      run({ goldSize: 25 }, 35),
      run({ goldSize: 50 }, 40),
      run({ goldSize: 25, ...fast }, 5),
      run({ goldSize: 50, ...fast }, 6),
      run({ regimen: 'silver-only', ...fast }, 4),
    ),
  ).toEqual([
    ['Simple mix, Learning rate 0.0003', close([25, 35], [50, 40])],
    ['Simple mix, Learning rate 0.001', close([0, 4], [25, 5], [50, 6])],
  ]);
});

test('so are groups on other data', () => {
  const digests = { data: 'elsewhere', checkpoint: 'c' };
  const curves = curvesOf(
    run({ goldSize: 25 }, 35),
    run({ goldSize: 50 }, 40),
    run({ goldSize: 25 }, 5, { digests }),
    run({ goldSize: 50 }, 6, { digests }),
    run({ regimen: 'silver-only' }, 30, { digests }),
  );
  expect(curves).toEqual([
    ['Simple mix, data d', close([25, 35], [50, 40])],
    ['Simple mix, data elsewhe', close([0, 30], [25, 5], [50, 6])],
  ]);
});
