import { describe, expect, test } from 'vitest';
import type { Sentence, Span } from '../../../src/data/types.ts';
import { wordsOf } from '../../../src/data/words.ts';
import { disputesOf, foldsOf, unseenF1 } from '../../../src/run/folds.ts';

const sentence = (text: string, spans: Span[] = [], more: Partial<Sentence> = {}): Sentence => ({
  ...{ id: text, text, words: wordsOf(text), spans },
  ...more,
});
const span = (start: number, end: number, label: string): Span => ({ start, end, label });

describe('folds', () => {
  const sentences = Array.from({ length: 23 }, (_, i) => sentence(`text ${String(i % 19)}`));

  test('are as even as can be, with equal texts in one', () => {
    const folds = foldsOf(sentences, 5, 0);
    const sizes = [0, 1, 2, 3, 4].map((fold) => folds.filter((other) => other === fold).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(23);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2);
    for (let i = 19; i < 23; i++) expect(folds[i]).toBe(folds[i - 19]);
  });

  test('are other ones for another seed, and the same for the same', () => {
    expect(foldsOf(sentences, 5, 3)).toEqual(foldsOf(sentences, 5, 3));
    expect(foldsOf(sentences, 5, 3)).not.toEqual(foldsOf(sentences, 5, 4));
  });
});

describe('disputes', () => {
  const anna = sentence('Anna met Ben .', [span(0, 4, 'PER')]);
  const plain = sentence('Nobody came .');

  test('are entities that more than half of the models hold against, the most disputed sentence first', () => {
    const found = [
      [[span(9, 12, 'PER')], [span(0, 6, 'PER')]],
      [[span(9, 12, 'PER')], []],
      [[span(0, 4, 'PER'), span(9, 12, 'LOC')], [span(0, 6, 'PER')]],
    ];
    expect(
      disputesOf(
        [plain, anna, plain],
        found.map(([a, b]) => [[], a!, b!]),
      ),
    ).toEqual([
      {
        place: 1,
        entities: [
          { span: span(0, 4, 'PER'), by: 'label', votes: 2 },
          { span: span(9, 12, 'PER'), by: 'models', votes: 2 },
        ],
      },
      { place: 2, entities: [{ span: span(0, 6, 'PER'), by: 'models', votes: 2 }] },
    ]);
  });

  test('a half is not enough, and who agrees disputes nothing', () => {
    expect(disputesOf([anna], [[[span(0, 4, 'PER')]], [[]]])).toEqual([]);
    expect(disputesOf([anna], [[[span(0, 4, 'PER')]]])).toEqual([]);
    expect(disputesOf([anna], [[[span(0, 4, 'LOC')]]])[0]?.entities.map(({ by }) => by)).toEqual(['label', 'models']);
  });

  test('a label that cuts a word is the whole word, and what is masked is nobody’s', () => {
    const cut = sentence('Anna met Ben .', [span(1, 4, 'PER')]);
    expect(disputesOf([cut], [[[span(0, 4, 'PER')]]])).toEqual([]);
    const masked = { ...anna, masked: [{ start: 2, end: 3 }] };
    expect(disputesOf([masked], [[[span(9, 12, 'PER')]]])).toEqual([
      { place: 0, entities: [{ span: span(9, 12, 'PER'), by: 'models', votes: 1 }] },
    ]);
  });

  test('stand beside the F1 of the models on what they had not seen', () => {
    const exact = [[span(0, 4, 'PER')], []];
    // One of two found is right, one of one is found.
    const more = [[span(0, 4, 'PER'), span(9, 12, 'PER')], []];
    expect(unseenF1([anna, plain], [exact])).toBe(1);
    expect(unseenF1([anna, plain], [exact, more])).toBeCloseTo((1 + 2 / 3) / 2, 12);
  });
});
