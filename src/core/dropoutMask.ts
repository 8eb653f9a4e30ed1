import { philox4x32 } from './philox.ts';

/** Where a mask is drawn; see `dropoutMask`. */
export interface DropoutMaskOptions {
  readonly seed: number;
  readonly step: number;
  readonly site: number;
  /** Share of elements that become 0, 0 ≤ rate < 1. */
  readonly rate: number;
  /** Place of the first element; 0 unless told. */
  readonly start?: number;
}

const scratch = new Uint32Array(4);

/**
 * Fills `out` with 0 or 1 / (1 − rate). Element `place` takes word `place & 3` of the Philox block with counter
 * [place >>> 2, site, step, 0] and key [seed, 0x5e1d], and is kept when the word is at least rate · 2³².
 */
export function dropoutMask(out: Float32Array, { seed, step, site, rate, start = 0 }: DropoutMaskOptions): void {
  const threshold = Math.floor(rate * 4294967296);
  const kept = 1 / (1 - rate);
  for (let i = 0; i < out.length; i++) {
    const place = start + i;
    if (i === 0 || (place & 3) === 0) philox4x32(place >>> 2, site, step, 0, seed, 0x5e1d, scratch);
    out[i] = scratch[place & 3]! >= threshold ? kept : 0;
  }
}
