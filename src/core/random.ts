import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { sha256Hex } from './hash.ts';

/** State of a generator as plain JSON. */
export type RandomState = readonly number[];

/** A seeded generator (xoroshiro128+) whose whole state can be saved and restored. */
export class Random {
  readonly #generator: JumpableRandomGenerator;

  constructor(generator: JumpableRandomGenerator) {
    this.#generator = generator;
  }

  /** A number in [0, 1) with 53 random bits. */
  next(): number {
    return uniformFloat64(this.#generator);
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return uniformInt(this.#generator, 0, n - 1);
  }

  /** A normal number, mean 0 and sd 1, by Box & Muller; the second of each pair is thrown away to keep the state whole. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Shuffles in place (Fisher & Yates). */
  shuffle(items: unknown[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
  }

  state(): RandomState {
    return [...this.#generator.getState()];
  }
}

/** The generator `name` of seed `seed`: different names are independent; the seed is the first 32 bits of SHA-256("seed/name"). */
export function createRandom(seed: number, name: string): Random {
  return new Random(xoroshiro128plus(parseInt(sha256Hex(`${String(seed)}/${name}`).slice(0, 8), 16) | 0));
}

export function restoreRandom(state: RandomState): Random {
  return new Random(xoroshiro128plusFromState(state));
}
