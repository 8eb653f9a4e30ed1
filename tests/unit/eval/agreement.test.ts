import { describe, expect, test } from 'vitest';
import { joinWords } from '../../../src/data/formats/wordRows.ts';
import type { Sentence, Span } from '../../../src/data/types.ts';
import { agreementOf } from '../../../src/eval/agreement.ts';
import { readGolden } from '../../support/goldenFiles.ts';

type WordSpan = readonly [first: number, last: number, label: string];
interface Case {
  readonly sentences: readonly { readonly words: number; readonly a: WordSpan[]; readonly b: WordSpan[] }[];
  readonly spanF1: number;
  readonly kappaAll: number | null;
  readonly kappaMarked: number | null;
  readonly kappaOfLabel: Readonly<Record<string, number | null>>;
  readonly names: readonly string[];
  readonly confusion: readonly (readonly number[])[];
}
const golden = JSON.parse(new TextDecoder().decode(await readGolden('agreement/agreement.json'))) as {
  readonly cases: readonly Case[];
};

function sentenceOf(id: number, count: number, spans: readonly WordSpan[] | null): Sentence {
  const { text, words } = joinWords(Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i)));
  const placed = spans?.map(([first, last, label]): Span => {
    return { start: words[first]!.start, end: words[last]!.end, label };
  });
  return { id: String(id), text, words, spans: placed ?? null };
}

describe('as scikit-learn and seqeval have it', () => {
  const close = (value: number | null) => (value === null ? null : expect.closeTo(value, 12));
  test.each(golden.cases.map((wanted, i) => [i, wanted] as const))('case %i', (_, wanted) => {
    const side = (name: 'a' | 'b') => wanted.sentences.map((s, i) => sentenceOf(i, s.words, s[name]));
    const found = agreementOf(side('a'), side('b'));
    expect(found.spans.f1).toBeCloseTo(wanted.spanF1, 12);
    expect(found.allWords.kappa).toEqual(close(wanted.kappaAll));
    expect(found.markedWords.kappa).toEqual(close(wanted.kappaMarked));
    expect(found.confusion).toEqual({ names: wanted.names, counts: wanted.confusion });
    for (const [label, kappa] of Object.entries(wanted.kappaOfLabel)) {
      expect(found.labels[label]!.kappa.kappa).toEqual(close(kappa));
    }
  });
});

test('by hand: one agreed, one of another label, one missed', () => {
  const a = [
    sentenceOf(1, 6, [
      [0, 1, 'PER'],
      [3, 3, 'LOC'],
      [5, 5, 'PER'],
    ]),
  ];
  const b = [
    sentenceOf(1, 6, [
      [0, 1, 'PER'],
      [3, 3, 'ORG'],
    ]),
  ];
  const found = agreementOf(a, b);
  expect(found.spans).toEqual({ f1: 2 / 5, both: 1, a: 3, b: 2 });
  expect(found.labels['PER']).toMatchObject({ f1: 2 / 3, both: 1, a: 2, b: 1 });
  expect(found.labels['ORG']).toMatchObject({ f1: 0, both: 0, a: 0, b: 1 });
  expect(found.markedWords.words).toBe(4);
  expect(agreementOf(b, a).spans.f1).toBe(found.spans.f1);
});

test('sentences that one side has not labelled are left out, and other texts are refused', () => {
  expect(agreementOf([sentenceOf(1, 2, null)], [sentenceOf(1, 2, [])])).toMatchObject({
    sentences: 0,
    spans: { f1: 1 },
  });
  expect(() => agreementOf([sentenceOf(1, 2, [])], [sentenceOf(1, 3, [])])).toThrow(/not the same text/);
  expect(() => agreementOf([sentenceOf(1, 2, [])], [])).toThrow(expect.objectContaining({ code: 'data-invalid' }));
});
