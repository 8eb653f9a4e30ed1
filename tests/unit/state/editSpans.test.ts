import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorOf } from '../../../src/data/authors.ts';
import type { Range, Sentence, Span } from '../../../src/data/types.ts';
import { nextEntity, only, rangeOf, stepped, toEdge, unitAt, unitsOf, until } from '../../../src/state/editChoice.ts';
import { labelFrom, labelled, labelledAs, markedEmpty, unlabelled } from '../../../src/state/editSpans.ts';
import { takenInto } from '../../../src/state/editGold.ts';
import { sentence } from './sentences.ts';

const text = 'Ada met Bob Ray';
const ada = [0, 3, 'PER'] as const;
const bobRay = [8, 15, 'PER'] as const;
const named = (spans: readonly Span[] | null) => spans?.map(({ start, end, label }) => [start, end, label]) ?? null;

describe('choosing', () => {
  const { words } = sentence(text);
  const at = (i: number) => words[i]!;

  test('arrows go word by word, and stay at the edges', () => {
    const first = stepped(words, null, 1, false)!;
    expect(rangeOf(first)).toEqual({ start: 0, end: 3 });
    expect(rangeOf(stepped(words, null, -1, false)!)).toEqual({ start: 12, end: 15 });
    const second = stepped(words, first, 1, false)!;
    expect(rangeOf(second)).toEqual({ start: 4, end: 7 });
    expect(stepped(words, first, -1, false)).toBe(first);
    expect(stepped([], null, 1, false)).toBeNull();
  });

  test('with shift one end stays, on either side of it', () => {
    const met = only(at(1));
    const right = stepped(words, met, 1, true)!;
    expect(rangeOf(right)).toEqual({ start: 4, end: 11 });
    const back = stepped(words, stepped(words, right, -1, true), -1, true)!;
    expect(rangeOf(back)).toEqual({ start: 0, end: 7 });
    expect(rangeOf(toEdge(words, met, 1, true)!)).toEqual({ start: 4, end: 15 });
    expect(rangeOf(toEdge(words, met, -1, false)!)).toEqual({ start: 0, end: 3 });
    expect(rangeOf(until(only(at(3)), at(0)))).toEqual({ start: 0, end: 15 });
  });

  test('a place between words means the nearer one', () => {
    expect(unitAt(words, 3)).toEqual({ start: 0, end: 3 });
    expect(unitAt(words, 4)).toEqual({ start: 4, end: 7 });
    expect(unitAt(words, 99)).toEqual({ start: 12, end: 15 });
    expect(unitAt([], 0)).toBeNull();
  });

  test('a character is what a person counts as one', () => {
    const lengths = (of: string) => unitsOf(sentence(of), 'character').map(({ start, end }) => end - start);
    expect(lengths('a👩‍🚀e\u0301')).toEqual([1, 5, 2]);
  });

  test('Tab goes through entities in order, and out at the end', () => {
    const { spans } = sentence(text, [bobRay, ada]);
    const first = nextEntity(spans!, null, 1)!;
    expect(rangeOf(first)).toEqual({ start: 0, end: 3 });
    const second = nextEntity(spans!, first, 1)!;
    expect(rangeOf(second)).toEqual({ start: 8, end: 15 });
    expect(nextEntity(spans!, second, 1)).toBeNull();
    expect(rangeOf(nextEntity(spans!, second, -1)!)).toEqual({ start: 0, end: 3 });
    expect(nextEntity(spans!, null, -1)).toBeNull();
  });
});

describe('editing', () => {
  test('a new span takes the place of what it touches, and tells', () => {
    const before = sentence(text, [ada, bobRay]);
    const { sentence: after, gone } = labelled(before, { start: 4, end: 11 }, 'ORG');
    expect(named(after.spans)).toEqual([ada, [4, 11, 'ORG']]);
    expect(named(gone)).toEqual([bobRay]);
    expect(authorOf(after, after.spans![1]!)).toEqual({ kind: 'person', name: '', version: 1 });
    expect(authorOf(after, after.spans![0]!)).toBeNull();
  });

  test('the same label again changes nothing; another takes its place, by version 2', () => {
    const first = labelled(sentence(text, null), { start: 0, end: 3 }, 'ORG').sentence;
    expect(labelled(first, { start: 0, end: 3 }, 'ORG').sentence).toBe(first);
    const second = labelled(first, { start: 0, end: 3 }, 'PER').sentence;
    expect(named(second.spans)).toEqual([ada]);
    expect(authorOf(second, second.spans![0]!)).toMatchObject({ kind: 'person', version: 2 });
  });

  test('space at the ends of a range is left out; a range of space alone changes nothing', () => {
    const before = sentence(text, null);
    expect(named(labelled(before, { start: 3, end: 8 }, 'X').sentence.spans)).toEqual([[4, 7, 'X']]);
    expect(labelled(before, { start: 3, end: 4 }, 'X').sentence).toBe(before);
  });

  test('removing: the very entity, else all that is touched; the last one leaves “no entities”', () => {
    const nested = {
      ...sentence(text, [bobRay]),
      spans: [
        { start: 8, end: 15, label: 'PER' },
        { start: 8, end: 11, label: 'X' },
      ],
    };
    expect(named(unlabelled(nested, { start: 8, end: 11 }).sentence.spans)).toEqual([bobRay]);
    expect(named(unlabelled(nested, { start: 4, end: 9 }).sentence.spans)).toEqual([]);
    const before = sentence(text, [ada]);
    expect(unlabelled(before, { start: 4, end: 7 }).sentence).toBe(before);
    expect(unlabelled(before, { start: 0, end: 7 }).sentence.spans).toEqual([]);
    expect(markedEmpty(sentence(text, null)).sentence.spans).toEqual([]);
    expect(markedEmpty(before).sentence).toBe(before);
  });

  test('a person’s word takes the doubt off the words decided on, and off no other', () => {
    const masked = [
      { start: 0, end: 3 },
      { start: 8, end: 11 },
    ];
    const after = labelled({ ...sentence(text, []), masked }, { start: 0, end: 3 }, 'PER').sentence;
    expect(after.masked).toEqual([{ start: 8, end: 11 }]);
  });

  test('labels of another source come with who made them', () => {
    const teacher = { kind: 'teacher', name: 'gpt', version: 1 } as const;
    const other: Sentence = { ...sentence(text, [ada]), authors: { all: teacher } };
    const { sentence: after, gone } = labelledAs(sentence(text, [bobRay]), other);
    expect(after).toEqual({ ...sentence(text, [ada]), authors: { all: teacher } });
    expect(named(gone)).toEqual([bobRay]);
    expect(labelledAs(after, other).sentence).toBe(after);
  });

  test('a typed label has no space', () => {
    expect(labelFrom('  work of  art ')).toBe('work_of_art');
    expect(labelFrom('  ')).toBe('');
  });
});

