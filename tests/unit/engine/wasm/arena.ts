import v8 from 'node:v8';
import { expect } from 'vitest';
import type { Address, KernelExports } from '../../../../src/engine/wasm/exports.ts';
import { loadKernels } from '../../../../src/engine/wasm/load.ts';

/** An array in the memory of the kernels. */
export interface Placed {
  readonly address: Address;
  /** Its values now, a copy. */
  floats(): Float32Array;
}

/** One build of the kernels with a memory of its own, in which arrays stand between guard bytes. */
export interface Arena {
  readonly name: 'plain' | 'relaxed';
  readonly kernels: KernelExports;
  place(values: ArrayLike<number>): Placed;
  /** Room for `count` floats, filled with NaN: what a kernel leaves out shows. */
  room(count: number): Placed;
  integers(values: ArrayLike<number>): Address;
  key(key: { seed: number; step: number; site: number; rate: number; start?: number }): Address;
  scratch(bytes: number): Address;
  /** Asserts that nothing was written beside an array, and frees all. */
  finish(): void;
}

const guardBytes = 64;
const guardValue = 0xa5;

/** The builds that this engine can run: plain, and relaxed where `WebAssembly.validate` takes it. */
export async function openArenas(): Promise<Arena[]> {
  const arenas = [await openArena('plain')];
  const relaxed = await openArena('relaxed');
  if (relaxed.name === 'relaxed') arenas.push(relaxed);
  return arenas;
}

async function openArena(wanted: Arena['name']): Promise<Arena> {
  const memory = new WebAssembly.Memory({ initial: 1024 });
  const { exports, relaxed } = await loadKernels(memory, {
    allowRelaxed: wanted === 'relaxed',
    enableRelaxedSimd: () => v8.setFlagsFromString('--experimental-wasm-relaxed-simd'),
  });
  const bytes = new Uint8Array(memory.buffer);
  const guards: number[] = [];
  let next = 1024;
  const guard = () => {
    bytes.fill(guardValue, next, next + guardBytes);
    guards.push(next);
    next += guardBytes;
  };
  /** Addresses are 4-byte aligned and no more than that. */
  const take = (size: number): Address => {
    next = Math.ceil(next / 16) * 16 + 4 * (1 + (guards.length % 3));
    guard();
    const address = next;
    next += size;
    guard();
    if (next > bytes.length) throw new Error('the memory of the test is too small');
    return address;
  };
  const placed = (address: Address, count: number): Placed => ({
    address,
    floats: () => new Float32Array(memory.buffer, address, count).slice(),
  });
  return {
    name: relaxed ? 'relaxed' : 'plain',
    kernels: exports,
    place(values) {
      const address = take(values.length * 4);
      new Float32Array(memory.buffer, address, values.length).set(values);
      return placed(address, values.length);
    },
    room(count) {
      const address = take(count * 4);
      new Float32Array(memory.buffer, address, count).fill(NaN);
      return placed(address, count);
    },
    integers(values) {
      const address = take(values.length * 4);
      new Int32Array(memory.buffer, address, values.length).set(values);
      return address;
    },
    key({ seed, step, site, rate, start = 0 }) {
      const address = take(24);
      new Uint32Array(memory.buffer, address, 4).set([seed, step, site, Math.floor(rate * 4294967296)]);
      new Float32Array(memory.buffer, address + 16, 1)[0] = 1 / (1 - rate);
      new Uint32Array(memory.buffer, address + 20, 1)[0] = start;
      return address;
    },
    scratch(size) {
      const address = take(size);
      new Uint8Array(memory.buffer, address, size).fill(0xff); // NaN to whoever reads before writing
      return address;
    },
    finish() {
      for (const start of guards) {
        expect(bytes.subarray(start, start + guardBytes).every((value) => value === guardValue)).toBe(true);
      }
      guards.length = 0;
      next = 1024;
    },
  };
}

/** Asserts |actual − expected| ≤ absolute + relative · |expected| for each element; NaN fails. */
export function near(actual: ArrayLike<number>, expected: ArrayLike<number>, absolute: number, relative = 0): void {
  expect(actual.length).toBe(expected.length);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < expected.length; i++) {
    const over = Math.abs(actual[i]! - expected[i]!) - absolute - relative * Math.abs(expected[i]!);
    if (!(over <= excess)) [worst, excess] = [i, over];
  }
  expect(worst, worst < 0 ? '' : `[${String(worst)}] ${String(actual[worst])}, not ${String(expected[worst])}`).toBe(
    -1,
  );
}
