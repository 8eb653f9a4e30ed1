import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { iob2, spansOfTags, tagIdsOf, tagsOfSpans } from '../../../src/data/bio.ts';
import type { Range, Span } from '../../../src/data/types.ts';
import { wordsOf } from '../../../src/data/words.ts';

const text = 'Anna Lee met U.S. envoys in New York City.';
const words = wordsOf(text);
const span = (found: string, label: string): Span => {
  const start = text.indexOf(found);
  return { start, end: start + found.length, label };
};

/** Words of 1–4 characters with gaps of 0–2, and a label that may hold hyphens. */
const anyWords = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 4 })), { maxLength: 12 })
  .map((sizes) => {
    let at = 0;
    return sizes.map(([gap, length]): Range => {
      const start = at + gap;
      at = start + length;
      return { start, end: at };
    });
  });
const anyLabel = fc.constantFrom('PER', 'LOC', 'MISC-OTHER', 'B-side', 'I-', 'x', 'Größe 2');
const settings = { seed: 20261101, numRuns: 2000 };

const inOrder = (spans: readonly Span[]): Span[] => [...spans].sort((a, b) => a.start - b.start || a.end - b.end);

describe('spans to tags', () => {
  it('opens each entity with B- and keeps neighbours of one label apart', () => {
    const spans = [span('Anna', 'PER'), span('Lee', 'PER'), span('New York City', 'LOC-CITY')];
    const { tags, losses } = tagsOfSpans(words, spans);
    expect(words.map(({ start, end }) => text.slice(start, end)).join(' ')).toBe(
      'Anna Lee met U . S . envoys in New York City .',
    );
    expect(tags.join(' ')).toBe('B-PER B-PER O O O O O O O B-LOC-CITY I-LOC-CITY I-LOC-CITY O');
    expect(losses).toEqual([]);
    expect(spansOfTags(tags, words)).toEqual(spans);
  });

  it('tells each kind of loss', () => {
    const kinds = (...spans: Span[]) => tagsOfSpans(words, spans).losses.map(({ kind }) => kind);
    expect(kinds({ start: 4, end: 5, label: 'PER' })).toEqual(['no-word']);
    expect(kinds({ start: 200, end: 210, label: 'PER' })).toEqual(['no-word']);
    expect(kinds(span('nna Lee', 'PER'))).toEqual(['cuts-word']);
    expect(kinds(span('New Yor', 'LOC'))).toEqual(['cuts-word']);
    expect(kinds(span(' New York ', 'LOC'))).toEqual(['trimmed']);
    expect(kinds(span('New York City', 'LOC'), span('York', 'PER'))).toEqual(['overlap']);
    expect(tagsOfSpans(words, [span('New York City', 'LOC'), span('York', 'PER')]).tags.slice(9, 12)).toEqual([
      'B-LOC',
      'B-PER',
      'I-LOC',
    ]);
  });

  it('comes back without loss where spans follow words and do not overlap', () => {
    const aligned = anyWords.chain((words) =>
      fc
        .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 3 }), anyLabel), { maxLength: 6 })
        .map((draws) => {
          const spans: Span[] = [];
          let at = 0;
          for (const [skip, length, label] of draws) {
            const [first, last] = [words[at + skip], words[at + skip + length - 1]];
            if (first === undefined || last === undefined) break;
            spans.push({ start: first.start, end: last.end, label });
            at += skip + length;
          }
          return { words, spans };
        }),
    );
    fc.assert(
      fc.property(aligned, ({ words, spans }) => {
        const { tags, losses } = tagsOfSpans(words, spans);
        expect(losses).toEqual([]);
        expect(spansOfTags(tags, words)).toEqual(spans);
        expect(iob2(tags)).toEqual(tags);
      }),
      settings,
    );
  });

  it('reports a loss wherever any spans come back changed, and only there', () => {
    const anySpan = fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 12 }), anyLabel)
      .map(([start, length, label]): Span => ({ start, end: start + length, label }));
    fc.assert(
      fc.property(anyWords, fc.array(anySpan, { maxLength: 4 }), (words, spans) => {
        const { tags, losses } = tagsOfSpans(words, spans);
        const same = JSON.stringify(spansOfTags(tags, words)) === JSON.stringify(inOrder(spans));
        expect(losses.length === 0).toBe(same);
        for (const { span } of losses) expect(spans).toContain(span);
      }),
      settings,
    );
  });
});

describe('tags to spans', () => {
  it('reads an I- that continues nothing as an opening, as conlleval does', () => {
    const four = words.slice(0, 4);
    expect(
      spansOfTags(['I-PER', 'I-PER', 'I-LOC', 'B-LOC'], four).map(({ start, end, label }) => [start, end, label]),
    ).toEqual([
      [0, 8, 'PER'],
      [9, 12, 'LOC'],
      [13, 14, 'LOC'],
    ]);
  });

  it('makes IOB2 of IOB1, hyphens in labels and all', () => {
    const iob1 = 'I-A I-A B-A I-A O I-A I-A-B I-A-B O B-A I-B'.split(' ');
    expect(iob2(iob1).join(' ')).toBe('B-A I-A B-A I-A O B-A B-A-B I-A-B O B-A B-B');
  });

  it('finds the same entities before and after IOB2 in any sequence, and then every entity opens with B-', () => {
    const anyTag = fc.constantFrom('O', 'B-A', 'I-A', 'B-A-B', 'I-A-B', 'I-B');
    fc.assert(
      fc.property(fc.array(anyTag, { maxLength: 12 }), (tags) => {
        const ranges = tags.map((_, i): Range => ({ start: 2 * i, end: 2 * i + 1 }));
        const converted = iob2(tags);
        const spans = spansOfTags(tags, ranges);
        expect(spansOfTags(converted, ranges)).toEqual(spans);
        expect(converted.filter((tag) => tag.startsWith('B-'))).toHaveLength(spans.length);
        expect(tagsOfSpans(ranges, spans).tags).toEqual(converted);
      }),
      settings,
    );
  });
});

it('numbers tags, with O for labels that the list lacks and for unlabelled sentences', () => {
  const tags = ['O', 'B-PER', 'I-PER'];
  const sentence = { id: '1', text, words: words.slice(0, 3), spans: [span('Anna Lee', 'PER'), span('met', 'LOC')] };
  expect([...tagIdsOf(sentence, tags)]).toEqual([1, 2, 0]);
  expect([...tagIdsOf({ ...sentence, spans: null }, tags)]).toEqual([0, 0, 0]);
});
