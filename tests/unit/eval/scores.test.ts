import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { entitiesOf } from '../../../src/eval/entities.ts';
import { scoresOf, type Report, type Score } from '../../../src/eval/scores.ts';
import { readGolden } from '../../support/goldenFiles.ts';

/** Precision, recall, F1, support; null where seqeval gives NaN. */
type Row = readonly [number | null, number | null, number | null, number];
interface GoldenReport {
  readonly micro: Row;
  readonly macro: Row;
  readonly labels: Readonly<Record<string, Row>>;
}
interface Case {
  readonly gold: readonly (readonly string[])[];
  readonly predicted: readonly (readonly string[])[];
  readonly default: GoldenReport;
  readonly strict: GoldenReport;
}

const golden = JSON.parse(gunzipSync(await readGolden('scores/scores.json.gz')).toString()) as { cases: Case[] };

function expectScore(score: Score | undefined, [precision, recall, f1, support]: Row): void {
  expect(score?.precision).toBeCloseTo(precision ?? 0, 12);
  expect(score?.recall).toBeCloseTo(recall ?? 0, 12);
  expect(score?.f1).toBeCloseTo(f1 ?? 0, 12);
  expect(score?.support).toBe(support);
}

function expectReport(report: Report, wanted: GoldenReport): void {
  expectScore(report.micro, wanted.micro);
  expectScore(report.macro, wanted.macro);
  expect(Object.keys(report.labels)).toEqual(Object.keys(wanted.labels));
  for (const [label, row] of Object.entries(wanted.labels)) expectScore(report.labels[label], row);
}

describe('scores equal seqeval', () => {
  test('the golden file is hard enough', () => {
    const { cases } = golden;
    expect(cases.length).toBeGreaterThanOrEqual(500);
    expect(cases.filter((c) => c.default.micro[2] !== c.strict.micro[2]).length).toBeGreaterThan(200);
    expect(cases.some((c) => c.gold.some((tags) => tags.length === 0))).toBe(true);
    const onlyPredicted = (c: Case) => Object.values(c.default.labels).some(([, , , support]) => support === 0);
    expect(cases.filter(onlyPredicted).length).toBeGreaterThan(50);
  });

  test.each(['default', 'strict'] as const)('%s: micro, macro and per label', (reading) => {
    for (const { gold, predicted, ...wanted } of golden.cases) {
      expectReport(scoresOf(gold, predicted)[reading], wanted[reading]);
    }
  });
});

describe('entities', () => {
  test('the readings differ where an I- continues nothing', () => {
    const tags = ['I-PER', 'I-PER', 'O', 'B-LOC', 'I-ORG', 'I-ORG', 'B-ORG'];
    expect(entitiesOf(tags, 'default')).toEqual([
      { label: 'PER', start: 0, end: 2 },
      { label: 'LOC', start: 3, end: 4 },
      { label: 'ORG', start: 4, end: 6 },
      { label: 'ORG', start: 6, end: 7 },
    ]);
    expect(entitiesOf(tags, 'strict')).toEqual([
      { label: 'LOC', start: 3, end: 4 },
      { label: 'ORG', start: 6, end: 7 },
    ]);
  });

  test('IOBES ends and singles count in the default reading', () => {
    expect(entitiesOf(['B-PER', 'E-PER', 'E-PER', 'S-LOC', 'S-LOC'], 'default')).toEqual([
      { label: 'PER', start: 0, end: 2 },
      { label: 'PER', start: 2, end: 3 },
      { label: 'LOC', start: 3, end: 4 },
      { label: 'LOC', start: 4, end: 5 },
    ]);
  });
});

test('a label named like a number or like a member of objects keeps its row', () => {
  const tags = [['B-7', 'O', 'B-__proto__', 'I-__proto__', 'B-constructor']];
  const { labels, macro } = scoresOf(tags, tags).default;
  expect(Object.keys(labels).sort()).toEqual(['7', '__proto__', 'constructor']);
  expect(macro).toEqual({ precision: 1, recall: 1, f1: 1, support: 3 });
});

test('an entity does not run on into the next sentence', () => {
  const { micro } = scoresOf([['B-PER'], ['I-PER']], [['B-PER'], ['O']]).default;
  expect(micro).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3, support: 2 });
});

test('sentences or words that do not pair up are refused by number', () => {
  expect(() => scoresOf([['O']], [])).toThrow('1 gold and 0 predicted sentences');
  expect(() => scoresOf([['O'], ['O', 'O']], [['O'], ['O']])).toThrow('sentence 2 has 2 gold and 1 predicted tags');
});
