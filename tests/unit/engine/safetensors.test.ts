import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { readSafetensors, toFloat32, writeSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { readGolden } from '../../support/goldenFiles.ts';

/** A file with this header text and `size` bytes of data. */
function fileOf(header: string, size: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (dtype: string, shape: number[], begin: number, end: number) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

function failure(bytes: Uint8Array): AppError {
  try {
    readSafetensors(bytes);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('safetensors', () => {
  it('reads F32, F16 and BF16 to the bit', async () => {
    const { tensors, metadata } = readSafetensors(await readGolden('model/dtypes.safetensors'));
    const bits = JSON.parse(metadata['bits'] ?? '') as Record<string, number[]>;
    for (const name of ['f32', 'f16', 'bf16']) {
      const tensor = tensors.get(name)!;
      expect(tensor.shape).toEqual([4, 3]);
      expect([...new Int32Array(toFloat32(tensor).buffer)], name).toEqual(bits[name]);
    }
  });

  it('reads what it wrote, whatever the names and the alignment of the bytes', () => {
    const tensor = fc.array(fc.float({ noNaN: true }), { maxLength: 9 });
    const name = fc.string().filter((text) => text !== '__metadata__' && text !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(name, tensor), fc.string(), fc.nat(7), (lists, note, shift) => {
        const tensors = new Map(
          Object.entries(lists).map(([key, list]) => [key, { shape: [list.length], values: Float32Array.from(list) }]),
        );
        const bytes = writeSafetensors(tensors, { note });
        const moved = new Uint8Array(bytes.length + shift);
        moved.set(bytes, shift);
        const back = readSafetensors(moved.subarray(shift));
        expect(back.metadata).toEqual({ note });
        expect([...back.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
        for (const [key, { values }] of tensors) expect(toFloat32(back.tensors.get(key)!)).toEqual(values);
      }),
    );
  });

  it('says how much of a truncated file is there', () => {
    const whole = writeSafetensors(new Map([['a', { shape: [4], values: new Float32Array(4) }]]), {});
    for (const length of [0, 7, 8, 20, whole.length - 1]) {
      const { code, detail } = failure(whole.subarray(0, length));
      expect(code).toBe('checkpoint-truncated');
      expect(detail['found']).toBe(length);
      if (length > 60) expect(detail['wanted']).toBe(whole.length);
    }
  });

  const refused: readonly [string, string, number, RegExp][] = [
    ['a header that is not JSON', '{"a":', 0, /not JSON/],
    ['a header that is a list', '[]', 0, /not a JSON object/],
    ['an entry without a type', '{"a":{"shape":[1],"data_offsets":[0,4]}}', 4, /entry of a/],
    ['a negative offset', `{"a":${entry('F32', [1], -4, 0)}}`, 0, /entry of a/],
    [
      'a shape that takes other room than it has',
      `{"a":${entry('F32', [2, 2], 0, 12)}}`,
      12,
      /takes 16 bytes, its place has 12/,
    ],
    [
      'an end before the beginning',
      `{"a":${entry('F32', [1], 0, 4)},"b":${entry('F32', [1], 4, 0)}}`,
      8,
      /takes 4 bytes/,
    ],
    ['tensors that overlap', `{"a":${entry('F32', [2], 0, 8)},"b":${entry('F32', [2], 4, 12)}}`, 12, /b overlaps/],
    ['a gap', `{"a":${entry('F32', [1], 0, 4)},"b":${entry('F32', [1], 8, 12)}}`, 12, /4 unused bytes before tensor b/],
    ['bytes after the last tensor', `{"a":${entry('F32', [1], 0, 4)}}`, 6, /2 bytes after/],
    [
      'a name that occurs twice',
      `{"a":${entry('F32', [1], 0, 4)},"a":${entry('F32', [1], 0, 4)}}`,
      4,
      /a occurs twice/,
    ],
    [
      'the same name by another spelling',
      `{"a":${entry('F32', [1], 0, 4)},"\\u0061":${entry('F32', [1], 0, 4)}}`,
      4,
      /a occurs twice/,
    ],
    ['an unknown type', `{"a":${entry('F31', [1], 0, 4)}}`, 4, /unknown type F31/],
    ['metadata that is not text', '{"__metadata__":{"a":1}}', 0, /metadata/],
  ];
  for (const [what, header, size, message] of refused) {
    it(`refuses ${what}`, () => {
      const error = failure(fileOf(header, size));
      expect(error.code).toBe('checkpoint-invalid');
      expect(error.message).toMatch(message);
    });
  }

  it('refuses another kind of file by its first bytes', () => {
    expect(failure(new TextEncoder().encode('PK\u0003\u0004 a zip file, for example')).code).toBe('checkpoint-invalid');
  });

  it('refuses to make float32 of integers', () => {
    const { tensors } = readSafetensors(fileOf(`{"a":${entry('I64', [1], 0, 8)}}`, 8));
    expect(() => toFloat32(tensors.get('a')!)).toThrow(/I64/);
  });
});
