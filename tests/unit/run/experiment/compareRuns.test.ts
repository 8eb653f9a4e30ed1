import { describe, expect, test } from 'vitest';
import type { Sentence } from '../../../../src/data/types.ts';
import { compareRuns } from '../../../../src/run/experiment/compareRuns.ts';
import { factsOf, type DataByRole } from '../../../../src/run/experiment/facts.ts';
import { tinySentences } from '../../../support/tinyData.ts';
import { finishedRun } from '../../../support/finishedRuns.ts';

const seeds = [0, 1, 2];
const gold = seeds.map((seed) => finishedRun({ regimen: 'gold-only', seed }, 20 + seed));
const mix = seeds.map((seed) => finishedRun({ seed }, 50 + ((seed * 2) % 3), 60, { steps: 14 }));
const options = { rounds: 200 };
const codes = (warnings: readonly { code: string }[]) => warnings.map(({ code }) => code);

test('too few seeds are warned of where some row has a verdict; where none has, each comparison says it', () => {
  const fewPooled = seeds.slice(1).map((seed) => finishedRun({ regimen: 'pooled', seed }, 40));
  expect(codes(compareRuns([...gold, ...fewPooled], options).warnings)).toEqual([]);
  expect(codes(compareRuns([...gold, ...mix], options).warnings)).toEqual([]);
  expect(codes(compareRuns([...gold, ...mix, ...fewPooled], options).warnings)).toEqual(['few-seeds']);
  // As many seeds, of which only two stand beside those of gold only.
  const shifted = seeds.map((seed) => finishedRun({ regimen: 'pooled', seed: seed + 1 }, 40));
  expect(codes(compareRuns([...gold, ...mix, ...shifted], options).warnings)).toEqual(['few-seeds']);
});

test('what the data of runs say of themselves stands first, once', () => {
  const noticed = [...gold.map((run) => ({ ...run, notice: 'Nobody labelled it.' })), { ...mix[0]!, notice: 'Old.' }];
  expect(compareRuns([...noticed, ...mix.slice(1)], options).warnings[0]).toEqual({
    code: 'notice',
    text: 'Nobody labelled it. Old.',
  });
});

describe('the result of an experiment', () => {
  test('has a row a group, and each other group against gold only', () => {
    const { rows, comparisons, units, budget, warnings } = compareRuns([...mix, ...gold], options);
    expect(rows.map(({ name, n }) => [name, n])).toEqual([
      ['Simple mix', 3],
      ['Gold only', 3],
    ]);
    // Found n of 60, and one wrong entity for each that is missed: F1 is n / 60.
    expect(rows[1]?.f1).toEqual({
      mean: expect.closeTo(21 / 60, 12),
      sd: expect.closeTo(1 / 60, 12),
      values: seeds.map((seed) => ({ seed, value: expect.closeTo((20 + seed) / 60, 12) })),
    });
    expect(rows[0]).toMatchObject({
      steps: { least: 14, most: 14 },
      silver: { drawn: { least: 20, most: 20 }, repeats: 2 },
      gold: { repeats: 4 },
      labels: { PER: { mean: expect.closeTo(51 / 60, 12) } },
    });
    expect(comparisons).toHaveLength(1);
    expect(comparisons[0]).toMatchObject({ name: 'Simple mix', baseline: 'Gold only', verdict: 'better' });
    expect(comparisons[0]?.difference).toBeCloseTo(0.5, 12);
    expect(units).toEqual({ kind: 'sentences', count: 60 });
    expect(budget).toContain('from 10 to 14 steps');
    expect(warnings).toEqual([]);
  });

  test('holds groups on part of the gold against the baseline on as much', () => {
    const part = (goldSize: number) =>
      seeds.flatMap((seed) => [
        finishedRun({ regimen: 'gold-only', seed, goldSize }, 10 + seed),
        finishedRun({ seed, goldSize }, 40 + seed),
      ]);
    const silver = seeds.map((seed) => finishedRun({ regimen: 'silver-only', seed }, 30 + seed));
    const { comparisons } = compareRuns([...part(25), ...part(50), ...gold, ...mix, ...silver], options);
    expect(comparisons.map(({ name, baseline }) => `${name} / ${baseline}`)).toEqual([
      'Simple mix, 25 gold / Gold only, 25 gold',
      'Simple mix, 50 gold / Gold only, 50 gold',
      'Simple mix / Gold only',
      'Silver only / Gold only',
    ]);
    expect(comparisons.every((one) => one.comparisons === 4)).toBe(true);
  });

  test('takes the baseline that was chosen', () => {
    const key = compareRuns(mix).rows[0]!.key;
    const { comparisons } = compareRuns([...gold, ...mix], { ...options, baseline: key });
    expect(comparisons.map(({ name, verdict }) => [name, verdict])).toEqual([['Gold only', 'worse']]);
  });

  test('counts a seed once, and does not test runs of another test set or without predictions', () => {
    const twice = compareRuns([...gold, ...gold], options);
    expect(twice.rows[0]?.n).toBe(3);
    const other = seeds.map((seed) => finishedRun({ seed }, 50, 55));
    const { comparisons, warnings } = compareRuns([...gold, ...other], options);
    expect(comparisons[0]).toMatchObject({ overUnits: null, verdict: 'no-evidence' });
    expect(codes(warnings)).toContain('other-test');
    const bare = mix.map((run) => ({ ...run, predictions: null }));
    expect(codes(compareRuns([...gold, ...bare], options).warnings)).toEqual(['no-predictions']);
  });

  test('keeps runs on other data or from another checkpoint apart, in rows with names of their own', () => {
    const [of, from] = [
      { data: 'd', checkpoint: 'other-checkpoint' },
      { data: 'other-data', checkpoint: 'c' },
    ].map((digests) => seeds.map((seed) => finishedRun({ regimen: 'gold-only', seed }, 40, 60, { digests })));
    const facts = factsOf({ silver: [], gold: [], dev: [], test: [] });
    const teacher = { on: 'test', sentences: 1, scores: gold[0]!.record.scores.test! } as const;
    const known = { ...options, facts: { ...facts, teacher } };
    expect(compareRuns([...gold, ...of!], known).rows.map(({ kind }) => kind)).toEqual(['teacher', 'runs', 'runs']);
    const { rows, warnings } = compareRuns([...gold, ...of!, ...from!], known);
    // Facts are of one set of data: the teacher's score is not shown beside runs on another.
    expect(codes(warnings)).toEqual(['other-data']);
    expect(rows.map(({ name, n, f1 }) => [name, n, f1?.mean.toFixed(3)])).toEqual([
      ['Gold only, data d, checkpoint c', 3, '0.350'],
      ['Gold only, data d, checkpoint other-c', 3, '0.667'],
      ['Gold only, data other-d, checkpoint c', 3, '0.667'],
    ]);
  });

  test('says what was held equal', () => {
    expect(compareRuns(gold).budget).toBe('Equal steps: every run took 10 optimizer steps.');
    const passes = { epochsSilver: 2, epochsGold: 4 };
    const runs = [finishedRun({ regimen: 'gold-only', ...passes }, 3), finishedRun(passes, 4, 60, { steps: 20 })];
    expect(compareRuns(runs, options).budget).toContain('Equal passes');
    expect(compareRuns([]).budget).toBe('No run has finished.');
  });
});

