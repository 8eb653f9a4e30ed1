import { describe, expect, test } from 'vitest';
import type { FormatId, Keeps } from '../../../src/data/formats/format.ts';
import { formats, isFormatId, writable } from '../../../src/data/formats/formats.ts';
import { lossesOfWriting } from '../../../src/data/formats/losses.ts';
import { readData } from '../../../src/data/formats/read.ts';
import { writeData } from '../../../src/data/formats/write.ts';
import { tagsOfSpans } from '../../../src/data/bio.ts';
import type { Sentence } from '../../../src/data/types.ts';
import { formatFixtures } from '../../support/formatSeeds.ts';

const read = (text: string, format: FormatId) => readData('f.x', new TextEncoder().encode(text), format).sentences;

/** Each side of a sentence that `Keeps` names, as a value to be compared. */
const sides: Readonly<Record<keyof Keeps, (sentence: Sentence) => unknown>> = {
  ids: ({ id }) => id,
  text: ({ text }) => text,
  words: ({ text, words }) => words.map(({ start, end }) => text.slice(start, end)),
  anySpans: ({ text, spans }) => spans?.map(({ start, end, label }) => [text.slice(start, end), label]) ?? [],
  unlabelled: ({ spans }) => spans === null,
  meta: ({ meta }) => meta ?? {},
  authors: ({ authors }) => authors ?? null,
  doubts: ({ masked, weight }) => [masked ?? null, weight ?? null],
};

const table = Object.keys(formats)
  .filter(isFormatId)
  .flatMap((from) => writable.map((to) => ({ from, to: to.id, write: to.write! })));

describe.each(table)('$from → $to', ({ from, to, write }) => {
  const all = read(formatFixtures[from], from);
  const lost = lossesOfWriting(to, all);

  test('what cannot be written at all is refused, and told before', () => {
    const refused = lost.some(({ severity }) => severity === 'error');
    expect(refused).toBe(!write.keeps.unlabelled && all.some(({ spans }) => spans === null));
    if (refused) expect(() => writeData(to, all)).toThrow(expect.objectContaining({ code: 'data-invalid' }));
    else expect(() => writeData(to, all)).not.toThrow();
  });

  test('what survives the trip is what the format says it keeps, and every other loss is told', () => {
    const sentences = write.keeps.unlabelled ? all : all.filter(({ spans }) => spans !== null);
    if (sentences.length === 0) return;
    const back = read(writeData(to, sentences), to);
    expect(back).toHaveLength(sentences.length);
    const told = lossesOfWriting(to, sentences);
    for (const [side, valueOf] of Object.entries(sides)) {
      const same = JSON.stringify(back.map(valueOf)) === JSON.stringify(sentences.map(valueOf));
      if (write.keeps[side as keyof Keeps]) expect([side, same]).toEqual([side, true]);
      // Nothing is lost in silence.
      else if (told.length === 0 && side !== 'ids') expect([side, same]).toEqual([side, true]);
    }
    // Whatever else goes, tags over words stay where the words do.
    if (write.keeps.words) {
      const tags = (list: readonly Sentence[]) =>
        list.map(({ words, spans }) => spans && tagsOfSpans(words, spans).tags);
      expect(tags(back)).toEqual(tags(sentences));
    }
  });

  test('a second trip loses nothing more', () => {
    const sentences = write.keeps.unlabelled ? all : all.filter(({ spans }) => spans !== null);
    const once = read(writeData(to, sentences), to);
    const rest = lossesOfWriting(to, once).filter(
      ({ code, message }) => code !== 'not-kept' || !message.includes('metadata'),
    );
    expect(rest).toEqual([]);
    expect(read(writeData(to, once), to)).toEqual(once);
  });
});

describe('losses by name', () => {
  const jsonl = read(formatFixtures.jsonl, 'jsonl');
  test.each([
    [
      'conll',
      ['not-labelled 3', 'not-kept 1', 'not-kept 1', 'not-kept 2', 'not-kept 1', 'not-kept 4', 'span-overlap 1'],
    ],
    ['hf-tokens', ['not-kept 1', 'not-kept 1', 'not-kept 2', 'not-kept 4', 'span-overlap 1']],
    ['doccano', ['not-kept 2', 'not-kept 2', 'not-kept 4']],
    ['label-studio', ['not-kept 2', 'not-kept 2', 'not-kept 4']],
    ['prodigy', ['not-kept 2', 'not-kept 4']],
    ['jsonl', []],
  ] as const)('%s', (to, wanted) => {
    const codes = lossesOfWriting(to, jsonl).map(({ code, line }) => `${code} ${String(line)}`);
    expect(codes.sort()).toEqual([...wanted].sort());
  });

  test('the message counts the sentences', () => {
    const [first] = lossesOfWriting('prodigy', jsonl);
    expect(first!.message).toMatch(/^1 of 4 sentences say who made their labels/);
  });
});

test('every format is written about: name, looks, endings', () => {
  for (const [id, format] of Object.entries(formats)) {
    expect(format.id).toBe(id);
    expect(format.what.length).toBeGreaterThan(10);
    expect(format.extensions[0]).toMatch(/^\.[a-z]+$/);
    expect(readData('f.x', new TextEncoder().encode(formatFixtures[format.id])).format).toBe(id);
  }
});
