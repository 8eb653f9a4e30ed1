import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { createDecoder, decodeBytes } from '../../../src/data/formats/bytes.ts';
import { lineCutter, piecesOf, type Cutter } from '../../../src/data/formats/cut.ts';
import { jsonCutter } from '../../../src/data/formats/cutJson.ts';
import { rowCutter, valuesOf } from '../../../src/data/formats/cutRows.ts';
import { readData } from '../../../src/data/formats/read.ts';
import { readStream, type StreamOptions } from '../../../src/data/formats/readStream.ts';
import { filesOfZip, isZip } from '../../../src/data/formats/zip.ts';
import type { Finding, Sentence } from '../../../src/data/types.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Some parts that make up the whole, of 1 to `most` units each. */
function partsOf<T extends string | Uint8Array>(whole: T, most: number, seed: number): T[] {
  const random = createRandom(seed, 'parts');
  const parts: T[] = [];
  for (let at = 0; at < whole.length;) {
    const end = at + 1 + random.below(most);
    parts.push(whole.slice(at, end) as T);
    at = end;
  }
  return parts;
}

async function* chunksOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield part;
  }
}

async function readAll(
  parts: readonly Uint8Array[],
  options?: StreamOptions,
): Promise<ReturnType<typeof readData> & { batches: number }> {
  const stream = readStream(chunksOf(parts), 'x.file', options);
  const [sentences, findings]: [Sentence[], Finding[]] = [[], []];
  for (let batches = 0; ; batches++) {
    const next = await stream.next();
    if (next.done === true)
      return {
        format: next.value.format,
        records: next.value.records,
        facts: next.value.facts,
        sentences,
        findings: findings.sort((a, b) => a.line - b.line).map(next.value.about),
        batches,
      };
    sentences.push(...next.value.sentences);
    findings.push(...next.value.findings);
  }
}

describe('cutters give the same pieces however the text comes', () => {
  const cutters: readonly (readonly [string, () => Cutter, string, readonly (readonly [string, number])[]])[] = [
    [
      'lines',
      lineCutter,
      'a\r\nb\n\rc\r\n\r\nd',
      [
        ['a', 1],
        ['b', 2],
        ['', 3],
        ['c', 4],
        ['', 5],
        ['d', 6],
      ],
    ],
    [
      'a list',
      jsonCutter,
      '\ufeff [\n {"a": "]\\"}"},\r\n[1, [2]] , 3,"x, y"\n, {\r"b": {}}\r\n] \n',
      [
        ['{"a": "]\\"}"}', 2],
        ['[1, [2]] ', 3],
        ['3', 3],
        ['"x, y"\n', 3],
        ['{\r"b": {}}\r\n', 4],
      ],
    ],
    [
      'values',
      jsonCutter,
      '{"a":\n1}\n\n{"b": [2]}{}',
      [
        ['{"a":\n1}', 1],
        ['{"b": [2]}', 4],
        ['{}', 4],
      ],
    ],
    [
      'a list that is never closed',
      jsonCutter,
      '[{"a": 1}, {"b": "',
      [
        ['{"a": 1}', 1],
        ['{"b": "', 1],
      ],
    ],
    [
      'what follows a list',
      jsonCutter,
      '[1]\n{"a": 2} x',
      [
        ['1', 1],
        ['{"a": 2}', 2],
        ['x', 2],
      ],
    ],
    [
      'rows',
      () => rowCutter(','),
      'a,b\r\n"x\ny","z ""q"""\n1,"2"\n',
      [
        ['a,b', 1],
        ['"x\ny","z ""q"""', 2],
        ['1,"2"', 4],
      ],
    ],
    [
      'a quote that is never closed',
      () => rowCutter(','),
      'a\n"b\nc\n',
      [
        ['a', 1],
        ['"b', 2],
        ['c', 3],
      ],
    ],
    [
      'a quote inside a value',
      () => rowCutter(','),
      'a "b,c\nd',
      [
        ['a "b,c', 1],
        ['d', 2],
      ],
    ],
  ];
  test.each(cutters)('%s', (_, open, text, wanted) => {
    const pairs = (pieces: readonly { text: string; line: number }[]) => pieces.map(({ text, line }) => [text, line]);
    expect(pairs(piecesOf(open(), text))).toEqual(wanted);
    for (let seed = 0; seed < 40; seed++) {
      const cutter = open();
      const pieces = partsOf(text, 4, seed).flatMap((part) => cutter.push(part));
      expect(pairs([...pieces, ...cutter.end()])).toEqual(wanted);
    }
  });

  test('values of a row', () => {
    expect(valuesOf('a,"b, ""c""",,"d"e', ',')).toEqual(['a', 'b, "c"', '', 'de']);
    expect(valuesOf('"a', ',')).toBeNull();
    expect(valuesOf('a\t', '\t')).toEqual(['a', '']);
  });
});

