import { describe, expect, it } from 'vitest';
import { resultsJson, resultsTable, scoresTable } from '../../../src/cli/training/results.ts';
import { SharedStages } from '../../../src/cli/training/sharedStages.ts';
import { checkSame, type Manifest } from '../../../src/cli/training/manifest.ts';
import type { Report, Scores } from '../../../src/eval/scores.ts';
import { defaultConfig, type RegimenId } from '../../../src/run/config.ts';
import type { RunRecord } from '../../../src/run/events.ts';
import type { Stage } from '../../../src/run/plan.ts';

function scoresWith(f1: number): Scores {
  const report = (value: number): Report => {
    const one = { precision: value, recall: value, f1: value, support: 7 };
    return { micro: one, macro: one, labels: { PER: one } };
  };
  return { default: report(f1), strict: report(f1 - 0.1) };
}

function recordOf(regimen: RegimenId, seed: number, scores: RunRecord['scores']): RunRecord {
  return {
    config: { ...defaultConfig, regimen, seed },
    digests: { data: 'd', checkpoint: 'c' },
    appVersion: '0',
    device: { name: 'wasm', adapter: '' },
    engine: { adapter: '', microBatchTokens: 4096, recompute: false, products: null, shaders: null },
    steps: 10,
    tokens: 300,
    seconds: 4,
    curve: [],
    dev: [],
    selection: 'last',
    repeats: { silver: 0, gold: 0 },
    scores,
  };
}

describe('results', () => {
  it('gives mean and sample sd of test F1 over seeds, by regimen', () => {
    const records = [0.6, 0.7, 0.65].map((f1, seed) => recordOf('simple-mix', seed, { test: scoresWith(f1) }));
    const { runs, summary } = resultsJson([...records, recordOf('gold-only', 0, { dev: scoresWith(0.5) })]);
    expect(runs[0]).toMatchObject({ device: 'wasm', steps: 10, seconds: 4, tokensPerSecond: 75 });
    expect(summary).toEqual([
      { regimen: 'simple-mix', n: 3, f1: { mean: expect.closeTo(0.65, 12), sd: expect.closeTo(0.05, 12) } },
      { regimen: 'gold-only', n: 1, f1: { mean: 0.5, sd: null } },
    ]);
    expect(resultsTable(records)).toContain('Simple mix  3     10        4  0.650 ± 0.050  0.550 ± 0.050');
    expect(scoresTable(scoresWith(0.6))).toMatch(/PER +0\.600 +0\.600 +0\.600 +7 +0\.500/);
  });
});

describe('shared first stages', () => {
  const passes = (steps: number): Stage => ({ name: 'silver', draw: { kind: 'passes', source: 'silver' }, steps });
  const mixed: Stage = { name: 'blend', draw: { kind: 'mixed', share: () => 1 }, steps: 9 };
  const [own, other] = [Uint8Array.of(1), Uint8Array.of(2)];

  it('hands a stage to every run that has it, and counts it once', () => {
    const shared = new SharedStages([
      { stages: [passes(5)], firstStage: 'a' },
      { stages: [passes(7)], firstStage: 'b' },
      { stages: [passes(5), passes(2)], firstStage: 'a' },
      { stages: [passes(5), passes(3)], firstStage: 'a' },
    ]);
    expect([0, 1, 2, 3].map((i) => shared.stepsAfter(i))).toEqual([7 + 2 + 3, 2 + 3, 3, 0]);
    expect(shared.take(0)).toBeNull();
    shared.offer(0, own);
    expect(shared.take(1)).toBeNull();
    shared.offer(1, other);
    expect(shared.take(2)).toBe(own);
    expect(shared.take(3)).toBe(own);
    expect(shared.take(3)).toBeNull();
  });

  it('never shares a stage that follows a schedule', () => {
    const shared = new SharedStages([
      { stages: [mixed], firstStage: 'a' },
      { stages: [mixed], firstStage: 'a' },
    ]);
    shared.offer(0, own);
    expect(shared.take(1)).toBeNull();
    expect(shared.stepsAfter(0)).toBe(9);
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
