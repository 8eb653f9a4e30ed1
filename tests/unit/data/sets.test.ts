import { describe, expect, test } from 'vitest';
import { authorOf, promoted, withSpans } from '../../../src/data/authors.ts';
import type { Authorship, Sentence, Span } from '../../../src/data/types.ts';
import { intersect, join, pairs, subtract } from '../../../src/data/sets/combine.ts';
import { labelPresets, mapLabels } from '../../../src/data/sets/mapLabels.ts';
import { hasLabel, isLabelled, madeByKind, matches, type Wanted } from '../../../src/data/sets/select.ts';
import { drawSubset, split } from '../../../src/data/sets/split.ts';
import { wordsOf } from '../../../src/data/words.ts';
import { createRandom } from '../../../src/core/random.ts';

const span = (start: number, end: number, label: string): Span => ({ start, end, label });
const sentence = (
  id: string,
  text: string,
  spans: readonly Span[] | null = [],
  meta?: Record<string, string>,
): Sentence => ({ id, text, words: wordsOf(text), spans, ...(meta && { meta }) });
const ids = (list: readonly Sentence[]) => list.map(({ id }) => id);

describe('labels', () => {
  const before = sentence('1', 'Ann went to Rome on Monday', [
    span(0, 3, 'PERSON'),
    span(12, 16, 'GPE'),
    span(12, 16, 'LOC'),
    span(20, 26, 'DATE'),
  ]);
  test('OntoNotes to CoNLL: renamed, merged, dropped', () => {
    const { labels } = labelPresets[0]!;
    const { sentences, renamed, dropped } = mapLabels([before, sentence('2', 'x', null)], labels);
    expect(sentences[0]!.spans).toEqual([span(0, 3, 'PER'), span(12, 16, 'LOC')]);
    expect([renamed, dropped]).toEqual([2, 2]);
    expect(sentences[1]!.spans).toBeNull();
    expect(Object.keys(labels)).toHaveLength(18);
  });

  test('labels that are not named stay, and their sentences are the same objects', () => {
    expect(mapLabels([before], { OTHER: 'X' }).sentences[0]).toBe(before);
    expect(mapLabels([before], { constructor: 'X' }).renamed).toBe(0);
  });

  test('authors of single spans go with the new name', () => {
    const person: Authorship = { kind: 'person', name: 'A', version: 1 };
    const teacher: Authorship = { kind: 'teacher', name: 't', version: 1 };
    const authored: Sentence = {
      ...before,
      authors: { all: teacher, spans: { '0-3 PERSON': person, '20-26 DATE': person } },
    };
    const [after] = mapLabels([authored], labelPresets[0]!.labels).sentences;
    expect(after!.authors).toEqual({ all: teacher, spans: { '0-3 PER': person } });
  });
});

describe('authors', () => {
  const [teacher, person]: readonly Authorship[] = [
    { kind: 'teacher', name: 'gpt', version: 1 },
    { kind: 'person', name: 'Ann', version: 1 },
  ];
  test('spans that stay keep who made them, new ones are the editor’s', () => {
    const first = withSpans(sentence('1', 'Ann Bob', null), [span(0, 3, 'PER'), span(4, 7, 'PER')], teacher!);
    expect(first.authors).toEqual({ all: teacher });
    const edited = withSpans(first, [span(0, 3, 'PER'), span(4, 7, 'ORG')], person!);
    expect(edited.spans!.map((s) => authorOf(edited, s))).toEqual([teacher, person]);
    expect(withSpans(edited, [span(0, 3, 'PER')], person!).authors).toEqual({ all: teacher });
    const doubtful = { ...edited, masked: [{ start: 0, end: 3 }], weight: 0.5 };
    expect(promoted(doubtful)).toEqual(edited);
  });

  test('nobody is named who is not known', () => {
    const edited = withSpans(
      sentence('1', 'Ann Bob', [span(0, 3, 'PER')]),
      [span(0, 3, 'PER'), span(4, 7, 'PER')],
      person!,
    );
    expect(authorOf(sentence('1', 'x'), span(0, 1, 'A'))).toBeNull();
    expect(authorOf(edited, span(4, 7, 'PER'))).toEqual(person);
    expect(authorOf(edited, span(0, 3, 'PER'))).toBeNull();
  });
});

