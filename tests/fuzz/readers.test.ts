import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../src/core/random.ts';
import { AppError } from '../../src/core/errors.ts';
import { findAll, mend } from '../../src/data/findings/checks.ts';
import type { CheckId } from '../../src/data/findings/check.ts';
import { piecesOf } from '../../src/data/formats/cut.ts';
import type { FormatId } from '../../src/data/formats/format.ts';
import { formats, isFormatId } from '../../src/data/formats/formats.ts';
import { decodeBytes } from '../../src/data/formats/bytes.ts';
import { readData } from '../../src/data/formats/read.ts';
import { sampleOf } from '../../src/data/formats/sample.ts';
import type { Imported } from '../../src/data/types.ts';
import { formatSeeds } from '../support/formatSeeds.ts';

/** Mutations of each file of each format. Altogether there are more than 20,000, half of them read under a format not their own. */
const mutationsEach = 1300;
/** A file of some hundred bytes takes well under a millisecond; this long means that it hangs. */
const slowMs = 2000;

const encoder = new TextEncoder();

const odd = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\n',
  '\r',
  '\r\n\n',
  '\t',
  ' ',
  '\0',
  '\ufeff',
  '😀',
  '\ud83d',
  'I-X',
  '-DOCSTART-',
  '# sent_id =',
  'null',
  '1e999',
  '-1',
  '""',
  'é',
];

/** Some changes at random: bytes flipped, parts cut out, doubled or moved, odd strings put in. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let out = [...bytes];
  const times = 1 + random.below(4);
  for (let n = 0; n < times; n++) {
    const at = random.below(out.length + 1);
    const length = random.below(12);
    switch (random.below(6)) {
      case 0:
        if (at < out.length) out[at] = random.below(256);
        break;
      case 1:
        out.splice(at, length);
        break;
      case 2:
        out.splice(at, 0, ...out.slice(random.below(out.length + 1), at).slice(0, 40));
        break;
      case 3:
        out.splice(at, 0, ...encoder.encode(odd[random.below(odd.length)]));
        break;
      case 4:
        out = out.slice(0, at);
        break;
      default:
        out.splice(random.below(out.length + 1), 0, ...out.splice(at, length));
    }
  }
  return Uint8Array.from(out);
}

/** What must hold of any file that was read, whatever is in it. */
function check(imported: Imported, bytes: Uint8Array, format: FormatId): void {
  const { sentences, findings, records } = imported;
  // Records are counted here by the cutter alone, apart from the reader.
  const { text } = decodeBytes(bytes);
  const pieces = piecesOf(formats[format].cutter(sampleOf(text, true)), text);
  const filled = pieces.filter((piece) => piece.text.replaceAll('\0', '').trim() !== '').length;
  const blankOnly = pieces.length - filled;
  const total = records.kept + records.structure + records.leftOut;
  expect(total).toBeGreaterThanOrEqual(filled);
  expect(total).toBeLessThanOrEqual(filled + blankOnly);
  const leftOut = findings.filter(
    ({ severity, message }) => severity === 'error' && /The (line|row|record) was left out\.$/.test(message),
  );
  expect(leftOut).toHaveLength(records.leftOut);
  if (format === 'conll' || format === 'word-table')
    expect(sentences.reduce((sum, { words }) => sum + words.length, 0)).toBe(records.kept);
  else expect(sentences).toHaveLength(records.kept);
  const lastLine = 1 + (text.match(/\r\n|\n|\r/g)?.length ?? 0);
  for (const { line } of findings) if (line < 1 || line > lastLine) expect(line).toBe(`1 … ${String(lastLine)}`);
  for (const { text, words, spans } of sentences) {
    let end = 0;
    for (const word of words) {
      if (word.start < end || word.end <= word.start || word.end > text.length) expect([word, end]).toBe('in order');
      end = word.end;
    }
    for (const span of spans ?? []) {
      if (span.start < 0 || span.start >= span.end || span.end > text.length || span.label === '')
        expect(span).toBe('in the text');
    }
  }
}

describe('any mutation of a file is read to its end, and every record is accounted for', () => {
  const all = Object.keys(formats).filter(isFormatId);
  let count = 0;
  test.each(Object.entries(formatSeeds))('%s', (name, text) => {
    const random = createRandom(20261124, `fuzz ${name}`);
    const bytes = encoder.encode(text);
    const [own = 'text'] = name.split(' ').filter(isFormatId);
    for (let n = 0; n < mutationsEach; n++) {
      const changed = mutated(bytes, random);
      const format = n % 2 === 0 ? own : all[random.below(all.length)]!;
      const began = performance.now();
      try {
        const imported = readData('f.x', changed, format);
        check(imported, changed, format);
        if (n % 20 === 0) {
          const parts = [{ name: 'f', role: 'gold', sentences: imported.sentences } as const];
          mend(
            parts,
            findAll(parts).map(({ check }): CheckId => check),
          );
        }
        // Told by content: a format, or one of two refusals.
        if (n % 4 === 0) readData('f.x', changed);
      } catch (error) {
        const known = error instanceof AppError && (error.code === 'format-unknown' || error.code === 'data-empty');
        if (!known) throw new Error(`mutation ${String(n)} of ${name}, read as ${format}`, { cause: error });
      }
      if (performance.now() - began > slowMs) throw new Error(`mutation ${String(n)} of ${name} took too long`);
      count++;
    }
  });

  test('that was 20,000 at least', () => {
    expect(count).toBeGreaterThanOrEqual(20_000);
  });
});
