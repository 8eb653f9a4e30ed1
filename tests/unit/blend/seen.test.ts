import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sampler } from '../../../src/blend/sampler.ts';
import { seenOf } from '../../../src/blend/seen.ts';

test('counts what was drawn and what of it was new, against a list kept beside', () => {
  const draws = fc.array(fc.tuple(fc.constantFrom('silver', 'gold', 'both'), fc.integer({ min: 1, max: 9 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.nat(9), draws, (seed, taken) => {
      const sizes = { silver: 11, gold: 4 };
      const sampler = new Sampler(seed, sizes);
      const kept: string[] = [];
      for (const [source, count] of taken) {
        for (const i of sampler.cursor(source).take(count)) {
          const isGold = source === 'gold' || (source === 'both' && i >= sizes.silver);
          kept.push(isGold ? `g${String(source === 'both' ? i - sizes.silver : i)}` : `s${String(i)}`);
        }
      }
      const of = (letter: string) => kept.filter((item) => item.startsWith(letter));
      expect(seenOf(sampler.state(), sizes)).toEqual({
        silver: { drawn: of('s').length, unique: new Set(of('s')).size },
        gold: { drawn: of('g').length, unique: new Set(of('g')).size },
      });
    }),
  );
});
