import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../../../src/data/words.ts';
import type { Sentence, Span } from '../../../../src/data/types.ts';
import { readData } from '../../../../src/data/formats/read.ts';
import { readAnswers } from '../../../../src/llm/answerFile.ts';
import { groundAnswers } from '../../../../src/llm/groundAnswers.ts';
import { compareTeachers } from '../../../../src/llm/quality/compareTeachers.ts';
import { gateOf } from '../../../../src/llm/quality/gate.ts';
import { gateInWords } from '../../../../src/llm/quality/gateWords.ts';
import { qualityOf } from '../../../../src/llm/quality/intervals.ts';
import { readGolden } from '../../../support/goldenFiles.ts';
import { readSampleFile } from '../support/sampleFile.ts';

interface Counts {
  readonly correct: number[];
  readonly predicted: number[];
  readonly gold: number[];
}
interface Golden {
  readonly cases: readonly {
    readonly counts: Counts;
    readonly draws: number[][];
    readonly scores: readonly { value: number; low: number; high: number }[];
  }[];
  readonly paired: { readonly a: Counts; readonly b: Counts; readonly difference: number; readonly p: number };
}
const golden = JSON.parse(new TextDecoder().decode(await readGolden('llm/quality.json'))) as Golden;

test.each(golden.cases)('intervals as NumPy finds them over the same draws', ({ counts, draws, scores }) => {
  const units = {
    correct: Int32Array.from(counts.correct),
    predicted: Int32Array.from(counts.predicted),
    gold: Int32Array.from(counts.gold),
  };
  const { precision, recall, f1 } = qualityOf(units, draws.length, (round, drawn) => drawn.set(draws[round]!));
  [precision, recall, f1].forEach((estimate, i) => {
    expect(estimate.value).toBeCloseTo(scores[i]!.value, 12);
    expect(estimate.low).toBeCloseTo(scores[i]!.low, 12);
    expect(estimate.high).toBeCloseTo(scores[i]!.high, 12);
  });
});

const sentence = (id: string, text: string, spans: readonly Span[] | null): Sentence => ({
  ...{ id, text, spans },
  words: wordsOf(text),
});
const span = (start: number, end: number, label = 'PER'): Span => ({ start, end, label });

/** Sentences `x x x …` whose entities stand at given words: the counts of one case as labels. */
function labelled({ correct, predicted, gold }: Counts): { gold: Sentence[]; found: Sentence[] } {
  const at = (word: number) => span(2 * word, 2 * word + 1);
  const text = 'x '.repeat(20).trim();
  const row = (i: number, spans: Span[]) => sentence(String(i), text, spans);
  return {
    gold: gold.map((count, i) =>
      row(
        i,
        Array.from({ length: count }, (_, k) => at(k)),
      ),
    ),
    found: predicted.map((count, i) => {
      const wrong = count - correct[i]!;
      const right = Array.from({ length: correct[i]! }, (_, k) => at(k));
      return row(i, [...right, ...Array.from({ length: wrong }, (_, k) => at(19 - k))]);
    }),
  };
}

test('two teachers: the difference, and p near that of all exchanges', () => {
  const { a, b, difference, p } = golden.paired;
  const compared = compareTeachers(labelled(a).gold, labelled(a).found, labelled(b).found);
  expect(compared.sentences).toBe(12);
  expect(compared.difference).toBeCloseTo(difference, 12);
  expect(compared.interval.low).toBeLessThan(difference);
  expect(compared.interval.high).toBeGreaterThan(difference);
  // 10,000 random exchanges: a standard error of at most 0.005.
  expect(Math.abs(compared.p - p)).toBeLessThan(0.02);
  expect(compareTeachers(labelled(a).gold, labelled(a).found, labelled(a).found)).toMatchObject({
    difference: 0,
    p: 1,
  });
});

test('only sentences that both answered are compared', () => {
  const gold = [sentence('a', 'Ann', [span(0, 3)]), sentence('b', 'Bob', [span(0, 3)]), sentence('c', 'x', [])];
  const first = [sentence('a', 'Ann', [span(0, 3)]), sentence('b', 'Bob', null), sentence('c', 'x', [])];
  const second = [sentence('c', 'x', []), sentence('a', 'Ann', []), sentence('b', 'Bob', [span(0, 3)])];
  expect(compareTeachers(gold, first, second, { rounds: 100 })).toMatchObject({ sentences: 2, f1: { a: 1, b: 0 } });
});

