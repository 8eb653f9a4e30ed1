import { expect, test } from 'vitest';
import { digestJson, sha256Hex } from '../../../src/core/hash.ts';
import { mean, sd } from '../../../src/core/statistics.ts';

/** Examples of FIPS 180-4. */
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('SHA-256 of “%s”', (text, wanted) => {
  expect(sha256Hex(text)).toBe(wanted);
  expect(sha256Hex(new TextEncoder().encode(text))).toBe(wanted);
});

test('text is hashed as UTF-8', () => {
  expect(sha256Hex('é😀')).toBe(sha256Hex(Uint8Array.of(0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80)));
});

test('the digest of JSON does not depend on the order of keys or on undefined members, but on everything else', () => {
  const digest = digestJson({ a: 1, b: [{ c: null, d: 'x' }] });
  expect(digest).toBe(sha256Hex('{"a":1,"b":[{"c":null,"d":"x"}]}'));
  expect(digestJson({ b: [{ d: 'x', c: null }], e: undefined, a: 1 })).toBe(digest);
  expect(digestJson({ a: 1, b: [{ c: 0, d: 'x' }] })).not.toBe(digest);
  expect(digestJson([1, 2])).not.toBe(digestJson([2, 1]));
});

test('mean and sample standard deviation', () => {
  expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
  expect(sd([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(sd([3])).toBeNaN();
  expect(mean([])).toBeNaN();
});
