import { createRandom, restoreRandom, type Random, type RandomState } from '../core/random.ts';

/** Where a source stands: what is needed to draw its next items exactly as if nothing had stopped. */
export interface CursorState {
  readonly random: RandomState;
  readonly order: readonly number[];
  readonly at: number;
  readonly passes: number;
}

/** Draws the items 0 … size − 1 of one source in shuffled passes, each item once a pass. */
export class Cursor {
  readonly size: number;
  #random: Random;
  #order: number[];
  #at: number;
  #passes: number;

  constructor(size: number, random: Random, state?: CursorState) {
    this.size = size;
    this.#random = state === undefined ? random : restoreRandom(state.random);
    this.#order = state === undefined ? [] : [...state.order];
    this.#at = state?.at ?? 0;
    this.#passes = state?.passes ?? 0;
  }

  /** Items left in the present pass; 0 before the first and at the end of each. */
  get left(): number {
    return this.#order.length - this.#at;
  }

  /** The next `count` items, beginning new passes as needed. */
  take(count: number): number[] {
    const items: number[] = [];
    while (items.length < count) {
      if (this.left === 0) this.#begin();
      const size = Math.min(count - items.length, this.left);
      items.push(...this.#order.slice(this.#at, this.#at + size));
      this.#at += size;
    }
    return items;
  }

  /** The next batch of a pass: `size` items, fewer at its end. */
  takeOfPass(size: number): number[] {
    if (this.left === 0) this.#begin();
    return this.take(Math.min(size, this.left));
  }

  state(): CursorState {
    return { random: this.#random.state(), order: [...this.#order], at: this.#at, passes: this.#passes };
  }

  #begin(): void {
    this.#order = Array.from({ length: this.size }, (_, i) => i);
    this.#random.shuffle(this.#order);
    this.#at = 0;
    this.#passes++;
  }
}

export type SourceName = 'silver' | 'gold' | 'both';

/** The cursors of a run, made when a stage first needs them; each has a random generator of its own. */
export class Sampler {
  readonly #seed: number;
  readonly #sizes: Readonly<Record<SourceName, number>>;
  readonly #cursors = new Map<SourceName, Cursor>();

  constructor(seed: number, sizes: { readonly silver: number; readonly gold: number }, state?: SamplerState) {
    this.#seed = seed;
    this.#sizes = { ...sizes, both: sizes.silver + sizes.gold };
    for (const [name, cursor] of Object.entries(state ?? {}) as [SourceName, CursorState][]) {
      this.#cursors.set(name, this.#make(name, cursor));
    }
  }

  cursor(name: SourceName): Cursor {
    const found = this.#cursors.get(name) ?? this.#make(name);
    this.#cursors.set(name, found);
    return found;
  }

  state(): SamplerState {
    return Object.fromEntries([...this.#cursors].map(([name, cursor]) => [name, cursor.state()]));
  }

  #make(name: SourceName, state?: CursorState): Cursor {
    return new Cursor(this.#sizes[name], createRandom(this.#seed, `order/${name}`), state);
  }
}

export type SamplerState = Readonly<Partial<Record<SourceName, CursorState>>>;

/**
 * How many of the `batch` items of step `step` are silver, so that after every step the silver drawn since the first
 * differs from Σ batch · share by at most a half: cumulative rounding, no chance in it.
 */
export function silverCount(step: number, batch: number, share: (step: number) => number): number {
  let before = 0;
  for (let s = 0; s < step; s++) before += share(s) * batch;
  return Math.round(before + share(step) * batch) - Math.round(before);
}
