import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { countsOf } from '../../../src/data/checks.ts';
import type { Sentence } from '../../../src/data/types.ts';
import { readAnswers } from '../../../src/llm/answerFile.ts';
import { groundAnswers, noStatuses } from '../../../src/llm/groundAnswers.ts';
import { sampleFiles, sampleOf } from '../../../src/llm/sample.ts';
import { readGolden } from '../../support/goldenFiles.ts';

type GoldenSpans = Readonly<Record<string, readonly (readonly [number, number, string])[]>>;
const golden = JSON.parse(gunzipSync(await readGolden('grounding/grounding.json.gz')).toString()) as {
  readonly standard: GoldenSpans;
  readonly cot: GoldenSpans;
  readonly f1: { readonly standard: number; readonly cot: number };
};

const textOf = (name: string) => readFileSync(new URL(`../../../public/samples/sotu/${name}`, import.meta.url), 'utf8');
const files = Object.fromEntries(sampleFiles.map((name) => [name, textOf(name)]));
const sample = sampleOf(files);

const listOf = ({ spans }: Sentence) => (spans ?? []).map(({ start, end, label }) => [start, end, label]);
const byStart = (spans: readonly (readonly [number, number, string])[]) => [...spans].sort((a, b) => a[0] - b[0]);

/** F1 over spans with their labels, counted here anew. */
function spanF1(gold: readonly Sentence[], found: readonly Sentence[]): number {
  const keys = (sentences: readonly Sentence[]) =>
    sentences.flatMap((s) => listOf(s).map((span) => `${s.id} ${span.join(' ')}`));
  const [wanted, given] = [new Set(keys(gold)), keys(found)];
  return (2 * given.filter((key) => wanted.has(key)).length) / (wanted.size + given.length);
}

test('the sample has its sentences, roles and notice', () => {
  expect(countsOf(sample.gold)).toMatchObject({ sentences: 200, labelled: 200 });
  expect(sample.dev).toHaveLength(150);
  expect(sample.test).toHaveLength(350);
  expect(sample.silver).toHaveLength(1000);
  expect(sample.silver.slice(0, 200).map(({ text }) => text)).toEqual(sample.gold.map(({ text }) => text));
  expect(sample.teacher).toEqual({ ...noStatuses(), exact: 1213 });
  expect(sample.notice).toMatch(/language models, none by people/);
});

describe("the teacher's recorded answers, grounded", () => {
  test('standard: spans of all 1,000 sentences as the reference search finds them', () => {
    expect(Object.keys(golden.standard)).toHaveLength(1000);
    for (const sentence of sample.silver) expect(listOf(sentence)).toEqual(byStart(golden.standard[sentence.id]!));
  });

  test('chain of thought: spans of 200 sentences as the reference search finds them', () => {
    const cot = groundAnswers(sample.gold, readAnswers(textOf('answers-cot.jsonl')).answers);
    expect(cot.statuses.malformed).toBe(0);
    for (const sentence of cot.sentences) expect(listOf(sentence)).toEqual(byStart(golden.cot[sentence.id]!));
    expect(spanF1(sample.gold, cot.sentences)).toBeCloseTo(golden.f1.cot, 12);
    expect(golden.f1.cot).toBeCloseTo(0.975, 3);
  });

  test('standard: span F1 on the 200 gold sentences', () => {
    expect(spanF1(sample.gold, sample.silver.slice(0, 200))).toBeCloseTo(golden.f1.standard, 12);
    expect(golden.f1.standard).toBeCloseTo(0.979, 3);
  });
});

test('a file that is missing is named', () => {
  const rest = Object.fromEntries(Object.entries(files).filter(([name]) => name !== 'gold-dev.jsonl'));
  expect(() => sampleOf(rest)).toThrow(
    expect.objectContaining({ code: 'file-missing', detail: { file: 'gold-dev.jsonl' } }),
  );
});
