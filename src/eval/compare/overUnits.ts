import { sha256Hex } from '../../core/hash.ts';
import type { Interval } from '../../core/pairedT.ts';
import { createRandom } from '../../core/random.ts';
import { bootstrapInterval, drawsOf } from './bootstrap.ts';
import type { UnitCounts } from './counts.ts';
import { randomisation, swapsOf } from './randomise.ts';

/** What units of the test set tell of a difference. */
export interface UnitTests {
  readonly interval: Interval;
  readonly p: number;
}

/** Tests that were made, by all that they depend on: the counts themselves, the rounds, and the chance. */
export type KnownTests = Map<string, UnitTests>;

interface Settings {
  readonly rounds: number;
  readonly seed: number;
  readonly level: number;
}

/**
 * Bootstrap interval and randomisation of the difference of `a` and `b`, one entry a seed; `name` has chance of its own. A
 * second is what they take, so what stands in `known` is not made again, and what is made is put there.
 */
export function overUnits(
  name: string,
  a: readonly UnitCounts[],
  b: readonly UnitCounts[],
  settings: Settings,
  known: KnownTests,
): UnitTests {
  const { rounds, seed, level } = settings;
  const key = JSON.stringify([name, rounds, seed, level, ...[...a, ...b].map(digestOf)]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = {
    interval: bootstrapInterval(a, b, rounds, drawsOf(createRandom(seed, `bootstrap/${name}`)), level),
    p: randomisation(a, b, rounds, swapsOf(createRandom(seed, `randomisation/${name}`))).p,
  };
  known.set(key, made);
  return made;
}

function digestOf({ correct, predicted, gold }: UnitCounts): string {
  const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array) => new Uint8Array(buffer, byteOffset, byteLength);
  return [correct, predicted, gold].map((counts) => sha256Hex(bytesOf(counts))).join();
}
