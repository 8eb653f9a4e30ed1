import { expect, test } from 'vitest';
import { compareRuns } from '../../../../src/run/experiment/compareRuns.ts';
import { headlineOf } from '../../../../src/run/experiment/headline.ts';
import type { FinishedRun } from '../../../../src/run/experiment/table.ts';
import { finishedRun } from '../../../support/finishedRuns.ts';

const seeds = [0, 1, 2];
const gold = seeds.map((seed) => finishedRun({ regimen: 'gold-only', seed }, 20 + seed));
const mix = seeds.map((seed) => finishedRun({ seed }, 50 + ((seed * 2) % 3)));
const pooled = seeds.map((seed) => finishedRun({ regimen: 'pooled', seed }, 45 + ((seed * 2) % 3)));
const near = seeds.map((seed) => finishedRun({ regimen: 'alternating', seed }, 21 + ((seed * 2) % 3)));
const nearer = seeds.map((seed) => finishedRun({ regimen: 'silver-only', seed }, 20 + ((seed * 2) % 3)));
const worse = seeds.map((seed) => finishedRun({ regimen: 'silver-then-both', seed }, 2 + ((seed * 2) % 3)));
const of = (...runs: readonly (readonly FinishedRun[])[]) => headlineOf(compareRuns(runs.flat(), { rounds: 200 })).text;

test('one group is told alone, and one seed says nothing of chance', () => {
  expect(of([])).toBe('No run was scored: there was neither test nor dev data.');
  expect(of(gold.slice(0, 1))).toBe('Gold only: F1 0.333 from one run. More seeds show how much of it is chance.');
  expect(of(gold)).toBe('Gold only: F1 0.350 ± 0.017, mean and sd of 3 seeds. Nothing stands beside it yet.');
});

test('what is better comes first, the highest mean before the others, and on what it rests', () => {
  expect(headlineOf(compareRuns([...gold, ...mix], { rounds: 200 }))).toEqual({
    text: 'With 3 seeds, Simple mix is better than Gold only on this test set: +50.0 points.',
    detail: expect.stringMatching(
      /^Simple mix: 95 % interval over seeds \+\d.* to .*, over test data .* to .*\. The tests over seeds and over test data both hold\.$/,
    ) as string,
  });
  expect(of(gold, pooled, mix, near)).toBe(
    'With 3 seeds, Simple mix is better than Gold only on this test set: +50.0 points. Pooled is better too.',
  );
});

test('where nothing is shown to be better, the sentence does not claim it', () => {
  expect(of(gold, near)).toBe('With 3 seeds, no evidence that Alternating is better than Gold only: +1.7 points.');
  expect(of(gold, near, nearer)).toBe(
    'With 3 seeds, no evidence that any of 2 ways is better than Gold only: the largest difference, that of Alternating, is +1.7 points.',
  );
  expect(headlineOf(compareRuns([...gold, ...near, ...nearer], { rounds: 200 })).detail).toMatch(
    /over test data .*; after Holm’s correction for 2 comparisons p 0\.\d{3} over seeds and 0\.\d{3} over test data\.$/,
  );
  expect(of(gold, near, worse)).toMatch(/ points\. Silver, then both is worse\.$/);
  expect(of(gold, worse)).toBe('With 3 seeds, Silver, then both is worse than Gold only: −30.0 points.');
});

test('with fewer than three seeds there is no verdict', () => {
  const some = (runs: readonly FinishedRun[]) => runs.slice(0, 2);
  expect(of(some(gold), some(mix), some(pooled))).toBe(
    'With 2 seeds, no verdict on Simple mix against Gold only (+50.8 points): at least 3 seeds are needed.',
  );
  expect(of(gold, near, some(mix))).toMatch(/1 more has too few seeds for a verdict\.$/);
});
