import { describe, expect, it } from 'vitest';
import { resultsJson, resultsTable, scoresTable } from '../../../src/cli/training/results.ts';
import { checkSame, type Manifest } from '../../../src/cli/training/manifest.ts';
import type { Report, Scores } from '../../../src/eval/scores.ts';
import { defaultConfig, type RegimenId } from '../../../src/run/config.ts';
import type { RunRecord } from '../../../src/run/events.ts';
import { groupRuns, rowOf, type FinishedRun } from '../../../src/run/experiment/table.ts';
import { finishedRun } from '../../support/finishedRuns.ts';

function scoresWith(f1: number): Scores {
  const report = (value: number): Report => {
    const one = { precision: value, recall: value, f1: value, support: 7 };
    return { micro: one, macro: one, labels: { PER: one } };
  };
  return { default: report(f1), strict: report(f1 - 0.1) };
}

function scored(regimen: RegimenId, seed: number, scores: RunRecord['scores']): FinishedRun {
  return finishedRun({ regimen, seed }, 0, 1, { scores });
}

describe('results', () => {
  it('gives mean and sample sd of test F1 over seeds, by regimen', () => {
    const mixes = [0.6, 0.7, 0.65].map((f1, seed) => scored('simple-mix', seed, { test: scoresWith(f1) }));
    const { runs, summary, failures } = resultsJson(
      [...mixes, scored('gold-only', 0, { dev: scoresWith(0.5) })],
      [{ config: { ...defaultConfig, seed: 9 }, code: 'not-finite', message: 'NaN' }],
    );
    expect(runs[0]).toMatchObject({
      run: 'simple-mix-seed-0',
      device: 'wasm',
      steps: 10,
      seconds: 4,
      tokensPerSecond: 75,
    });
    expect(summary).toEqual([
      {
        name: 'Simple mix',
        regimen: 'simple-mix',
        n: 3,
        f1: { mean: expect.closeTo(0.65, 12), sd: expect.closeTo(0.05, 12) },
      },
      { name: 'Gold only', regimen: 'gold-only', n: 1, f1: { mean: 0.5, sd: null } },
    ]);
    expect(failures).toEqual([{ run: 'simple-mix-seed-9', code: 'not-finite', message: 'NaN' }]);
    expect(resultsTable(groupRuns(mixes).map(rowOf))).toMatch(
      /Simple mix +3 +10 +20 \(2\.0 ×\) +24 \(4\.0 ×\) +4 +0\.650 ± 0\.050 +0\.550 ± 0\.050/,
    );
    expect(scoresTable(scoresWith(0.6))).toMatch(/PER +0\.600 +0\.600 +0\.600 +7 +0\.500/);
  });
});

describe('manifest', () => {
  const file = (sha256: string) => [{ path: 'x', sha256 }];
  const begun: Manifest = {
    version: 1,
    files: { silver: file('1'), gold: file('2'), dev: [], test: file('3') },
    checkpoint: null,
    device: null,
    format: null,
    configs: [defaultConfig],
  };

  it('holds contents against each other, not names, and every part by itself', () => {
    const moved = { ...begun, files: { ...begun.files, gold: [{ path: 'elsewhere', sha256: '2' }] } };
    expect(() => {
      checkSame(begun, moved);
    }).not.toThrow();
    const differing = (change: Partial<Manifest>) => () => {
      checkSame(begun, { ...begun, ...change });
    };
    expect(differing({ files: { ...begun.files, test: file('4') } })).toThrow('the test data differs');
    expect(differing({ files: { ...begun.files, dev: file('4') } })).toThrow('the dev data differs');
    expect(differing({ configs: [{ ...defaultConfig, seed: 1 }] })).toThrow('the config differs');
  });
});