describe('the gate', () => {
  const text = 'Ann Lee saw Rome';
  const gold = [
    sentence('1', text, [span(0, 7), span(12, 16, 'LOC')]),
    sentence('2', text, [span(0, 7), span(12, 16, 'LOC')]),
    sentence('3', text, [span(0, 7), span(12, 16, 'LOC')]),
    sentence('4', text, [span(12, 16, 'LOC')]),
    sentence('5', text, null),
    sentence('6', text, []),
  ];
  const found = [
    sentence('2', text, [span(0, 3), span(12, 16, 'ORG')]),
    sentence('1', text, [span(0, 7), span(12, 16, 'LOC')]),
    sentence('3', text, null),
    { ...sentence('4', text, [span(0, 7)]), masked: [{ start: 12, end: 16 }] },
    sentence('5', text, [span(0, 7)]),
  ];
  const gate = gateOf(gold, found, { rounds: 200, costs: [0.001, 0.003] });

  test('counts what both labelled, and names the rest', () => {
    expect([gate.sentences, gate.unanswered, gate.masked]).toEqual([3, ['3', '6'], 1]);
    expect(gate.all).toMatchObject({ gold: 4, predicted: 5 });
    expect(gate.all.precision.value).toBeCloseTo(2 / 5, 12);
    expect(gate.all.recall.value).toBeCloseTo(2 / 4, 12);
    expect(gate.all.f1.value).toBeCloseTo(4 / 9, 12);
    expect(Object.keys(gate.labels)).toEqual(['LOC', 'ORG', 'PER']);
    expect(gate.labels['PER']!.f1.value).toBeCloseTo(2 / 5, 12);
    expect(gate.labels['ORG']).toMatchObject({ gold: 0, predicted: 1, f1: { value: 0 } });
  });
  test('shows each kind of mistake with its sentence', () => {
    const counts = Object.entries(gate.mistakes).map(([kind, { count }]) => [kind, count]);
    expect(Object.fromEntries(counts)).toEqual({
      boundary: 1,
      label: 1,
      'boundary-and-label': 0,
      missed: 0,
      spurious: 1,
    });
    expect(gate.mistakes.boundary.examples[0]).toMatchObject({ sentence: { id: '2' }, predicted: { end: 3 } });
    expect(gateOf(gold, found, { rounds: 1, examples: 0 }).mistakes.label).toEqual({ count: 1, examples: [] });
  });
  test('confusion over words, gold in rows', () => {
    const { names, counts } = gate.confusion;
    const at = (row: string, column: string) => counts[names.indexOf(row)]![names.indexOf(column)];
    expect([at('PER', 'PER'), at('PER', 'O'), at('LOC', 'ORG'), at('O', 'PER')]).toEqual([3, 1, 1, 2]);
  });
  test('the cost of 1,000 sentences, where every cost is known', () => {
    expect(gate.costPer1000).toBeCloseTo(2, 12);
    expect(gateOf(gold, found, { rounds: 1, costs: [0.1, null] }).costPer1000).toBeNull();
    expect(gateOf(gold, found, { rounds: 1 }).costPer1000).toBeNull();
  });
  test('the same seed gives the same intervals', () => {
    expect(gateOf(gold, found, { rounds: 50, seed: 3 })).toEqual(gateOf(gold, found, { rounds: 50, seed: 3 }));
  });

  const many = (right: number, of: number) => {
    const rows = Array.from({ length: of }, (_, i) => sentence(String(i), text, [span(0, 7)]));
    return gateOf(
      rows,
      rows.map((row, i) => (i < right ? row : { ...row, spans: [] })),
      { rounds: 500 },
    );
  };
  test.each([
    [100, 100, 'passed', 'also at the low end'],
    [70, 100, 'unsure', 'more gold sentences would tell'],
    [50, 100, 'below', 'learns their mistakes'],
    [29, 29, 'too-small', 'it takes 30 sentences with 30 entities'],
  ] as const)('%i of %i right: %s', (right, of, verdict, words) => {
    const judged = many(right, of);
    expect(judged.verdict).toBe(verdict);
    expect(gateInWords(judged)).toContain(words);
  });
  test('a label that is weak by itself is named, a rare one is not', () => {
    const rows = Array.from({ length: 40 }, (_, i) => sentence(String(i), text, [span(0, 7), span(12, 16, 'LOC')]));
    const found = rows.map((row, i) => ({ ...row, spans: i < 30 ? row.spans : [span(0, 7)] }));
    const rare = { ...rows[0]!, id: 'rare', spans: [span(8, 11, 'MISC')] };
    const judged = gateOf([...rows, rare], [...found, { ...rare, spans: [] }], { rounds: 200, threshold: 0.86 });
    // LOC: 30 of 40 found, none made up: F1 60 / 70.
    expect(gateInWords(judged)).toMatch(/Below it by itself: LOC \(0\.857\)\.$/);
  });
  test('nothing at all is a probe that is too small', () => {
    expect(gateOf([], [], { rounds: 10 })).toMatchObject({
      verdict: 'too-small',
      sentences: 0,
      all: { f1: { value: 0 } },
    });
  });
});

test('the sample: both prompts on its 200 gold sentences', () => {
  const gold = readData('g', new TextEncoder().encode(readSampleFile('gold-train.jsonl')), 'jsonl').sentences;
  const [standard, cot] = ['standard', 'cot'].map(
    (name) => groundAnswers(gold, readAnswers(readSampleFile(`answers-${name}.jsonl`)).answers).sentences,
  );
  const gate = gateOf(gold, standard!, { rounds: 300 });
  expect(gate.all.f1.value).toBeCloseTo(0.979, 3);
  expect(gate.verdict).toBe('passed');
  const compared = compareTeachers(gold, standard!, cot!, { rounds: 1_000 });
  expect(compared.f1.b).toBeCloseTo(0.975, 3);
  expect(compared.p).toBeGreaterThan(0.05);
});
