import { describe, expect, it } from 'vitest';
import { pairedT } from '../../../../src/core/pairedT.ts';
import { compareWith, type ScoredGroup } from '../../../../src/eval/compare/compare.ts';
import { countsOf, f1Of, gather, unitsOf, type UnitCounts } from '../../../../src/eval/compare/counts.ts';
import { comparisonInWords, inPoints } from '../../../../src/eval/compare/words.ts';
import { scoresOf } from '../../../../src/eval/scores.ts';

describe('counts by unit', () => {
  const gold = [
    ['B-PER', 'O', 'B-LOC'],
    ['O', 'O'],
    ['I-LOC', 'I-LOC', 'O'],
  ];
  const predicted = [
    ['B-PER', 'B-PER', 'B-LOC'],
    ['B-LOC', 'O'],
    ['B-LOC', 'O', 'O'],
  ];

  it('are those of each sentence, and add up to the score', () => {
    const counts = countsOf(gold, predicted);
    expect([...counts.correct]).toEqual([2, 0, 0]);
    expect([...counts.predicted]).toEqual([3, 1, 1]);
    expect([...counts.gold]).toEqual([2, 0, 1]);
    expect(f1Of(2, 5, 3)).toBeCloseTo(scoresOf(gold, predicted).default.micro.f1, 12);
    // A reference that opens with I- holds no entity in the strict reading.
    expect([...countsOf(gold, predicted, 'strict').gold]).toEqual([2, 0, 0]);
    expect(f1Of(0, 0, 0)).toBe(0);
  });

  it('are added up by document where there are enough, and by sentence otherwise', () => {
    const names = Array.from({ length: 60 }, (_, i) => `d${String(i % 20)}`);
    const units = unitsOf(names);
    expect([units.kind, units.count]).toEqual(['documents', 20]);
    const one = new Int32Array(60).fill(1);
    const index = Int32Array.from(one, (_, i) => i);
    const sums = gather({ correct: one, predicted: index, gold: one }, units);
    expect([...sums.correct]).toEqual(Array.from({ length: 20 }, () => 3));
    expect(sums.predicted[4]).toBe(4 + 24 + 44);
    expect(unitsOf(names.slice(0, 19)).kind).toBe('sentences');
    expect(unitsOf([...names, null]).kind).toBe('sentences');
  });
});

/** Runs with one entity a sentence: seed s finds the first `found[s]` of `size`. */
function group(key: string, found: readonly number[], size = 100): ScoredGroup {
  const runs = found.map((n, seed) => {
    const gold = new Int32Array(size).fill(1);
    const correct = Int32Array.from(gold, (_, i) => (i < n ? 1 : 0));
    const counts: UnitCounts = { correct, predicted: gold, gold };
    return { seed, f1: n / size, counts };
  });
  return { key, name: key, runs };
}

describe('groups against a baseline', () => {
  const base = group('base', [50, 52, 48, 51, 49]);

  it('says better and worse where both tests hold', () => {
    const [up, down] = compareWith(base, [group('up', [80, 83, 79, 82, 80]), group('down', [20, 23, 19, 22, 20])], {
      rounds: 1000,
    });
    expect(up).toMatchObject({ verdict: 'better', signs: { better: 5, equal: 0, worse: 0 }, comparisons: 2 });
    expect(up?.difference).toBeCloseTo(0.308, 12);
    expect((up?.overSeeds.p ?? 0) / (pairedT([0.3, 0.31, 0.31, 0.31, 0.31]).p ?? 0)).toBeCloseTo(1, 9);
    // No exchange of 28 and more sentences reaches the real difference: c = 0.
    expect(up?.overUnits?.p).toBeCloseTo(1 / 1001, 12);
    expect(up?.overUnits?.pHolm).toBeCloseTo(2 / 1001, 12);
    expect(down?.verdict).toBe('worse');
    expect(comparisonInWords(up!)).toMatch(
      /^With 5 seeds, up is better than base on this test set: \+30\.8 points \(95 % interval over seeds \+30\.2 to \+31\.4, over test data \+2\d\.\d to \+\d\d\.\d\); .* after Holm’s correction for 2 comparisons\.$/,
    );
  });

  it('says nothing where only one of the tests holds', () => {
    // One sentence more with every seed: seeds agree, and a single sentence could be chance.
    const [same] = compareWith(base, [group('luck', [51, 53, 49, 53, 50])], { rounds: 1000 });
    expect(same?.overSeeds.p).toBeLessThan(0.05);
    expect(same?.overUnits?.p).toBeGreaterThan(0.05);
    expect(same?.verdict).toBe('no-evidence');
    expect(comparisonInWords(same!)).toContain('With 5 seeds, no evidence that luck is better than base: +1.2 points');
    // Far above on the mean, by one seed of the five: other seeds might do without it.
    const [wild] = compareWith(base, [group('wild', [95, 50, 47, 52, 48])], { rounds: 1000 });
    expect(wild?.overUnits?.p).toBeLessThan(0.05);
    expect(wild?.overSeeds.p).toBeGreaterThan(0.05);
    expect(wild?.verdict).toBe('no-evidence');
  });

  it('corrects for the number of comparisons: what holds alone need not hold among twenty', () => {
    const found = [52, 55, 49, 54, 50];
    const alone = compareWith(base, [group('x', found)], { rounds: 500 })[0];
    expect(alone?.overSeeds.p).toBeLessThan(0.05);
    const nothing = Array.from({ length: 19 }, (_, i) => group(`n${String(i)}`, [50, 51, 49, 51, 48]));
    const among = compareWith(base, [group('x', found), ...nothing], { rounds: 500 })[0];
    expect(among?.overSeeds.pHolm).toBeCloseTo(Math.min(1, 20 * (alone?.overSeeds.p ?? 0)), 9);
    expect(among?.overSeeds.pHolm).toBeGreaterThan(0.05);
  });

  it('gives no verdict under three seeds, pairs by seed, and does not test without predictions', () => {
    const [two] = compareWith(group('base', [50, 52]), [group('two', [90, 95])], { rounds: 100 });
    expect(two?.verdict).toBe('too-few-seeds');
    expect(comparisonInWords(two!)).toContain('no verdict on two against base (+41.5 points)');
    const shuffled = { ...base, runs: [...base.runs].reverse().slice(0, 4) };
    const [paired] = compareWith(shuffled, [base], { rounds: 100 });
    expect(paired).toMatchObject({ seeds: [1, 2, 3, 4], difference: 0, verdict: 'no-evidence' });
    const bare = { ...group('bare', [90, 92, 91, 93, 90]) };
    const [untested] = compareWith(base, [{ ...bare, runs: bare.runs.map((run) => ({ ...run, counts: null })) }]);
    expect(untested).toMatchObject({ overUnits: null, verdict: 'no-evidence' });
    expect(comparisonInWords(untested!)).toContain('could not be tested over the test data');
    const [apart] = compareWith(base, [{ ...base, runs: base.runs.map((run) => ({ ...run, seed: run.seed + 9 })) }]);
    expect(comparisonInWords(apart!)).toContain('no seed in common');
  });

  it('is the same for the same seed', () => {
    const once = () => compareWith(base, [group('x', [55, 52, 51, 54, 50])], { rounds: 300 });
    expect(once()).toEqual(once());
  });
});

it('writes points with a sign, and none on zero', () => {
  expect([inPoints(0.0321), inPoints(-0.004), inPoints(-0.0001)]).toEqual(['+3.2 points', '−0.4 points', '0.0 points']);
});