test('whatever is done, spans lie in the text, never overlap, and cut no surrogate pair', () => {
  const step = fc.record({
    kind: fc.constantFrom('label', 'remove'),
    byCharacter: fc.boolean(),
    from: fc.nat(30),
    to: fc.nat(30),
    label: fc.constantFrom('PER', 'ORG', 'B-X'),
  });
  const piece = fc.constantFrom('Ada', ' ', '  ', '👩‍🚀', '😀', 'é', '.', 'né', '\t', '𝒳y', '’s');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(step, { maxLength: 12 }), (pieces, steps) => {
      let now = sentence(pieces.join(''), null);
      for (const { kind, byCharacter, from, to, label } of steps) {
        const units = unitsOf(now, byCharacter ? 'character' : 'word');
        const [anchor, head] = [unitAt(units, from), unitAt(units, to)];
        if (anchor === null || head === null) continue;
        const range: Range = rangeOf(until(only(anchor), head));
        const { sentence: after, gone } = kind === 'label' ? labelled(now, range, label) : unlabelled(now, range);
        for (const span of gone) expect(after.spans).not.toContainEqual(span);
        now = after;
        let end = 0;
        for (const span of now.spans ?? []) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          expect(span.end).toBeGreaterThan(span.start);
          expect(span.end).toBeLessThanOrEqual(now.text.length);
          const said = now.text.slice(span.start, span.end);
          expect(said).not.toMatch(/^\p{Surrogate}|\p{Surrogate}$/u); // half of a pair
          expect(said).toBe(said.trim());
          end = span.end;
        }
      }
    }),
    { seed: 7, numRuns: 400 },
  );
});

describe('taking silver into gold', () => {
  const teacher = { kind: 'teacher', name: 'gpt, cot', version: 1 } as const;
  const silver = [
    {
      ...sentence('Ada spoke', [[0, 3, 'PER']]),
      authors: { all: teacher },
      masked: [{ start: 4, end: 9 }],
      weight: 0.5,
    },
    { ...sentence('Bob sang', [[0, 3, 'ORG']]), authors: { all: teacher } },
    sentence('rain', null),
  ];
  const gold = [
    { ...sentence('Bob  sang', [[0, 3, 'PER']]), id: 'g' },
    { ...sentence('x', []), id: 'Ada spoke' },
  ];

  test('copies keep who made them; what gold has stays; ids are free', () => {
    const { sentences, added, replaced, kept, unlabelled: none } = takenInto(gold, silver, 'keep');
    expect([added, replaced, kept, none]).toEqual([1, 0, 1, 1]);
    expect(sentences.slice(0, 2)).toEqual(gold);
    expect(sentences[2]).toEqual({
      ...sentence('Ada spoke', [[0, 3, 'PER']]),
      authors: { all: teacher },
      id: 'Ada spoke-2',
    });
  });

  test('one that is wanted in place of gold’s takes its place and id', () => {
    const { sentences, replaced } = takenInto(gold, [silver[1]!], 'replace');
    expect(replaced).toBe(1);
    expect(sentences[0]).toEqual({ ...silver[1], id: 'g' });
  });

  test('taking back leaves later work alone', () => {
    const taken = takenInto(gold, silver.slice(0, 2), 'replace');
    const later = sentence('later', []);
    const edited = { ...taken.sentences[2]!, spans: [] };
    expect(taken.without([...taken.sentences, later])).toEqual([...gold, later]);
    expect(taken.without([...taken.sentences.slice(0, 2), edited])).toEqual([...gold, edited]);
  });
});