test('a small test set is told with what its size alone may do', () => {
  const few = [0, 1, 2].map((seed) => finishedRun({ regimen: 'gold-only', seed }, 10 + seed, 21));
  // 1.96 √(0.21 / 21) = 0.196
  expect(compareRuns(few, options).warnings).toMatchObject([
    {
      code: 'small-test',
      text: expect.stringContaining('21 entities: by them alone a score may be off by about 20 points') as string,
    },
  ]);
  const enough = [0, 1, 2].map((seed) => finishedRun({ regimen: 'gold-only', seed }, 10 + seed, 50));
  expect(compareRuns(enough, options).warnings).toEqual([]);
});

describe('warnings', () => {
  const by =
    (kind: 'teacher' | 'person', name = 'x') =>
    (sentence: Sentence) => ({
      ...sentence,
      authors: { all: { kind, name, version: 1 } },
    });
  const clean: DataByRole = {
    silver: tinySentences(0, 3),
    gold: tinySentences(3, 3),
    dev: tinySentences(6, 3),
    test: tinySentences(9, 3),
  };
  const warn = (change: Partial<DataByRole>, runs = [...gold, ...mix]) =>
    codes(compareRuns(runs, { ...options, facts: factsOf({ ...clean, ...change }) }).warnings);

  test('of overlaps, each by itself', () => {
    expect(warn({})).toEqual(['no-teacher']);
    const chosen = gold.map(({ record, predictions }) => ({
      record: { ...record, selection: 'best-on-dev' as const },
      predictions,
    }));
    expect(warn({ dev: clean.test }, chosen)).toEqual(['selected-on-test', 'no-teacher']);
    expect(warn({ dev: clean.test })).toEqual(['no-teacher']);
    expect(warn({ dev: clean.gold })).toEqual(['gold-in-dev', 'no-teacher']);
    expect(warn({ gold: clean.test })).toEqual(['test-in-training', 'no-teacher']);
  });

  test('of where silver comes from', () => {
    expect(warn({ silver: clean.silver.map(by('teacher', 'simulated, noise 0.2')) })).toContain('silver-simulated');
    const machine = { silver: clean.silver.map(by('teacher')), test: clean.test.map(by('teacher')) };
    expect(warn(machine)).toContain('silver-like-reference');
    expect(warn({ ...machine, test: clean.test.map(by('person')) })).toEqual(['no-teacher']);
  });

  test('of what is missing', () => {
    expect(codes(compareRuns(mix, options).warnings)).toEqual(['no-gold-only']);
    const onDev = gold.map(({ record }) => ({
      record: { ...record, scores: { dev: record.scores.test! } },
      predictions: null,
    }));
    expect(codes(compareRuns(onDev, options).warnings)).toEqual(['no-test']);
  });
});

test('the teacher is scored on the first set that shares sentences with silver, and stands in the table', () => {
  const [a, b] = tinySentences(0, 2);
  const wrong = { ...b!, spans: [] };
  const data: DataByRole = { silver: [a!, wrong], gold: [a!, b!], dev: [], test: tinySentences(5, 2) };
  const facts = factsOf(data);
  // The first holds two entities, the second one, which the teacher missed.
  expect(facts.teacher).toMatchObject({
    on: 'gold',
    sentences: 2,
    scores: { default: { micro: { recall: 2 / 3, precision: 1 } } },
  });
  const [row] = compareRuns(gold, { ...options, facts }).rows;
  expect(row).toMatchObject({ kind: 'teacher', n: 0, name: 'Teacher itself, on 2 sentences of gold' });
  expect(factsOf(data, data.test).teacher).toMatchObject({ on: 'test', sentences: 2 });
});
