import { expect, test } from 'vitest';
import type { KnownTests } from '../../../../src/eval/compare/overUnits.ts';
import { compareRuns, type ExperimentResult } from '../../../../src/run/experiment/compareRuns.ts';
import type { FinishedRun } from '../../../../src/run/experiment/table.ts';
import { finishedRun } from '../../../support/finishedRuns.ts';

const regimens = ['gold-only', 'silver-only', 'simple-mix', 'pooled'] as const;
/** In the order in which an experiment trains them. */
const runs = [0, 1, 2].flatMap((seed) =>
  regimens.map((regimen, i) => finishedRun({ regimen, seed }, 20 + 4 * i + ((seed * 7) % 5))),
);
const options = { rounds: 200 };
const fresh = (some: readonly FinishedRun[], more = {}) => compareRuns(some, { ...options, ...more });

test('a comparison that takes over what is known equals a fresh one, run by run, and makes the tests of one pair', () => {
  const known: KnownTests = new Map();
  const made = runs.map((_, i): [ExperimentResult, number] => {
    const before = known.size;
    const result = fresh(runs.slice(0, i + 1), { known });
    return [result, known.size - before];
  });
  made.forEach(([result], i) => {
    expect(result).toEqual(fresh(runs.slice(0, i + 1)));
  });
  // Gold only stands in every pair: its own run makes no new one until the other has that seed too.
  expect(made.map(([, tests]) => tests)).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1]);
  expect(fresh(runs, { known })).toEqual(fresh(runs));
  expect(known.size).toBe(9);
});

test('other predictions, another baseline, other rounds and another chance are tests of their own', () => {
  const known: KnownTests = new Map();
  fresh(runs, { known });
  const other = runs.map((run, i) => (i === 2 ? { ...run, predictions: finishedRun({}, 3).predictions } : run));
  expect(fresh(other, { known })).toEqual(fresh(other));
  expect(fresh(other).comparisons[1]!.overUnits).not.toEqual(fresh(runs).comparisons[1]!.overUnits);
  expect(known.size).toBe(3 + 1);
  const baseline = fresh(runs).rows.find(({ name }) => name === 'Pooled')!.key;
  for (const [more, tests] of [
    [{ baseline }, 3],
    [{ rounds: 300 }, 3],
    [{ seed: 1 }, 3],
    [{ level: 0.9 }, 3],
  ] as const) {
    const before = known.size;
    expect(fresh(runs, { known, ...more })).toEqual(fresh(runs, more));
    expect(known.size - before).toBe(tests);
  }
});
