import { expect, test } from 'vitest';
import type { RunConfig } from '../../../src/run/config.ts';
import { weightsToLetGo, type Keepable } from '../../../src/run/keep.ts';
import { finishedRun } from '../../support/finishedRuns.ts';

/** A finished run whose dev F1 follows from `right` of 60; null = dev was not scored. */
function run(id: string, right: number | null, config: Partial<RunConfig>, change: Partial<Keepable> = {}): Keepable {
  const { test: scores } = finishedRun({}, right ?? 0).record.scores;
  // Test says the opposite of dev: nothing may follow it.
  const { test: opposite } = finishedRun({}, 60 - (right ?? 0)).record.scores;
  const { record } = finishedRun(config, 1, 1, {
    scores: { ...(right !== null && { dev: scores! }), test: opposite! },
  });
  return { id, record, modelKept: true, pinned: false, ...change };
}
const letGo = (...runs: readonly Keepable[]) => weightsToLetGo(runs).map(({ id }) => id);
const f1 = (right: number) => finishedRun({}, right).record.scores.test!.default.micro.f1.toFixed(3);

test('of each way to train the seed that is best on dev keeps its weights', () => {
  const gold = { regimen: 'gold-only' } as const;
  const runs = [
    run('a', 20, { seed: 0 }),
    run('b', 30, { seed: 1 }),
    run('c', 25, { seed: 2 }),
    run('d', 10, { seed: 0, ...gold }),
    run('e', 5, { seed: 1, ...gold }),
    run('f', 1, { seed: 0, learningRate: 1e-5 }),
  ];
  expect(weightsToLetGo(runs)).toEqual([
    { id: 'a', reason: `seed 1 of the same settings scored better on dev (${f1(30)}, this ${f1(20)})` },
    { id: 'c', reason: `seed 1 of the same settings scored better on dev (${f1(30)}, this ${f1(25)})` },
    { id: 'e', reason: `seed 0 of the same settings scored better on dev (${f1(10)}, this ${f1(5)})` },
  ]);
});

test('pinned runs stay, and so does the best beside them', () => {
  expect(
    letGo(run('a', 20, { seed: 0 }, { pinned: true }), run('b', 30, { seed: 1 }), run('c', 25, { seed: 2 })),
  ).toEqual(['c']);
  expect(letGo(run('a', 20, { seed: 0 }), run('b', 30, { seed: 1 }, { pinned: true }))).toEqual(['a']);
});

test('of equal ones, and without dev, the smallest seed stays', () => {
  expect(weightsToLetGo([run('b', 20, { seed: 1 }), run('a', 20, { seed: 0 })])).toEqual([
    { id: 'b', reason: `seed 0 of the same settings scored as well on dev (${f1(20)}), and one of them is kept` },
  ]);
  expect(weightsToLetGo([run('b', null, { seed: 1 }), run('a', null, { seed: 0 })])).toEqual([
    { id: 'b', reason: 'there is no dev score to choose by, and those of seed 0 of the same settings are kept' },
  ]);
});

test('runs on other data, unfinished ones, and those whose weights are gone compete with none', () => {
  const other = run('b', 30, { seed: 1 });
  const onOther = { ...other, record: { ...other.record!, digests: { data: 'other', checkpoint: 'c' } } };
  expect(letGo(run('a', 20, { seed: 0 }), onOther)).toEqual([]);
  expect(letGo(run('a', 20, { seed: 0 }), { ...other, modelKept: false })).toEqual([]);
  expect(letGo(run('a', 20, { seed: 0 }), { ...other, record: null })).toEqual([]);
});