describe('bytes', () => {
  const text = '\ufeffÄ B-X\r\né😀 O\rz\n'.repeat(3);
  test('decode alike in any parts: UTF-8, UTF-16, and single lines in Latin-1', () => {
    const units = Uint8Array.from(
      Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).flatMap((u) => [u & 255, u >> 8]),
    );
    const mixed = Uint8Array.from([...bytesOf('é\n'), 0xe9, 10, ...bytesOf('ü')]);
    for (const [bytes, wanted] of [
      [bytesOf(text), text.slice(1)],
      [units, text.slice(1)],
      [mixed, 'é\né\nü'],
    ] as const) {
      expect(decodeBytes(bytes).text).toBe(wanted);
      for (let seed = 0; seed < 10; seed++) {
        const decoder = createDecoder();
        const parts = partsOf(bytes, 3, seed).map((part) => decoder.push(part));
        expect(parts.join('') + decoder.end()).toBe(wanted);
      }
    }
    expect(decodeBytes(mixed).findings).toMatchObject([{ code: 'decoded-as-latin-1', line: 2 }]);
  });

  test('blocks are cut at lines and characters: a file of many blocks, some without any line end', () => {
    const long = `${'é😀'.repeat(400_000)}\n${'ü '.repeat(10)}\n`;
    const bytes = bytesOf(long);
    expect(decodeBytes(bytes).text === long).toBe(true);
    const decoder = createDecoder();
    let out = '';
    for (let at = 0; at < bytes.length; at += 300_001) out += decoder.push(bytes.subarray(at, at + 300_001));
    expect(out + decoder.end() === long).toBe(true);
    expect(decoder.findings).toEqual([]);
  });
});

describe('a stream gives what the whole file gives', () => {
  const rows = Array.from({ length: 30_000 }, (_, i) =>
    i % 9 === 8 ? '' : i % 500 === 3 ? 'alone' : `wörd${String(i)} ${['O', 'B-PER', 'I-PER'][i % 3]!}`,
  );
  const objects = Array.from(
    { length: 9000 },
    (_, i) =>
      `{"text": "Ann ${String(i)} said “😀”, and then some more", "spans": [{"start": 0, "end": ${String(i % 700 === 5 ? 99 : 3)}, "label": "PER"}]}`,
  );
  const files: readonly (readonly [string, string])[] = [
    ['conll', rows.join('\n')],
    ['jsonl', objects.join('\r\n')],
    ['jsonl', `[${objects.join(',\n')}]`],
    [
      'csv',
      `id,text\n${Array.from({ length: 20_000 }, (_, i) => `${String(i)},"some, text\nof ${String(i)}"`).join('\n')}`,
    ],
    ['text', 'A sentence of plain prose.\n\n'.repeat(30_000)],
  ];
  test.each(files)('%s', async (format, text) => {
    const bytes = bytesOf(text);
    const whole = readData('x.file', bytes);
    expect(whole.format).toBe(format);
    const seen: number[] = [];
    const parts = Array.from({ length: Math.ceil(bytes.length / 65_537) }, (_, i) =>
      bytes.subarray(i * 65_537, (i + 1) * 65_537),
    );
    const { batches, ...streamed } = await readAll(parts, { onProgress: (n) => seen.push(n) });
    expect(streamed).toEqual(whole);
    if (bytes.length > 1 << 20) expect(batches).toBeGreaterThan(1);
    expect(seen.at(-1)).toBe(bytes.length);
  });

  test('it can be stopped', async () => {
    const stop = new AbortController();
    const parts = partsOf(bytesOf(rows.join('\n')), 50_000, 1);
    const reading = readAll(parts, {
      signal: stop.signal,
      onProgress: (n) => {
        if (n > 100_000) stop.abort();
      },
    });
    await expect(reading).rejects.toMatchObject({ code: 'stopped' });
  });

  test('an empty one is refused as empty', async () => {
    await expect(readAll([])).rejects.toMatchObject({ code: 'data-empty' });
  });
});

describe('zip', () => {
  const files = {
    'a/train.conll': bytesOf('A O\n'),
    'b.jsonl': bytesOf('{"text": "a"}'),
    '__MACOSX/x': bytesOf('x'),
    '.DS_Store': bytesOf('x'),
  };
  test('files come out in order, without the leavings of systems', () => {
    const bytes = zipSync(files);
    expect(isZip(bytes)).toBe(true);
    const entries = filesOfZip('z.zip', bytes);
    expect(entries.map(({ name }) => name)).toEqual(['a/train.conll', 'b.jsonl']);
    expect(entries[1]).toMatchObject({ bytes: files['b.jsonl'] });
  });

  test('names that lead out, and what is too large, are left out with a reason', () => {
    const bytes = zipSync({
      '../evil': bytesOf('x'),
      'C:\\evil': bytesOf('x'),
      big: new Uint8Array(2000),
      ok: bytesOf('ok'),
      more: new Uint8Array(900),
      last: bytesOf('x'),
    });
    const entries = filesOfZip('z.zip', bytes, { fileBytes: 1000, allBytes: 901, files: 6 });
    expect(entries.map((entry) => ('leftOut' in entry ? entry.leftOut : entry.name))).toEqual([
      'its name leads out of the zip',
      'its name leads out of the zip',
      'it has 2000 bytes, more than 1000',
      'ok',
      'the files together have more than 901 bytes',
      'last',
    ]);
  });

  test('what is no zip is refused', () => {
    expect(() => filesOfZip('z.zip', bytesOf('PK\u0003\u0004 no more'))).toThrow(
      expect.objectContaining({ code: 'data-invalid' }),
    );
  });
});
