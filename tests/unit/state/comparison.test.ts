import { expect, test } from 'vitest';
import { compareRuns, type ExperimentResult } from '../../../src/run/experiment/compareRuns.ts';
import { ComparisonState, type Asked } from '../../../src/state/comparison.svelte.ts';
import { highestFirst, scopesOf, tabled } from '../../../src/state/comparisonScope.ts';
import type { StoredExperiment } from '../../../src/storage/experiments.ts';
import type { StoredRun } from '../../../src/storage/runs.ts';
import { finishedRun } from '../../support/finishedRuns.ts';

function stored(id: string, data: string, createdMs: number, right = 40): StoredRun {
  const { record } = finishedRun({ seed: createdMs }, right, 60, { digests: { data, checkpoint: 'c' } });
  const datasets = { silver: [`silver of ${data}`], gold: [`gold of ${data}`], dev: [], test: [] };
  return { id, record, createdMs, datasets } as unknown as StoredRun;
}

const experiment = (id: string, createdMs: number, ...runIds: string[]) =>
  ({
    id,
    name: `Experiment ${id}`,
    createdMs,
    runs: runIds.map((runId) => ({ runId })),
  }) as unknown as StoredExperiment;
const told = (scopes: ReturnType<typeof scopesOf>) =>
  scopes.map(({ name, runs, planned }) => [name, runs.map(({ id }) => id).join(' '), planned]);
const named = (id: string) => (id.endsWith('gone') ? undefined : id.toUpperCase());

test('experiments of several runs come first, then all runs on the same data', () => {
  const newestFirst = [stored('d', 'x', 4), stored('c', 'gone', 3), stored('b', 'x', 2), stored('a', 'x', 1)];
  const experiments = [experiment('old', 1, 'a', 'b'), experiment('one', 2, 'c'), experiment('new', 3, 'd', 'e', 'f')];
  expect(told(scopesOf(newestFirst, experiments, named))).toEqual([
    ['Experiment new', 'd', 3],
    ['Experiment old', 'a b', 2],
    ['All runs on GOLD OF X, SILVER OF X (x)', 'a b d', 3],
    ['All runs on data that are gone (gone)', 'c', 1],
  ]);
  expect(told(scopesOf([stored('a', 'x', 1)], [experiment('new', 3, 'e', 'f')], named))).toEqual([
    ['All runs', 'a', 1],
  ]);
  expect(scopesOf([], experiments, named)).toEqual([]);
});

test('the table needs no predictions, and the highest mean comes first', () => {
  const { rows, budget } = tabled([stored('a', 'x', 1, 30), stored('b', 'x', 2, 40), stored('c', 'y', 3, 50)]);
  expect(highestFirst(rows).map(({ name, n, f1 }) => [name, n, Math.round(60 * f1!.mean)])).toEqual([
    ['Simple mix, data y', 1, 50],
    ['Simple mix, data x', 2, 35],
  ]);
  expect(budget).toBe('Equal steps: every run took 10 optimizer steps.');
});

/** Comparisons that are answered when the test says so. */
function parked() {
  const waiting: { readonly runIds: readonly string[]; answer(): void; fail(): void }[] = [];
  const state = new ComparisonState({
    compare: ({ runIds }) =>
      new Promise<ExperimentResult>((resolve, reject) => {
        waiting.push({ runIds, answer: () => resolve(compareRuns([])), fail: () => reject(new Error('broken')) });
      }),
  });
  return { state, waiting };
}

const asked = (...runIds: string[]): Asked => ({ scope: 's', runIds, baseline: null });
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('what was asked for last is made, what was asked for between is not, and nothing twice', async () => {
  const { state, waiting } = parked();
  void state.ask(asked('a'));
  void state.ask(asked('a'));
  void state.ask(asked('a', 'b'));
  void state.ask(asked('a', 'b', 'c'));
  expect(state.busy).toBe(true);
  waiting[0]?.answer();
  await settled();
  expect(state.answered?.asked).toEqual(asked('a'));
  expect(state.busy).toBe(true);
  waiting[1]?.answer();
  await settled();
  expect(waiting.map(({ runIds }) => runIds.length)).toEqual([1, 3]);
  expect(state.answered?.asked).toEqual(asked('a', 'b', 'c'));
  expect(state.busy).toBe(false);
});

test('a failure is told, keeps what was there, and can be tried again', async () => {
  const { state, waiting } = parked();
  void state.ask(asked('a'));
  waiting[0]?.answer();
  await settled();
  void state.ask(asked('a', 'b'));
  waiting[1]?.fail();
  await settled();
  expect(state.problem?.what).toBeTruthy();
  expect(state.answered?.asked).toEqual(asked('a'));
  void state.again();
  expect(state.problem).toBeNull();
  waiting[2]?.answer();
  await settled();
  expect(state.answered?.asked).toEqual(asked('a', 'b'));
});