describe('splits', () => {
  const random = createRandom(5, 'test');
  const rates = { COMMON: 0.5, SOME: 0.1, RARE: 0.02 };
  const all = Array.from({ length: 1000 }, (_, i) => {
    const spans = Object.entries(rates).flatMap(([label, rate], j) =>
      random.next() < rate ? [span(2 * j, 2 * j + 1, label)] : [],
    );
    return sentence(String(i), 'a b c', spans, { doc: String(Math.floor(i / 7)) });
  });
  const labelled = (list: readonly Sentence[], label: string) => list.filter(hasLabel(label)).length;

  test('by count and share: every sentence once, in order, the same for the same seed', () => {
    const parts = split(all, [{ share: 0.7 }, { count: 123 }], { seed: 1 });
    expect(parts.map((p) => p.length)).toEqual([700, 123, 177]);
    expect(ids(parts.flat()).sort()).toEqual(ids(all).sort());
    for (const part of parts) expect(ids(part)).toEqual(ids(part).sort((a, b) => Number(a) - Number(b)));
    expect(split(all, [{ share: 0.7 }, { count: 123 }], { seed: 1 })).toEqual(parts);
    expect(ids(split(all, [{ share: 0.7 }], { seed: 2 })[0]!)).not.toEqual(ids(parts[0]!));
  });

  test('stratified: each label by its share, to one span', () => {
    for (const seed of [1, 2, 3]) {
      const parts = split(all, [{ share: 0.8 }, { share: 0.1 }], { seed, stratify: true });
      expect(parts.map((p) => p.length)).toEqual([800, 100, 100]);
      for (const label of Object.keys(rates)) {
        const total = labelled(all, label);
        expect(Math.abs(labelled(parts[1]!, label) - total / 10)).toBeLessThanOrEqual(1);
        expect(Math.abs(labelled(parts[0]!, label) - 0.8 * total)).toBeLessThanOrEqual(2);
      }
    }
  });

  test.each([false, true])('grouped by document, stratified %s: no document in two parts', (stratify) => {
    const parts = split(all, [{ count: 500 }, { count: 200 }], { seed: 3, groupBy: 'doc', stratify });
    const docs = parts.map((part) => new Set(part.map(({ meta }) => meta!['doc']!)));
    expect(docs.reduce((sum, set) => sum + set.size, 0)).toBe(143);
    parts.forEach((part, i) => {
      expect(Math.abs(part.length - [500, 200, 300][i]!)).toBeLessThanOrEqual(7);
    });
    expect(parts.flat()).toHaveLength(1000);
  });

  test('a subset for people to label', () => {
    expect(drawSubset(all, 50, { seed: 4, stratify: true })).toHaveLength(50);
    expect(drawSubset(all.slice(0, 3), 50, { seed: 4 })).toHaveLength(3);
  });

  test('more than there is, is refused', () => {
    for (const sizes of [[{ count: 1001 }], [{ share: 0.6 }, { share: 0.6 }], [{ count: -1 }], [{ share: NaN }]]) {
      expect(() => split(all, sizes, { seed: 1 })).toThrow(expect.objectContaining({ code: 'data-invalid' }));
    }
  });
});

describe('join, subtract, pair', () => {
  const a = [sentence('1', 'Ann ate'), sentence('2', 'Bob'), sentence('3', 'Cy')];
  const b = [sentence('1', 'Dee'), sentence('9', 'Ann  ate'), sentence('2', 'Bob', [span(0, 3, 'PER')])];
  test('ids stay unique', () => {
    expect(ids(join(a, b, a.slice(0, 1)))).toEqual(['1', '2', '3', '1-2', '9', '2-2', '1-3']);
  });
  test('by id or by words', () => {
    expect(ids(subtract(a, b, 'id'))).toEqual(['3']);
    expect(ids(subtract(a, b, 'words'))).toEqual(['3']);
    expect(ids(intersect(a, b, 'words'))).toEqual(['1', '2']);
    expect(pairs(a, b, 'id').map((pair) => pair.b)).toEqual([b[2]]);
    expect(pairs(a, b, 'words').map((pair) => pair.b)).toEqual([b[2]]);
  });
});

test('conditions', () => {
  const model: Authorship = { kind: 'model', name: 'm', version: 1 };
  const all: Sentence[] = [
    sentence('s-1', 'Zürich and New York', [span(0, 6, 'LOC')]),
    { ...sentence('s-2', 'York alone', [span(0, 4, 'PER')]), authors: { all: model } },
    sentence('s-3', 'nobody', null),
  ];
  const chosen = (...conditions: readonly Wanted[]) =>
    ids(all.filter((one) => conditions.every((wanted) => wanted(one))));
  expect(chosen(matches('zurich YORK'))).toEqual(['s-1']);
  expect(chosen(matches('"new york"'))).toEqual(['s-1']);
  expect(chosen(matches('york'), hasLabel('PER', 'X'))).toEqual(['s-2']);
  expect(chosen(matches('S-3'))).toEqual(['s-3']);
  expect(chosen(matches(' '))).toEqual(['s-1', 's-2', 's-3']);
  expect(chosen(isLabelled(false))).toEqual(['s-3']);
  expect(chosen(madeByKind('model'))).toEqual(['s-2']);
});
